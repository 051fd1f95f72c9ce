import { afterAll, describe, expect, test } from '@jest/globals';
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { openAppendFile } from '../../src/disk/append/append-file.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { readRunFile } from '../../src/journal/directory/run-file.ts';
import { replayJournal } from '../../src/journal/replay.ts';
import { expectCode } from './expect-code.ts';
import { closeStages, outcomes, PLAIN, readCsv, stage, type Ran, type Stage } from './rig.ts';

afterAll(closeStages);

const YES = ['--yes', '--max-users', '1000'];

/** How often each user's password was reset; the token's owner and the other admin are never. */
function resets(s: Stage): readonly number[] {
  return [...s.org.users()]
    .filter(({ admin }) => !admin)
    .map(({ id }) => s.org.effects(id)?.resets ?? 0);
}

const most = (s: Stage) => Math.max(...resets(s));
const times = (s: Stage, wanted: number) => resets(s).filter((n) => n === wanted).length;

const said = ({ stderr }: Ran) => stderr.replace(/\s+/g, ' ');

async function json(s: Stage, ...path: readonly string[]): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(s.path(...path), 'utf8')) as Record<string, unknown>;
}

/** An org so slow that another command is over before the second row. */
const SLOW = { latencyMs: 5000 };

/** A run over 20 users, stopped by Ctrl-C after its first rows. */
async function stopped(
  out = 'p1',
  options: { readonly action?: readonly string[]; readonly latencyMs?: number } = {},
) {
  const { action = [], latencyMs = 0 } = options;
  const s = await stage({ users: 22, mix: PLAIN, latencyMs });
  await s.rockstar();
  expectCode(await s.run(['plan', '--file', 'users.csv', ...action, '--out', out]), 0);
  const secrets = action.includes('temp-password') ? ['--secrets-plaintext'] : [];
  const running = s.start(
    ['run', '--plan', out, '--concurrency', '1', ...secrets, ...YES, '--json'],
    { onStdout: (text) => text.includes('"type":"row"') && running.signal('SIGINT') },
  );
  expectCode(await running.ended, 130);
  const done = (await readCsv(s.path(out, 'results.csv'))).filter(
    (row) => row['_outcome'] === 'succeeded',
  ).length;
  expect([done > 0, done < 20]).toEqual([true, true]);
  return { s, done };
}

