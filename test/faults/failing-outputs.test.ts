/**
 * Files that commands write in addition to the run itself fail at each of their calls: the command says what failed and what
 * to do, what was there before stays, and the same command works once the disk does.
 */
import { failFrom, faultsOf, giveBack, sound, STAGED, type DiskFault } from './failing-disk.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readdir, readFile, rm, unlink } from 'node:fs/promises';
import { withOneRsaKey } from '../cli/one-rsa-key.ts';
import {
  closeStages,
  isEligible,
  mailsByUser,
  NO_STACK,
  PLAIN,
  stage,
  type Ran,
  type Stage,
} from '../integration/rig.ts';

const YES = ['--yes', '--max-users', '1000', '-q'];
/** All calls on a new file that replaces nothing. */
const NEW_FILE = { open: [1], write: [1], sync: [1], close: [1] } as const;

let s: Stage;
let csv: string;
/** What every case finds. */
let kept: readonly string[] = [];
/** Users that nothing was done with yet. */
let fresh: { readonly id: string }[];

beforeAll(async () => {
  s = await stage({ users: 60, seed: 4, mix: PLAIN });
  fresh = [...s.org.users()].filter(isEligible);
  csv = await s.ids(fresh.splice(0, 6));
  const { stdout } = await s.run(['secrets', 'keygen', '--out', 'key.txt']);
  const recipient = /age1[a-z0-9]+/.exec(stdout)?.[0] ?? '';
  const run = ['run', '--file', csv, '--action', 'temp-password', '--out', 'run', ...YES];
  const ran = await s.run([...run, '--secrets-recipient', recipient]);
  expect([ran.code, ran.stderr]).toEqual([0, expect.anything()]);
  kept = await readdir(s.dir);
});
/** Each plan reads all runs next to it, so those of other cases are removed. */
afterEach(async () => {
  const names = await readdir(s.dir);
  for (const name of names.filter((each) => !kept.includes(each)))
    await rm(s.path(name), { recursive: true, force: true });
});
afterAll(giveBack);
afterAll(closeStages);
afterAll(withOneRsaKey());

/** Runs a command on a disk that fails, and checks that its message is plain. */
async function failing(fault: DiskFault, argv: readonly string[]): Promise<Ran> {
  failFrom(fault);
  const ran = await s.run(argv).finally(() => expect(sound()).toBeGreaterThan(0));
  const said = ran.stdout + ran.stderr;
  expect(said).not.toMatch(NO_STACK);
  expect(said).not.toMatch(/INTERNAL/);
  return ran;
}

const leftovers = async (...dir: readonly string[]) =>
  (await readdir(s.path(...dir))).filter((name) => name.startsWith('.staged-'));

test.each(faultsOf({ 'followup.csv': STAGED }))(
  'followup: $file, $call fails with $code: the old list stays, and the command to repeat is printed',
  async (fault) => {
    expect((await s.run(['followup', 'run'])).code).toBe(0);
    const before = await readFile(s.path('run', 'followup.csv'), 'utf8');
    const ran = await failing(fault, ['followup', 'run']);
    expect([ran.code, ran.stderr]).toEqual([7, expect.stringContaining(fault.code)]);
    expect(ran.stderr).toMatch(/followup\.csv[^]*okta-reset followup run/);
    expect(await readFile(s.path('run', 'followup.csv'), 'utf8')).toBe(before);
    expect(await leftovers('run')).toEqual([]);
    expect((await s.run(['followup', 'run'])).code).toBe(0);
  },
);

test.each(
  faultsOf({
    'results.csv': STAGED,
    'results.json': STAGED,
    'failed.csv': STAGED,
    'not-attempted.csv': STAGED,
    'summary.json': STAGED,
    'report.html': STAGED,
  }),
)(
  'report: $file, $call fails with $code: it is printed, and every file is complete',
  async (fault) => {
    const ran = await failing(fault, ['report', 'run']);
    expect(ran.stdout).toMatch(/\d of \d users succeeded/);
    expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining(fault.code)]);
    expect(ran.stderr).toContain('okta-reset report run');
    expect(JSON.parse(await readFile(s.path('run', 'results.json'), 'utf8'))).toBeTruthy();
    expect(JSON.parse(await readFile(s.path('run', 'summary.json'), 'utf8'))).toBeTruthy();
    expect(await readFile(s.path('run', 'report.html'), 'utf8')).toMatch(/<\/html>\s*$/);
    expect(await leftovers('run')).toEqual([]);
  },
);

