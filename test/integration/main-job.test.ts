import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { expectCode } from './expect-code.ts';
import {
  closeStages,
  isEligible,
  mailsByUser,
  outcomes,
  readCsv,
  stage,
  writesSeen,
  type Stage,
} from './rig.ts';

afterAll(closeStages);

describe('a Rockstar export of 400 users of every status and provider', () => {
  let s: Stage;
  let eligible: ReadonlySet<string>;
  let confirm: string;
  beforeAll(async () => {
    s = await stage({ users: 400, seed: 11 });
    eligible = new Set([...s.org.users()].filter(isEligible).map(({ id }) => id));
    confirm = `${eligible.size}@${s.host}`;
    await s.rockstar();
  });

  test('goes through plan, refusals, run and again, each eligible user emailed once', async () => {
    const seen = new Set([...s.org.users()].map((user) => `${user.status} ${user.provider}`));
    expect(seen.size).toBeGreaterThan(30);

    const plan = await s.run(['plan', '--file', 'users.csv', '--out', 'run']);
    expectCode(plan, 0);
    expect(plan.stdout).toContain(String(eligible.size));
    expect(writesSeen(s.org)).toBe(0);
    const planned = await readCsv(s.path('run', 'results.csv'));
    expect(outcomes(planned)).toEqual({
      'not-attempted': eligible.size,
      skipped: 400 - eligible.size,
    });

    // Nobody said yes, or to something else.
    for (const consent of [
      [],
      ['--confirm', `${eligible.size + 1}@${s.host}`],
      ['--confirm', `${eligible.size}@acme.okta.com`],
      ['--yes', '--max-users', String(eligible.size - 1)],
    ]) {
      const refused = await s.run(['run', '--plan', 'run', ...consent]);
      expect([consent, refused.code]).toEqual([consent, 5]);
      expect(writesSeen(s.org)).toBe(0);
    }
    const typed = await s.run(['run', '--plan', 'run'], { terminal: true, stdin: 'yes\n' });
    expectCode(typed, 5);
    expect(writesSeen(s.org)).toBe(0);

    const run = await s.run(['run', '--plan', 'run'], { terminal: true, stdin: `${confirm}\n` });
    expectCode(run, 0);
    const mails = mailsByUser(s.org);
    expect(new Set(mails.keys())).toEqual(eligible);
    expect(Math.max(...mails.values())).toBe(1);

    const results = await readCsv(s.path('run', 'results.csv'));
    expect(results.map((row) => row['User Id'])).toEqual([...s.org.users()].map(({ id }) => id));
    for (const row of results) {
      expect(row['_user_id']).toBe(row['User Id']);
      expect(row['_outcome']).toBe(eligible.has(row['User Id']!) ? 'succeeded' : 'skipped');
      if (row['_outcome'] === 'skipped') expect(row['_reason']).not.toBe('');
    }

    const sent = writesSeen(s.org);
    const again = await s.run(['run', '--plan', 'run', '--confirm', confirm]);
    const resumed = await s.run(['resume', 'run']);
    expect([again.code, resumed.code, writesSeen(s.org)]).toEqual([0, 0, sent]);
    expect(await readCsv(s.path('run', 'results.csv'))).toEqual(results);
  });
});