describe('the rest of a stopped run', () => {
  test('is reset once: by the rerun, and no longer by resume or run --plan', async () => {
    const { s, done } = await stopped();
    expectCode(await s.run(['rerun', 'p1', '--out', 'c1', ...YES]), 0);
    expect([times(s, 1), most(s)]).toEqual([20, 1]);
    for (const argv of [
      ['resume', 'p1'],
      ['run', '--plan', 'p1', ...YES],
    ]) {
      const refused = await s.run(argv);
      expectCode(refused, 5);
      expect(refused.stderr).toMatch(/RUN_HANDED_OVER/);
      expect(refused.stderr).toMatch(/→ okta-reset resume c1\n/);
    }
    expect(most(s)).toBe(1);
    // The child continues without help, and the parent's journal is intact.
    expectCode(await s.run(['resume', 'c1']), 0);
    const report = await s.run(['report', 'p1']);
    expect(report.stderr).not.toMatch(/damaged/);
    expect(report.stdout).toMatch(new RegExp(`${done} of 20 users succeeded`));
    expect(report.stdout).toMatch(/^Journal +Intact/m);
    expect((await json(s, 'p1', 'results.json'))['chain']).toBe('intact');
    // What to do next is up to the child.
    const next = (text: string) => text.match(/okta-reset (resume|rerun) [cp]1/g);
    expect(next(report.stdout)).toEqual(['okta-reset resume c1']);
    expect(next(await readFile(s.path('p1', 'report.html'), 'utf8'))).toContain(
      'okta-reset resume c1',
    );
  });

  test('is not taken up a second time', async () => {
    const action = ['--action', 'temp-password'];
    const { s } = await stopped('p1', { action });
    const secrets = ['--secrets-plaintext', ...YES];
    expectCode(await s.run(['rerun', 'p1', '--out', 'c1', ...secrets]), 0);
    const again = await s.run(['rerun', 'p1', '--out', 'c2', ...secrets]);
    expectCode(again, 5);
    expect(again.stderr).toMatch(/RUN_HANDED_OVER/);
    expect(s.org.stats().effects.tempPasswords).toMatchObject({ total: 20, most: 1 });
    // Rows that have ended are free.
    expectCode(await s.run(['rerun', 'p1', '--only', 'succeeded', '--out', 'c3', '-n']), 0);
  });

  test('a rerun that was stopped itself passes on what is left', async () => {
    const { s } = await stopped();
    const running = s.start(
      ['rerun', 'p1', '--out', 'c1', '--concurrency', '1', ...YES, '--json'],
      {
        onStdout: (text) => text.includes('"type":"row"') && running.signal('SIGINT'),
      },
    );
    expectCode(await running.ended, 130);
    expectCode(await s.run(['resume', 'p1']), 5);
    expectCode(await s.run(['resume', 'c1']), 0);
    expect([times(s, 1), most(s)]).toEqual([20, 1]);
  });

  test('a plan that nobody has executed is handed over as well', async () => {
    const s = await stage({ users: 22, mix: PLAIN });
    await s.rockstar();
    expectCode(await s.run(['plan', '--file', 'users.csv', '--out', 'p1']), 0);
    expectCode(await s.run(['rerun', 'p1', '--out', 'c1', ...YES]), 0);
    const refused = await s.run(['run', '--plan', 'p1', ...YES]);
    expectCode(refused, 5);
    expect(refused.stderr).toMatch(/RUN_HANDED_OVER/);
    expect([times(s, 1), most(s)]).toEqual([20, 1]);
    expect((await s.run(['report', 'p1'])).stderr).not.toMatch(/damaged/);
  });

  test('if a rerun takes part of it, the refusal says how to get the others', async () => {
    const { s, done } = await stopped();
    const lines = (await readFile(s.path('p1', 'not-attempted.csv'), 'utf8')).trim().split('\n');
    await writeFile(s.path('p1', 'some.csv'), `${lines.slice(0, 4).join('\n')}\n`);
    expectCode(await s.run(['rerun', 'p1/some.csv', '--out', 'c1', ...YES]), 0);
    const refused = await s.run(['resume', 'p1']);
    expectCode(refused, 5);
    expect(said(refused)).toMatch(new RegExp(`took 3 of ${20 - done} rows`));
    const others = ['run', '--file', 'p1/not-attempted.csv', '--exclude', 'c1/results.csv'];
    expectCode(await s.run([...others, '--out', 'c2', ...YES]), 0);
    expect([times(s, 1), most(s)]).toEqual([20, 1]);
  });
});

