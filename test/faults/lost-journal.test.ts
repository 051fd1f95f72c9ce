/** A journal that is gone, empty or damaged: nobody is acted on again, and no row is mistaken for one not attempted. */
import { afterAll, expect, test } from '@jest/globals';
import { cp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expectCode } from '../integration/expect-code.ts';
import {
  closeStages,
  isEligible,
  mailsByUser,
  outcomes,
  PLAIN,
  readCsv,
  stage,
  type Result,
  type Stage,
} from '../integration/rig.ts';

afterAll(closeStages);

const YES = ['--yes', '--max-users', '1000', '-q'];
const USERS = 12;

async function planned(): Promise<Stage> {
  const s = await stage({ users: USERS + 2, seed: 8, mix: PLAIN });
  const csv = await s.ids([...s.org.users()].filter(isEligible));
  expectCode(await s.run(['plan', '--file', csv, '--out', 'run', '-q']), 0);
  return s;
}

async function finished(): Promise<Stage> {
  const s = await planned();
  expectCode(await s.run(['run', '--plan', 'run', ...YES]), 0);
  return s;
}

const journal = (s: Stage) => s.path('run', 'journal.jsonl');

const LOSSES = {
  gone: (path: string) => rm(path),
  empty: (path: string) => truncate(path, 0),
  'cut in its first line': (path: string) => truncate(path, 20),
} as const;

const SIGNS = [
  'index.jsonl',
  'summary.json',
  'results.json',
  'failed.csv',
  'not-attempted.csv',
  'results.csv',
];

/** Leaves one of the files that show that the run was begun. */
async function leaveOnly(s: Stage, sign: string): Promise<void> {
  for (const name of SIGNS) if (name !== sign) await rm(s.path('run', name));
}

const ACTING = [
  ['resume', 'run', ...YES],
  ['run', '--plan', 'run', ...YES],
  ['rerun', 'run', '--only', 'not-attempted', ...YES],
] as const;

async function expectRefused(
  s: Stage,
  commands: readonly (readonly string[])[] = [...ACTING, ['followup', 'run']],
): Promise<void> {
  const before = mailsByUser(s.org);
  for (const argv of commands) {
    const ran = await s.run(argv);
    expectCode(ran, 3);
    expect(ran.stderr).toMatch(/RUN_DAMAGED/);
  }
  expect(mailsByUser(s.org)).toEqual(before);
}

/** The report as it is printed: no row of the lost part is mistaken for one that nobody has acted on. */
async function reported(s: Stage): Promise<readonly Result[]> {
  const ran = await s.run(['report', 'run', '--format', 'csv']);
  expectCode(ran, 0);
  const rows: readonly Result[] = parse(ran.stdout, { columns: true, bom: true });
  expect(rows).toHaveLength(USERS);
  for (const row of rows)
    if (row['_outcome'] !== 'succeeded')
      expect([row['_outcome'], row['_reason']]).toEqual(['unknown', 'journal-damaged']);
  return rows;
}

test.each(
  Object.keys(LOSSES).flatMap((loss) =>
    (loss === 'gone' ? SIGNS : SIGNS.slice(-1)).map((sign) => [loss, sign] as const),
  ),
)(
  'a journal that is %s, although %s shows that the run was begun, is damage',
  async (loss, sign) => {
    const s = await finished();
    await leaveOnly(s, sign);
    await LOSSES[loss as keyof typeof LOSSES](journal(s));
    await expectRefused(s);
    expect(outcomes(await reported(s))).toEqual({ unknown: USERS });
    await expectRefused(s);
  },
);

test('a journal that was cut off at the end of a line is damage if the index has read further', async () => {
  const s = await finished();
  const lines = (await readFile(journal(s), 'utf8')).split('\n');
  await writeFile(journal(s), `${lines.slice(0, 9).join('\n')}\n`);
  await expectRefused(s, ACTING);
  const counts = outcomes(await reported(s));
  expect(counts['unknown']).toBeGreaterThan(USERS / 2);
  expect(counts['not-attempted']).toBeUndefined();
});