describe('rows that fail', () => {
  async function failing() {
    const s = await stage({
      users: 60,
      seed: 3,
      mix: { statuses: { ACTIVE: 1 }, providers: { OKTA: 1 }, hostile: 0.3 },
    });
    await s.rockstar();
    await s.run(['plan', '--file', 'users.csv', '--out', 'run']);
    const away = [...s.org.users()].filter(isEligible).slice(20, 24);
    for (const { id } of away) s.org.putOutOfReach(id);
    const run = await s.run([
      'run',
      '--plan',
      'run',
      '--yes',
      '--max-users',
      '100',
      '--max-failures',
      '50%',
    ]);
    for (const { id } of away) s.org.putInReach(id);
    return { s, run, away: new Set(away.map(({ id }) => id)) };
  }

  test('have status, code and request id, and only they are rerun from the directory', async () => {
    const { s, run, away } = await failing();
    expectCode(run, 4);
    expect(run.stdout).toMatch(/okta-reset rerun/);
    const failed = await readCsv(s.path('run', 'failed.csv'));
    expect(new Set(failed.map((row) => row['_user_id']))).toEqual(away);
    for (const row of failed) {
      expect(row).toMatchObject({
        _outcome: 'failed',
        _http_status: '403',
        _okta_error_code: 'E0000006',
      });
      expect(row['_okta_request_id']).not.toBe('');
      expect(row['_okta_error']).not.toBe('');
    }
    const before = mailsByUser(s.org);
    const rerun = await s.run(['rerun', 'run', '--out', 'again', '--confirm', `4@${s.host}`]);
    expectCode(rerun, 0);
    const after = mailsByUser(s.org);
    for (const { id, admin } of s.org.users()) {
      if (!admin) expect([id, after.get(id)]).toEqual([id, 1]);
      if (away.has(id)) expect(before.has(id)).toBe(false);
    }
    expect(outcomes(await readCsv(s.path('again', 'results.csv')))).toEqual({ succeeded: 4 });
  });

  test('are the only ones rerun from a results.csv that a spreadsheet saved', async () => {
    const { s, away } = await failing();
    const results = await readFile(s.path('run', 'results.csv'), 'utf8');
    const rows = await readCsv(s.path('run', 'results.csv'));
    const names = Object.keys(rows[0]!);
    const cell = (text: string) =>
      /[;"\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    const saved = [names, ...rows.map((row) => names.map((name) => row[name] ?? ''))]
      .map((cells) => `${cells.map(cell).join(';')}\r\n`)
      .join('');
    expect(results).toContain('_outcome');
    await writeFile(s.path('saved.csv'), `\uFEFF${saved}`);
    const rerun = await s.run(['rerun', 'saved.csv', '--out', 'again', '--confirm', `4@${s.host}`]);
    expectCode(rerun, 0);
    const again = await readCsv(s.path('again', 'results.csv'));
    expect(new Set(again.map((row) => row['_user_id']))).toEqual(away);
    const after = mailsByUser(s.org);
    expect(Math.max(...after.values())).toBe(1);
    // The columns the admin gave come back as they were, hostile ones too.
    const given = new Map([...s.org.users()].map((user) => [user.id, user.firstName]));
    for (const row of again) {
      const name = row['First name'] ?? '';
      expect(name.replace(/^'/, '')).toBe(given.get(row['_user_id']!)?.replace(/^'/, ''));
    }
  });

  describe('are looked at', () => {
    let s: Stage;
    beforeAll(async () => {
      ({ s } = await failing());
    });

    test('are taken by default, unknown ones only if named, with a warning', async () => {
      // A file of a run of which one failed row could not be settled.
      const text = await readFile(s.path('run', 'results.csv'), 'utf8');
      await writeFile(s.path('away.csv'), text.replace(/,failed,[^,]*,/, ',unknown,undecided,'));
      const byDefault = await s.run(['rerun', 'away.csv', '--dry-run', '--out', 'd1']);
      expectCode(byDefault, 0);
      expect(byDefault.stderr).not.toMatch(/a second time/);
      expect(await readCsv(s.path('d1', 'results.csv'))).toHaveLength(3);
      const named = await s.run(['rerun', 'away.csv', '--only', 'unknown', '-n', '--out', 'd2']);
      expectCode(named, 0);
      expect(named.stderr.replace(/\s+/g, ' ')).toMatch(
        /it is not known whether the call for 1 unknown row took effect.* a second time/,
      );
      expect(await readCsv(s.path('d2', 'results.csv'))).toHaveLength(1);
    });

    test('are chosen by their code', async () => {
      for (const source of ['run', 'run/results.csv']) {
        const none = await s.run(['rerun', source, '--error', 'E0000047', '--dry-run']);
        expectCode(none, 3);
        const said = none.stderr.replace(/\s+/g, ' ');
        expect(said).toMatch(/no row that is failed or not-attempted with E0000047/);
        expect(said).toMatch(/Its rows: 54 succeeded, 2 skipped, 4 failed\./);
        expect(said).toMatch(/4 E0000006/);
        expect(said).toMatch(/--only and --error/);
        const unknown = await s.run(['rerun', source, '--only', 'unknown', '--dry-run']);
        expectCode(unknown, 3);
        expect(unknown.stderr).toMatch(/--only/);
        expect(unknown.stderr).not.toMatch(/--where|--error/);
      }
      const some = await s.run([
        'rerun',
        'run',
        '--error',
        'E0000006',
        '--dry-run',
        '--out',
        'dry',
      ]);
      expect([some.code, outcomes(await readCsv(s.path('dry', 'results.csv')))]).toEqual([
        0,
        { 'not-attempted': 4 },
      ]);
    });
  });
});

describe('a preview', () => {
  const reads = (s: Stage) =>
    Object.values(s.org.stats().requests).reduce((sum, count) => sum + count, 0);

  test('of 2,000 rows takes at most 60 reads', async () => {
    const s = await stage({ users: 2000, seed: 5 });
    await s.rockstar();
    const plan = await s.run(['plan', '--file', 'users.csv', '--out', 'run', '-q']);
    expectCode(plan, 0);
    expect(reads(s)).toBeLessThanOrEqual(60);
    expect(await readCsv(s.path('run', 'results.csv'))).toHaveLength(2000);
  });

  test('of 2,000 rows takes at most 180 reads if long URLs are refused', async () => {
    const s = await stage({ users: 2000, seed: 5, urlLimit: 1000 });
    await s.rockstar();
    const plan = await s.run(['plan', '--file', 'users.csv', '--out', 'run', '-q']);
    expectCode(plan, 0);
    expect(reads(s)).toBeLessThanOrEqual(180);
    expect(await readCsv(s.path('run', 'results.csv'))).toHaveLength(2000);
  });
});