describe('a rerun that was planned and not executed', () => {
  test('is refused once the run has continued', async () => {
    const { s } = await stopped();
    expectCode(await s.run(['rerun', 'p1', '-n', '--out', 'c1']), 0);
    expectCode(await s.run(['resume', 'p1']), 0);
    const refused = await s.run(['run', '--plan', 'c1', ...YES]);
    expectCode(refused, 5);
    expect(refused.stderr).toMatch(/PLAN_OVERTAKEN/);
    expect(refused.stderr).toMatch(/okta-reset rerun p1\n/);
    expect([times(s, 1), most(s)]).toEqual([20, 1]);
  });

  test('is refused once another rerun has taken the rows', async () => {
    const { s } = await stopped();
    expectCode(await s.run(['rerun', 'p1', '-n', '--out', 'c1']), 0);
    expectCode(await s.run(['rerun', 'p1', '--out', 'c2', ...YES]), 0);
    const refused = await s.run(['run', '--plan', 'c1', ...YES]);
    expectCode(refused, 5);
    expect(refused.stderr).toMatch(/PLAN_OVERTAKEN/);
    expect(most(s)).toBe(1);
  });

  test('is executed if nothing has happened since, and the run is handed over only then', async () => {
    const { s } = await stopped();
    expectCode(await s.run(['rerun', 'p1', '-n', '--out', 'c1']), 0);
    const parents = (await json(s, 'c1', 'run.json'))['parents'];
    expect(parents).toEqual([expect.objectContaining({ dir: '../p1' })]);
    const before = await readFile(s.path('p1', 'journal.jsonl'), 'utf8');
    // No consent: nothing begins.
    expectCode(await s.run(['run', '--plan', 'c1']), 5);
    expect(await readFile(s.path('p1', 'journal.jsonl'), 'utf8')).toBe(before);
    expectCode(await s.run(['run', '--plan', 'c1', ...YES]), 0);
    expectCode(await s.run(['resume', 'p1']), 5);
    expect([times(s, 1), most(s)]).toEqual([20, 1]);
  });

  test('waits for nobody: it is refused while another process has the run', async () => {
    const { s } = await stopped('p1', SLOW);
    expectCode(await s.run(['rerun', 'p1', '-n', '--out', 'c1']), 0);
    let begun = () => {};
    const isBegun = new Promise<void>((resolve) => (begun = resolve));
    const first = s.start(['resume', 'p1', '--concurrency', '1', '--json'], {
      onStdout: (text) => text.includes('"type":"row"') && begun(),
    });
    await isBegun;
    const refused = await s.run(['run', '--plan', 'c1', ...YES], { pid: process.ppid });
    expectCode(refused, 5);
    expect(refused.stderr).toMatch(/RUN_LOCKED/);
    expectCode(await first.ended, 0);
    expect([times(s, 1), most(s)]).toEqual([20, 1]);
  });

  test('begins after a crash between the note in the run and its own first record', async () => {
    const { s } = await stopped();
    expectCode(await s.run(['rerun', 'p1', '-n', '--out', 'c1']), 0);
    const path = s.path('p1', 'journal.jsonl');
    const replay = await replayJournal(path, await readRunFile(s.path('p1', 'run.json')));
    const head = replay.head();
    const journal = await openJournal({ file: await openAppendFile(path), head, path });
    const { runId } = await readRunFile(s.path('c1', 'run.json'));
    const note = { kind: 'handed-over', runId, dir: '../c1', rows: 1 } as const;
    await journal.append({ kind: 'note', at: new Date().toISOString(), note });
    await journal.close();
    expectCode(await s.run(['run', '--plan', 'c1', ...YES]), 0);
    expectCode(await s.run(['resume', 'p1']), 5);
    expect([times(s, 1), most(s)]).toEqual([20, 1]);
  });

  test('is refused if the run was moved away, because it might have continued there', async () => {
    const { s } = await stopped();
    expectCode(await s.run(['rerun', 'p1', '-n', '--out', 'c1']), 0);
    await rename(s.path('p1'), s.path('p9'));
    const refused = await s.run(['run', '--plan', 'c1', ...YES]);
    expectCode(refused, 5);
    expect(refused.stderr).toMatch(/PLAN_OVERTAKEN/);
    await rename(s.path('p9'), s.path('p1'));
    expectCode(await s.run(['run', '--plan', 'c1', ...YES]), 0);
    expect([times(s, 1), most(s)]).toEqual([20, 1]);
  });
});

describe('a run that another process executes', () => {
  test.each([
    ['rerun', ['rerun', 'p1']],
    ['followup --resend', ['followup', 'p1', '--resend', '--only', 'waiting', ...YES]],
  ])('%s is refused', async (_, argv) => {
    const { s } = await stopped('p1', SLOW);
    let begun = () => {};
    const isBegun = new Promise<void>((resolve) => (begun = resolve));
    const first = s.start(['resume', 'p1', '--concurrency', '1', '--json'], {
      onStdout: (text) => text.includes('"type":"row"') && begun(),
    });
    await isBegun;
    const refused = await s.run([...argv, '--out', 'c1'], { pid: process.ppid });
    expectCode(refused, 5);
    expect(refused.stderr).toMatch(/RUN_LOCKED/);
    expectCode(await first.ended, 0);
    expect(outcomes(await readCsv(s.path('p1', 'results.csv')))['succeeded']).toBe(20);
    expect([times(s, 1), most(s)]).toEqual([20, 1]);
    // The check of the lock left nothing behind.
    await rm(s.path('c1'), { recursive: true, force: true });
    expectCode(await s.run(['rerun', 'p1', '--only', 'succeeded', '-n', '--out', 'c1']), 0);
  });
});