interface Listed {
  readonly state: string;
  readonly counts: Readonly<Record<string, number>>;
}

test('a list calls a run damaged if it has lost its journal, and offers no plan to execute', async () => {
  const s = await finished();
  for (const loss of Object.keys(LOSSES))
    for (const sign of ['index.jsonl', 'summary.json']) {
      const dir = s.path('copies', `${loss}, ${sign}`);
      await cp(s.path('run'), dir, { recursive: true });
      for (const name of SIGNS) if (name !== sign) await rm(join(dir, name));
      await LOSSES[loss as keyof typeof LOSSES](join(dir, 'journal.jsonl'));
    }
  const ran = await s.run(['runs', '--in', 'copies', '--json']);
  const listed = ran.stdout
    .split('\n')
    .filter((line) => line.includes('"type":"run"'))
    .map((line) => JSON.parse(line) as Listed);
  expect(listed.map(({ state }) => state)).toEqual(new Array(6).fill('damaged'));
  expect(listed.map(({ counts }) => counts['not-attempted'])).toEqual(new Array(6).fill(0));
  expect(ran.stdout).not.toContain('run --plan');
});

test('users whom a run has acted on are left out by the next plan, even if only its index is left', async () => {
  const s = await stage({ users: USERS + 2, seed: 8, mix: PLAIN });
  const csv = await s.ids([...s.org.users()].filter(isEligible));
  const argv = ['--file', csv, '--action', 'temp-password', '--secrets-plaintext', ...YES];
  expectCode(await s.run(['run', ...argv, '--out', 'run']), 0);
  await leaveOnly(s, 'index.jsonl');
  await rm(s.path('run', 'secrets.jsonl'));
  await rm(journal(s));
  expectCode(await s.run(['run', ...argv, '--out', 'next']), 0);
  expect(s.org.stats().effects.tempPasswords).toMatchObject({ users: USERS, total: USERS });
});

