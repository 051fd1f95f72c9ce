/** Each file of a run fails at each of its calls: nobody twice, nothing lost, and the run continues. */
import {
  failFrom,
  faultsOf,
  giveBack,
  sound,
  STAGED,
  type Calls,
  type DiskFault,
} from './failing-disk.ts';
import { afterAll, expect, test } from '@jest/globals';
import { readdir } from 'node:fs/promises';
import {
  closeStages,
  isEligible,
  mailsByUser,
  NO_STACK,
  outcomes,
  PLAIN,
  readCsv,
  stage,
} from '../integration/rig.ts';

afterAll(giveBack);
afterAll(closeStages);

const YES = ['--yes', '--max-users', '1000', '-q'];

/** The calls on the files of a plan, and which of them fail. */
const PLANNING: Calls = {
  run: { mkdir: [1] },
  'plan.jsonl': { open: [1], write: [1], sync: [1], close: [1] },
  'run.json': STAGED,
};

/** The same for the files of a run. */
const RUNNING: Calls = {
  lock: { open: [1], write: [1], sync: [1], link: [1] },
  'journal.jsonl': { open: [1], write: [1, 2, 4], sync: [1, 2, 4], close: [1] },
  'run.log': { open: [1], write: [1], close: [1] },
  'results.csv': STAGED,
  'results.json': STAGED,
  'failed.csv': STAGED,
  'not-attempted.csv': STAGED,
  'summary.json': STAGED,
  'report.html': STAGED,
};

/** Enough that the workers are busy when the journal fails. The token's owner and an admin are not among them. */
const USERS = 6;
const staged = () => stage({ users: USERS + 2, seed: 4, mix: PLAIN });

/** What every command says about a disk that failed: the system's code, and nothing internal. */
function expectPlain(fault: DiskFault, said: string): void {
  expect(said).toContain(fault.code);
  expect(said).not.toMatch(NO_STACK);
  expect(said).not.toMatch(/INTERNAL/);
}

test.each(faultsOf(PLANNING))(
  'plan: $file, $call fails with $code: nothing is left behind, and the next try succeeds',
  async (fault) => {
    const s = await staged();
    const csv = await s.ids([...s.org.users()].filter(isEligible));
    const argv = ['plan', '--file', csv, '--out', 'run', '-q'];
    failFrom(fault);
    const ran = await s.run(argv);
    expect(sound()).toBeGreaterThan(0);
    expectPlain(fault, ran.stdout + ran.stderr);
    expect(ran.code).toBe(2);
    expect(await readdir(s.dir)).toEqual([csv]);
    expect((await s.run(argv)).code).toBe(0);
  },
);

test.each(faultsOf(RUNNING))(
  'run: $file, $call fails with $code from call $nth on: nobody twice, and resume finishes',
  async (fault) => {
    const s = await staged();
    const csv = await s.ids([...s.org.users()].filter(isEligible));
    expect((await s.run(['plan', '--file', csv, '--out', 'run', '-q'])).code).toBe(0);
    failFrom(fault);
    const ran = await s.run(['run', '--plan', 'run', '--concurrency', '3', ...YES]);
    expect(sound()).toBeGreaterThan(0);
    const said = ran.stdout + ran.stderr;
    const isLost = fault.file === 'run.log';
    if (ran.code !== 0 || isLost) expectPlain(fault, said);
    // Nothing depends on the log, and a complete journal can fail to close.
    expect([ran.code, said]).toEqual([
      isLost || fault.call === 'close' ? expect.any(Number) : 7,
      expect.stringMatching(isLost ? /run\.log/ : /okta-reset resume run|finished/),
    ]);
    if (ran.code === 7) expect(said).toMatch(/okta-reset resume run/);
    const resumed = await s.run(['resume', 'run', ...YES]);
    expect([resumed.code, resumed.stderr]).toEqual([0, expect.anything()]);
    const mails = mailsByUser(s.org);
    expect([mails.size, Math.max(...mails.values())]).toEqual([USERS, 1]);
    expect(outcomes(await readCsv(s.path('run', 'results.csv')))).toEqual({ succeeded: USERS });
  },
);