describe('a results.csv', () => {
  test('in its run’s folder counts like the run itself', async () => {
    const { s } = await stopped();
    const planned = await s.run(['rerun', 'p1/results.csv', '-n', '--out', 'c1']);
    expectCode(planned, 0);
    expect(planned.stderr).not.toMatch(/Warning/);
    expectCode(await s.run(['rerun', 'p1/not-attempted.csv', '--out', 'c2', ...YES]), 0);
    for (const [argv, code] of [
      [['run', '--plan', 'c1', ...YES], 'PLAN_OVERTAKEN'],
      [['resume', 'p1'], 'RUN_HANDED_OVER'],
      [['rerun', 'p1/results.csv', '--out', 'c3', ...YES], 'RUN_HANDED_OVER'],
    ] as const) {
      const refused = await s.run(argv);
      expectCode(refused, 5);
      expect(refused.stderr).toContain(code);
    }
    expect([times(s, 1), most(s)]).toEqual([20, 1]);
  });

  test('that is older than the run’s journal is refused', async () => {
    const { s } = await stopped();
    await copyFile(s.path('p1', 'results.csv'), s.path('p1', 'old.csv'));
    expectCode(await s.run(['resume', 'p1']), 0);
    const refused = await s.run(['rerun', 'p1/old.csv', '--out', 'c1', ...YES]);
    expectCode(refused, 3);
    expect(said(refused)).toMatch(/has finished this row since .* okta-reset report p1/);
    expect([times(s, 1), most(s)]).toEqual([20, 1]);
  });

  test.each(['p1', 'p1/results.csv'])(
    'rows in flight when the run was left at once are settled by a resume first: rerun %s',
    async (source) => {
      const s = await stage({ users: 22, mix: PLAIN, chaos: 'stall-headers=50%' });
      await s.rockstar();
      expectCode(await s.run(['plan', '--file', 'users.csv', '--out', 'p1']), 0);
      const flags = ['--concurrency', '8', ...YES, '--json'];
      let begun = () => {};
      const isBegun = new Promise<void>((resolve) => (begun = resolve));
      const running = s.start(['run', '--plan', 'p1', ...flags], {
        onStdout: (text) => text.includes('"type":"row"') && begun(),
      });
      await isBegun;
      running.signal('SIGINT');
      // Within half a second it is the same key press.
      await s.clock.sleep(600);
      running.signal('SIGINT');
      expectCode(await running.ended, 130);
      expectCode(await s.run(['report', 'p1']), 0);
      const rows = await readCsv(s.path('p1', 'results.csv'));
      expect(outcomes(rows)['unknown']).toBeGreaterThan(0);
      await copyFile(s.path('p1', 'results.csv'), s.path('p1', 'old.csv'));

      for (const only of ['unknown', 'not-attempted']) {
        const refused = await s.run(['rerun', source, '--only', only, '--out', 'c1', ...YES]);
        expectCode(refused, 5);
        expect(refused.stderr).toMatch(/RUN_UNSETTLED/);
        expect(said(refused)).toMatch(/okta-reset resume p1 checks/);
      }
      // Rows that have ended can be taken up by any run.
      expectCode(await s.run(['rerun', source, '--only', 'succeeded', '-n', '--out', 'c2']), 0);
      expectCode(await s.run(['resume', 'p1', '--timeout', '10s']), 0);
      // After a resume has settled them, they can no longer be rerun from the old file either.
      expectCode(await s.run(['rerun', 'p1/old.csv', '--only', 'unknown', '--out', 'c3']), 3);
      expect([times(s, 1), most(s)]).toEqual([20, 1]);
    },
  );

  test('of a run that another process executes is refused', async () => {
    const { s } = await stopped('p1', SLOW);
    let begun = () => {};
    const isBegun = new Promise<void>((resolve) => (begun = resolve));
    const first = s.start(['resume', 'p1', '--concurrency', '1', '--json'], {
      onStdout: (text) => text.includes('"type":"row"') && begun(),
    });
    await isBegun;
    const refused = await s.run(['rerun', 'p1/results.csv', ...YES], { pid: process.ppid });
    expectCode(refused, 5);
    expect(refused.stderr).toMatch(/RUN_LOCKED/);
    expectCode(await first.ended, 0);
    expect([times(s, 1), most(s)]).toEqual([20, 1]);
  });

  test('elsewhere: one warning says what cannot be known', async () => {
    const { s } = await stopped();
    await copyFile(s.path('p1', 'results.csv'), s.path('away.csv'));
    const planned = await s.run(['rerun', 'away.csv', '-n', '--out', 'c1']);
    expectCode(planned, 0);
    expect(planned.stderr.match(/Warning:/g)).toHaveLength(1);
    expect(said(planned)).toMatch(
      /policy and revoke flags are not known, and it may have continued since/,
    );
    expect((await json(s, 'c1', 'run.json'))['parents']).toBeUndefined();
  });

  test('saved by a spreadsheet as Unicode text is read like the others', async () => {
    const { s, done } = await stopped();
    const text = await readFile(s.path('p1', 'not-attempted.csv'), 'utf8');
    const tabbed = text.trim().replaceAll(',', '\t').replaceAll('\n', '\r\n');
    await writeFile(s.path('saved.txt'), Buffer.from(`\uFEFF${tabbed}\r\n`, 'utf16le'));
    expectCode(await s.run(['rerun', 'saved.txt', '-n', '--out', 'c1']), 0);
    const rows = await readCsv(s.path('c1', 'results.csv'));
    expect(outcomes(rows)).toEqual({ 'not-attempted': 20 - done });
  });

  test('is a run if a run’s folder has that name', async () => {
    const { s } = await stopped('p.csv');
    expectCode(await s.run(['rerun', 'p.csv', '-n', '--out', 'c1']), 0);
    expect((await json(s, 'c1', 'run.json'))['parents']).toHaveLength(1);
  });

  test('and --last do not go together', async () => {
    const s = await stage({ users: 5, mix: PLAIN });
    const refused = await s.run(['rerun', 'ed.csv', '--last']);
    expectCode(refused, 2);
    expect(refused.stderr).toMatch(/a run or --last, not both/);
  });
});

