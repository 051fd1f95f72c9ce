import { afterAll, describe, expect, test } from '@jest/globals';
import { expectCode } from './expect-code.ts';
import { closeStages, mailsByUser, PLAIN, stage, writesSeen, type Ran, type Stage } from './rig.ts';

afterAll(closeStages);

const YES = ['--yes', '--max-users', '1000'];

/** Runs a command and presses Ctrl-C when `rows` rows have ended. */
async function stopAfter(s: Stage, rows: number, argv: readonly string[]): Promise<Ran> {
  let seen = 0;
  const running = s.start([...argv, '--json'], {
    onStdout: (text) => {
      seen += text.split('"type":"row"').length - 1;
      if (seen >= rows) running.signal('SIGINT');
    },
  });
  return running.ended;
}

const once = (s: Stage, users: number) => {
  const mails = mailsByUser(s.org);
  expect([mails.size, Math.max(...mails.values())]).toEqual([users, 1]);
};

describe('what a flag names is held against a run that was begun', () => {
  test('--max-users against the users that are left', async () => {
    const s = await stage({ users: 32, mix: PLAIN, latencyMs: 20 });
    await s.rockstar();
    const begun = ['run', '--csv', 'users.csv', '--out', 'run', '--concurrency', '1', ...YES];
    expectCode(await stopAfter(s, 4, begun), 130);
    const before = writesSeen(s.org);
    const left = 30 - mailsByUser(s.org).size;

    const refused = await s.run(['resume', 'run', '--max-users', String(left - 1)]);
    expectCode(refused, 5);
    expect(refused.stderr).toMatch(/MAX_USERS_EXCEEDED/);
    expect(refused.stderr).toContain(`--max-users ${left}`);
    expect(writesSeen(s.org)).toBe(before);

    expectCode(await s.run(['resume', 'run', '--max-users', String(left)]), 0);
    once(s, 30);
  });

  test('--confirm and --org of another org, though the run is finished', async () => {
    const s = await stage({ users: 12, mix: PLAIN });
    await s.rockstar();
    expectCode(await s.run(['run', '--csv', 'users.csv', '--out', 'run', ...YES]), 0);
    for (const flags of [
      ['--confirm', '10@other.okta.com'],
      ['--confirm', `11@${s.host}`],
    ]) {
      const ran = await s.run(['run', '--plan', 'run', ...flags]);
      expectCode(ran, 5);
      expect(ran.stderr).toMatch(/CONFIRM_MISMATCH/);
    }
    const other = await s.run(['resume', 'run', '--org', 'https://other.okta.com']);
    expectCode(other, 5);
    expect(other.stderr).toMatch(/PLAN_OTHER_ORG/);
    for (const flags of [['--confirm', `10@${s.host}`], ['--max-users', '1'], []])
      expectCode(await s.run(['run', '--plan', 'run', ...flags]), 0);
    once(s, 10);
  });
});