test.each(faultsOf({ 'secrets.jsonl': { open: [1], write: [1, 3], sync: [1, 3], close: [1] } }))(
  'secrets.jsonl, $call fails with $code from call $nth on: the last password issued is the one stored',
  async (fault) => {
    const s = await staged();
    const csv = await s.ids([...s.org.users()].filter(isEligible));
    const { stdout } = await s.run(['secrets', 'keygen', '--out', 'key.txt']);
    const recipient = /age1[a-z0-9]+/.exec(stdout)?.[0] ?? '';
    const plan = ['plan', '--file', csv, '--action', 'temp-password', '--out', 'run', '-q'];
    expect((await s.run([...plan, '--secrets-recipient', recipient])).code).toBe(0);
    failFrom(fault);
    const ran = await s.run(['run', '--plan', 'run', '--concurrency', '3', ...YES]);
    expect(sound()).toBeGreaterThan(0);
    // Each password was synced before its row ended: nothing depends on the close.
    expect(ran.code).toBe(fault.call === 'close' ? 0 : 7);
    if (ran.code === 7) {
      expectPlain(fault, ran.stdout + ran.stderr);
      expect(ran.stdout + ran.stderr).toMatch(/okta-reset resume run/);
    }
    // No more calls than were in progress when there was no space for the first password.
    const { users: lost } = s.org.stats().effects.tempPasswords;
    const isFirst = fault.nth === 1 && (fault.call === 'write' || fault.call === 'sync');
    if (isFirst) {
      expect([1, 2, 3]).toContain(lost);
      const kept = outcomes(await readCsv(s.path('run', 'results.csv')));
      expect(kept['succeeded']).toBeUndefined();
    }
    expect((await s.run(['resume', 'run', ...YES])).code).toBe(0);
    const rows = await readCsv(s.path('run', 'results.csv'));
    expect(outcomes(rows)).toEqual({ succeeded: USERS });
    const reissued = rows.filter((row) => row['_reason'] === 'reissued');
    if (isFirst) expect(reissued).toHaveLength(lost);
    const opened = await s.run(['secrets', 'open', 'run', '--identity', 'key.txt']);
    for (const row of rows)
      expect(opened.stdout).toContain(
        s.org.currentTempPassword(row['_user_id'] ?? '')?.replaceAll('"', '""'),
      );
  },
);

test('report prints on a full disk too, and says that its files are unchanged', async () => {
  const s = await staged();
  const csv = await s.ids([...s.org.users()].filter(isEligible));
  expect((await s.run(['run', '--file', csv, '--out', 'run', ...YES])).code).toBe(0);
  for (const file of ['results.csv', 'lock']) {
    failFrom({ file, call: 'open', code: 'ENOSPC', nth: 1 });
    const ran = await s.run(['report', 'run']);
    expect(sound()).toBeGreaterThan(0);
    expect(ran.stdout).toMatch(/6 of 6 users succeeded/);
    expect([ran.code, ran.stderr]).toEqual([0, expect.stringMatching(/ENOSPC/)]);
  }
});

test('a plan whose report cannot be written is shown, and can be executed', async () => {
  const s = await staged();
  const csv = await s.ids([...s.org.users()].filter(isEligible));
  failFrom({ file: 'report.html', call: 'write', code: 'ENOSPC', nth: 1 });
  const ran = await s.run(['plan', '--file', csv, '--out', 'run']);
  expect(sound()).toBeGreaterThan(0);
  expect([ran.code, ran.stderr]).toEqual([0, expect.stringMatching(/ENOSPC/)]);
  expect((await s.run(['run', '--plan', 'run', ...YES])).code).toBe(0);
  expect(mailsByUser(s.org).size).toBe(USERS);
});