describe('a rerun repeats what the run did', () => {
  const spec = async (s: Stage, dir: string) => (await json(s, dir, 'run.json'))['spec'];

  test('flags without --action add to it, --action replaces it', async () => {
    const action = ['--action', 'temp-password', '--revoke-tokens'];
    const { s } = await stopped('p1', { action });
    const was = {
      action: 'temp-password',
      sendEmail: true,
      revokeSessions: false,
      revokeTokens: true,
      resetFactors: false,
      order: 'password-first',
    };
    for (const [flags, wanted] of [
      [[], was],
      [['--revoke-sessions'], { ...was, revokeSessions: true }],
      [['--revoke-tokens'], was],
      [['--action', 'temp-password'], { ...was, revokeTokens: false }],
      [['--action', 'expire-password'], { ...was, action: 'expire-password', revokeTokens: false }],
    ] as const) {
      await rm(s.path('c1'), { recursive: true, force: true });
      for (const source of ['p1', 'p1/results.csv']) {
        expectCode(await s.run(['rerun', source, ...flags, '-n', '--out', 'c1']), 0);
        expect([source, flags, await spec(s, 'c1')]).toEqual([source, flags, wanted]);
        await rm(s.path('c1'), { recursive: true });
      }
    }
    const refused = await s.run(['rerun', 'p1', '--no-send-email', '-n']);
    expectCode(refused, 2);
    expect(refused.stderr).toMatch(/--no-send-email belongs to/);
  });

  test('of a file elsewhere, from its own column if that names one action', async () => {
    const { s } = await stopped('p1', { action: ['--action', 'temp-password'] });
    const text = await readFile(s.path('p1', 'results.csv'), 'utf8');
    const rerun = async (changed: string, ...flags: readonly string[]) => {
      await mkdir(s.path('away'), { recursive: true });
      await writeFile(s.path('away', 'r.csv'), changed);
      await rm(s.path('c1'), { recursive: true, force: true });
      return s.run(['rerun', 'away/r.csv', ...flags, '-n', '--out', 'c1']);
    };
    expectCode(await rerun(text), 0);
    expect(await spec(s, 'c1')).toMatchObject({ action: 'temp-password', revokeSessions: false });
    expectCode(await rerun(text, '--revoke-sessions'), 0);
    expect(await spec(s, 'c1')).toMatchObject({ action: 'temp-password', revokeSessions: true });

    const lines = text.trim().split('\n');
    const other = (lines.at(-1) ?? '').replace('temp-password', 'reset-password');
    for (const [last, says] of [
      [other, /Different actions were run .*reset-password, temp-password.* → .*--action/],
      [other.replace('reset-password', ''), /does not say for each .*--action temp-password/],
    ] as const) {
      const mixed = [...lines.slice(0, -1), last].join('\n');
      const refused = await rerun(mixed);
      expectCode(refused, 2);
      expect(said(refused)).toMatch(says);
      expectCode(await rerun(mixed, '--action', 'reset-password'), 0);
    }
  });

  test('with the policy in run.json next to the file', async () => {
    const s = await stage({ users: 12, mix: { ...PLAIN, statuses: { SUSPENDED: 1 } } });
    await s.rockstar();
    const policy = ['--include-status', 'SUSPENDED'];
    expectCode(await s.run(['plan', '--file', 'users.csv', ...policy, '--out', 'p1']), 0);
    expectCode(await s.run(['rerun', 'p1/results.csv', '-n', '--out', 'c1']), 0);
    expect(outcomes(await readCsv(s.path('c1', 'results.csv')))).toEqual({ 'not-attempted': 10 });
  });

  test('and warns about unencrypted secrets', async () => {
    const { s } = await stopped('p1', { action: ['--action', 'temp-password'] });
    const flags = ['--secrets-plaintext', '-n', '--out', 'c1'];
    expectCode(await s.run(['rerun', 'p1', ...flags]), 0);
    const { warnings } = (await json(s, 'c1', 'run.json'))['preview'] as {
      readonly warnings: readonly { readonly code: string }[];
    };
    expect(warnings.map(({ code }) => code)).toContain('secrets-plaintext');
  });
});