test('a follow-up says which users the damaged journal no longer covers, and prints what works', async () => {
  const s = await finished();
  const lines = (await readFile(journal(s), 'utf8')).split('\n');
  // After the line by which all of them have begun, so that some have ended before it.
  lines[USERS + 3] = (lines[USERS + 3] ?? '').replace(/"at":"2/, '"at":"3');
  await writeFile(journal(s), lines.join('\n'));
  const ran = await s.run(['followup', 'run']);
  expectCode(ran, 0);
  const said = ran.stdout.replace(/\s+/g, ' ');
  expect(said).toMatch(/Of \d+ users the damaged journal no longer tells whether they were reset/);
  expect(said).not.toMatch(/never reset|rerun/);
  const [, next = ''] = /okta-reset(?:\.js)? (report run)/.exec(said) ?? [];
  const report = await s.run(next.split(' '));
  expectCode(report, 0);
  expect(report.stdout).toMatch(/plan --file run\/results.csv/);
  const [event = '{}'] = (await s.run(['followup', 'run', '--json'])).stdout
    .split('\n')
    .filter((line) => line.includes('"type":"followup"'));
  const { users, neverReset, unreadable } = JSON.parse(event) as Record<string, number>;
  expect([neverReset, (users ?? 0) + (unreadable ?? 0)]).toEqual([0, USERS]);
  expect(users).toBeGreaterThan(0);
});

test('secrets of a run without its journal are reported as damage, not as never mentioned', async () => {
  const s = await stage({ users: 4, seed: 8, mix: PLAIN });
  const csv = await s.ids([...s.org.users()].filter(isEligible));
  const argv = ['--file', csv, '--action', 'temp-password', '--secrets-plaintext', ...YES];
  expectCode(await s.run(['run', ...argv, '--out', 'run']), 0);
  await rm(journal(s));
  const ran = await s.run(['secrets', 'open', 'run', '--out', 'open.csv']);
  expect(ran.stderr.replace(/\s+/g, ' ')).toMatch(/The journal is damaged or was edited at line 1/);
});

test('a journal that was cut off at the end of a line is damage if a secret is of a row that it does not mention', async () => {
  const s = await stage({ users: USERS + 2, seed: 8, mix: PLAIN });
  const csv = await s.ids([...s.org.users()].filter(isEligible));
  const argv = ['--file', csv, '--action', 'temp-password', '--secrets-plaintext', ...YES];
  expectCode(await s.run(['run', ...argv, '--out', 'run']), 0);
  // As a kill leaves the run: without the files of its end.
  for (const name of SIGNS) await rm(s.path('run', name));
  const lines = (await readFile(journal(s), 'utf8')).split('\n');
  await writeFile(journal(s), `${lines.slice(0, 7).join('\n')}\n`);
  await expectRefused(
    s,
    ACTING.map((each) => [...each, '--secrets-plaintext']),
  );
  expect(outcomes(await reported(s))['unknown']).toBeGreaterThan(USERS / 2);
});

test('secrets are a sign too, but nothing that a plan writes is', async () => {
  const s = await planned();
  await writeFile(journal(s), '');
  expectCode(await s.run(['report', 'run']), 0);
  await writeFile(s.path('run', 'secrets.jsonl'), '{}\n');
  await expectRefused(s);
  await rm(s.path('run', 'secrets.jsonl'));
  expectCode(await s.run(['run', '--plan', 'run', ...YES]), 0);
  expect(mailsByUser(s.org).size).toBe(USERS);
});

test('a column of the input that says “succeeded” is not a sign', async () => {
  const s = await stage({ users: USERS + 2, seed: 8, mix: PLAIN });
  const ids = [...s.org.users()].filter(isEligible).map(({ id }) => id);
  const lines = ids.map((id) => `${id},succeeded,"a,succeeded,,reset-password,"\n`).join('');
  await s.writeCsv('ids.csv', `id,outcome,note\n${lines}`);
  expectCode(await s.run(['plan', '--file', 'ids.csv', '--out', 'run', '-q']), 0);
  expectCode(await s.run(['run', '--plan', 'run', ...YES]), 0);
  expect(mailsByUser(s.org).size).toBe(USERS);
});

test('good reports are kept next to those of a damaged journal, and the printed plan acts on nobody twice', async () => {
  const s = await planned();
  const running = s.start(['run', '--plan', 'run', '--concurrency', '1', ...YES, '--json'], {
    onStdout: (text) => {
      if (text.includes('"type":"row"')) running.signal('SIGINT');
    },
  });
  expectCode(await running.ended, 130);
  const good = await readFile(s.path('run', 'results.csv'), 'utf8');
  expectCode(await s.run(['resume', 'run', '--max-failures', '100%', '-q']), 0);
  const whole = await readFile(s.path('run', 'results.csv'), 'utf8');
  expect(whole).not.toBe(good);
  // Damage after the first rows: everything before it counts.
  const lines = (await readFile(journal(s), 'utf8')).split('\n');
  lines[6] = (lines[6] ?? '').replace(/"at":"2/, '"at":"3');
  await writeFile(journal(s), lines.join('\n'));
  await expectRefused(s, ACTING);

  const counts = outcomes(await reported(s));
  expect(counts['succeeded']).toBeGreaterThan(0);
  expect(counts['unknown']).toBeGreaterThan(0);
  expect(await readFile(s.path('run', 'results.before-damage.csv'), 'utf8')).toBe(whole);
  expect(outcomes(await readCsv(s.path('run', 'results.csv')))).toEqual(counts);
  // Reports of the damaged journal never replace the good ones.
  await reported(s);
  expect(await readFile(s.path('run', 'results.before-damage.csv'), 'utf8')).toBe(whole);

  const { stdout } = await s.run(['report', 'run']);
  const plan = /okta-reset(?:\.js)? (plan --file .*)/.exec(stdout)?.[1] ?? '';
  expect(plan).toMatch(/--where _reason=journal-damaged --since /);
  expectCode(await s.run([...plan.trim().split(' '), '--out', 'again', '-q']), 0);
  await s.run(['run', '--plan', 'again', ...YES]);
  const mails = mailsByUser(s.org);
  expect([mails.size, Math.max(...mails.values())]).toEqual([USERS, 1]);
});