test.each(faultsOf({ 'passwords.csv': NEW_FILE }))(
  'secrets open --out: $call fails with $code: no part of a file is left, and the next try writes all',
  async (fault) => {
    const argv = ['secrets', 'open', 'run', '--identity', 'key.txt', '--out', 'passwords.csv'];
    const ran = await failing(fault, argv);
    expect([ran.code, ran.stderr]).toEqual([7, expect.stringContaining(fault.code)]);
    expect(ran.stderr).toMatch(/passwords\.csv[^]*→/);
    expect(await readdir(s.dir)).not.toContain('passwords.csv');
    expect((await s.run(argv)).code).toBe(0);
    for (const userId of (await readFile(s.path(csv), 'utf8')).trim().split('\n').slice(1))
      expect(await readFile(s.path('passwords.csv'), 'utf8')).toContain(
        s.org.currentTempPassword(userId)?.replaceAll('"', '""'),
      );
    await unlink(s.path('passwords.csv'));
  },
);

test.each(faultsOf({ 'other.txt': NEW_FILE }))(
  'secrets keygen --out: $call fails with $code: no partial key is left to block the next one',
  async (fault) => {
    const argv = ['secrets', 'keygen', '--out', 'other.txt'];
    const ran = await failing(fault, argv);
    expect([ran.code, ran.stdout, ran.stderr]).toEqual([
      expect.any(Number),
      '',
      expect.stringContaining(fault.code),
    ]);
    expect(ran.code).not.toBe(0);
    expect(await readdir(s.dir)).not.toContain('other.txt');
    expect((await s.run(argv)).code).toBe(0);
    await unlink(s.path('other.txt'));
  },
);

test.each(
  faultsOf({
    'index.jsonl': { open: [1], write: [1], truncate: [1], close: [1] },
    'consent.key': STAGED,
    proof: STAGED,
    'okta-reset': { mkdir: [1] },
    consents: { mkdir: [1] },
  }),
)('run: $file, $call fails with $code: nothing of the run depends on it', async (fault) => {
  await rm(s.stateHome, { recursive: true, force: true });
  const name = `aside-${fault.file}-${fault.call}`;
  const [user] = fresh.splice(0, 1);
  const one = await s.ids(user === undefined ? [] : [user], `${name}.csv`);
  const ran = await failing(fault, ['run', '--file', one, '--out', name, ...YES]);
  expect([ran.code, ran.stderr]).toEqual([0, expect.anything()]);
  if (fault.file !== 'index.jsonl') expect(ran.stderr).toContain(fault.code);
  expect(mailsByUser(s.org).get(user?.id ?? '')).toBe(1);
  // Other plans know of the run, with its index or without.
  const next = await s.run(['plan', '--file', one, '--out', `${name}-next`]);
  expect(next.stdout).toMatch(/already/);
});

test.each(faultsOf({ 'org-lock': { open: [1], write: [1], sync: [1], link: [1] } }))(
  'run: the lock of the org, $call fails with $code: nothing is sent, and the command to repeat is printed',
  async (fault) => {
    const name = `lock-${fault.call}-${fault.code}`;
    const [user] = fresh.splice(0, 1);
    const one = await s.ids(user === undefined ? [] : [user], `${name}.csv`);
    const mailed = () => mailsByUser(s.org).get(user?.id ?? '');
    expect((await s.run(['plan', '--file', one, '--out', name, '-q'])).code).toBe(0);
    const ran = await failing(fault, ['run', '--plan', name, ...YES]);
    if (fault.code === 'EROFS') {
      // If nobody can write next to a run, nobody can plan another one there either.
      expect([ran.code, mailed()]).toEqual([0, 1]);
      return;
    }
    expect([ran.code, ran.stderr]).toEqual([7, expect.stringContaining(fault.code)]);
    expect(ran.stderr).toMatch(new RegExp(`okta-reset (resume|run --plan) ${name}`));
    expect(mailed()).toBeUndefined();
  },
);