describe('rows that were excluded, or duplicates', () => {
  async function skipping() {
    const s = await stage({ users: 12, mix: PLAIN });
    const users = [...s.org.users()].filter(({ admin }) => !admin);
    await s.ids([...users, ...users.slice(0, 3)]);
    const spared = users.slice(5, 7);
    await s.ids(spared, 'spare.csv');
    const gone = users[8]!;
    s.org.suspend(gone.id);
    const flags = ['--exclude', 'spare.csv', '--out', 'p1', ...YES];
    expectCode(await s.run(['run', '--file', 'ids.csv', ...flags]), 0);
    s.org.unsuspend(gone.id);
    return { s, spared };
  }

  test.each(['p1', 'p1/results.csv'])('stay out of rerun %s --only skipped', async (source) => {
    const { s, spared } = await skipping();
    const ran = await s.run(['rerun', source, '--only', 'skipped', '--out', 'c1', ...YES]);
    expectCode(ran, 0);
    expect(said(ran)).toMatch(/left out \((2 excluded, 3 duplicate|3 duplicate, 2 excluded)\)/);
    expect(outcomes(await readCsv(s.path('c1', 'results.csv')))).toEqual({ succeeded: 1 });
    for (const { id } of spared) expect(s.org.effects(id)?.resets ?? 0).toBe(0);
    expect([times(s, 1), most(s)]).toEqual([8, 1]);
    // Where nothing else was skipped there is nothing to do.
    const none = await s.run(['rerun', source, '--only', 'skipped', '--error', 'E0000001']);
    expectCode(none, 3);
    expect(said(none)).toMatch(/Excluded rows, duplicates and partly done rows/);
  });
});