test.each(faultsOf({ 'declined.json': NEW_FILE }))(
  'a no to the question: $file, $call fails with $code: it still counts as a no',
  async (fault) => {
    const name = `declined-${fault.call}`;
    const one = await s.ids(fresh.slice(0, 1), `${name}.csv`);
    const argv = ['run', '--file', one, '--out', name];
    failFrom(fault);
    const ran = await s.run(argv, { terminal: true, stdin: 'no\n' });
    // Nothing is synced, because the mark is only for the list of runs.
    expect(sound() > 0).toBe(fault.call !== 'sync');
    expect([ran.code, ran.stderr]).toEqual([5, expect.stringContaining('Nothing was sent')]);
    expect(ran.stderr).not.toMatch(NO_STACK);
    expect(mailsByUser(s.org).get(fresh[0]?.id ?? '')).toBeUndefined();
    const [listed] = JSON.parse(
      `[${(await s.run(['runs', '--in', '.', '--json'])).stdout
        .trim()
        .split('\n')
        .filter((line) => line.includes(`"name":"${name}"`))
        .join()}]`,
    ) as { readonly state: string }[];
    expect(['planned', 'declined']).toContain(listed?.state);
  },
);

/** The journal of the earlier run as it is read, and written to when its rows are handed over. */
const HANDED_OVER = { open: [1, 2], write: [1], sync: [1], close: [1] } as const;

describe.each([
  ['left', 'a run that nobody began'],
  ['ended', 'a run that has ended'],
] as const)('a rerun over the %s rows of %s', (...[rows]) => {
  test.each(faultsOf({ 'journal.jsonl': HANDED_OVER }))(
    'the earlier run’s journal, $call fails with $code from call $nth on: nobody twice, and it continues',
    async ({ call, code, nth }) => {
      const [parent, child] = [`${rows}-${call}${nth}`, `${rows}-${call}${nth}-again`];
      const users = fresh.splice(0, 1);
      const mailed = () => users.map(({ id }) => mailsByUser(s.org).get(id) ?? 0);
      const file = await s.ids(users, `${parent}.csv`);
      const first = rows === 'left' ? 'plan' : 'run';
      const yes = first === 'run' ? YES : ['-q'];
      expect((await s.run([first, '--file', file, '--out', parent, ...yes])).code).toBe(0);
      const before = mailed();
      const only = rows === 'left' ? 'not-attempted' : 'succeeded';
      const status = ['--include-status', 'RECOVERY'];
      const rerun = ['rerun', parent, '--dry-run', '--only', only, '--again', ...status];
      expect((await s.run([...rerun, '--out', child, '-q'])).code).toBe(0);
      failFrom({ file: `${parent}/journal.jsonl`, call, code, nth });
      const ran = await s.run(['run', '--plan', child, ...YES]);
      const failed = sound();
      const said = ran.stdout + ran.stderr;
      expect(said).not.toMatch(NO_STACK);
      expect(said).not.toMatch(/INTERNAL/);
      // With later calls nothing must depend on them any longer.
      if (nth === 1) expect([call, failed > 0]).toEqual([call, true]);
      if (ran.code !== 0) {
        expect([ran.code, said]).toEqual([7, expect.stringContaining(code)]);
        expect(said).toMatch(new RegExp(`okta-reset (resume|run --plan) ${child}`));
        expect(mailed()).toEqual(before);
        expect((await s.run(['run', '--plan', child, ...YES])).code).toBe(0);
      }
      expect(mailed()).toEqual(before.map((mails) => mails + 1));
      // What was handed over is not also done by the earlier run.
      const resumed = await s.run(['resume', parent, ...YES]);
      expect([0, 5]).toContain(resumed.code);
      expect(mailed()).toEqual(before.map((mails) => mails + 1));
    },
  );
});

test.each(faultsOf({ 'app-key.pem': NEW_FILE }))(
  'sandbox --service-app: $file, $call fails with $code: no partial key is left to block the next one',
  async (fault) => {
    const argv = ['sandbox', '--service-app', 'app-key.pem', '--users', '1'];
    const ran = await failing(fault, argv);
    expect([ran.code, ran.stdout, ran.stderr]).toEqual([
      2,
      '',
      expect.stringContaining(fault.code),
    ]);
    expect(await readdir(s.dir)).not.toContain('app-key.pem');
    const running = s.start(argv, { onStdout: () => running.signal('SIGINT') });
    expect([(await running.ended).code, await readdir(s.dir)]).toEqual([
      0,
      expect.arrayContaining(['app-key.pem']),
    ]);
    await unlink(s.path('app-key.pem'));
  },
);
