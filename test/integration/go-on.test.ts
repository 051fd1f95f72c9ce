import { readFile } from 'node:fs/promises';
import { afterAll, describe, expect, test } from '@jest/globals';
import { expectCode } from './expect-code.ts';
import {
  closeStages,
  isEligible,
  mailsByUser,
  PLAIN,
  stage,
  writesSeen,
  type Ran,
  type Stage,
} from './rig.ts';

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

describe('what a flag names is compared with a run that was begun', () => {
  test('--max-users with the users that are left', async () => {
    const s = await stage({ users: 32, mix: PLAIN, latencyMs: 20 });
    await s.rockstar();
    const begun = ['run', '--file', 'users.csv', '--out', 'run', '--concurrency', '1', ...YES];
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

  test('--confirm and --org of another org, even if the run is finished', async () => {
    const s = await stage({ users: 12, mix: PLAIN });
    await s.rockstar();
    expectCode(await s.run(['run', '--file', 'users.csv', '--out', 'run', ...YES]), 0);
    for (const flags of [
      ['--confirm', '10@other.okta.com'],
      ['--confirm', `11@${s.host}`],
    ]) {
      const ran = await s.run(['run', '--plan', 'run', ...flags]);
      expectCode(ran, 5);
      expect(ran.stderr).toMatch(/CONFIRM_MISMATCH/);
    }
    const other = await s.run(['resume', 'run'], {
      env: { OKTA_CLIENT_ORGURL: 'https://other.okta.com' },
    });
    expectCode(other, 5);
    expect(other.stderr).toMatch(/PLAN_OTHER_ORG/);
    for (const flags of [['--confirm', `10@${s.host}`], ['--max-users', '1'], []])
      expectCode(await s.run(['run', '--plan', 'run', ...flags]), 0);
    once(s, 10);
  });
});

/** The events of a canary and the rows that ended before each, in their order. */
function canaryOf(ran: Ran): readonly string[] {
  let rows = 0;
  return ran.stdout.split('\n').flatMap((line) => {
    if (line.includes('"type":"row"')) rows += 1;
    const phase = /"type":"canary","phase":"(\w+)"/.exec(line)?.[1];
    return phase === undefined ? [] : [`${phase} after ${rows}`];
  });
}

describe('a canary continues until it was verified', () => {
  test('after a stop in the middle of it', async () => {
    const s = await stage({ users: 32, mix: PLAIN, latencyMs: 20 });
    await s.rockstar();
    const begun = ['run', '--file', 'users.csv', '--out', 'run', '--canary', '10', ...YES];
    const first = await stopAfter(s, 2, [...begun, '--concurrency', '1']);
    expectCode(first, 130);
    expect(canaryOf(first)).toEqual(['started after 0']);
    const done = mailsByUser(s.org).size;
    expect([done > 0, done < 10]).toEqual([true, true]);
    const second = await s.run(['resume', 'run', '--json']);
    expectCode(second, 0);
    expect(canaryOf(second)).toEqual(['started after 0', `verified after ${10 - done}`]);
    once(s, 30);
  });

  test('after one that failed, and a flag has precedence', async () => {
    const s = await stage({ users: 32, mix: PLAIN });
    const ids = [...s.org.users()].filter(isEligible).map(({ id }) => ({ id }));
    const nobody = (letter: string) => ({ id: `00u${letter.repeat(17)}` });
    const csv = await s.ids([nobody('x'), ...ids.slice(0, 3), nobody('y'), ...ids.slice(3)]);
    const guards = ['--max-failures', '100%', ...YES];
    const begun = ['run', '--file', csv, '--no-lookup', '--out', 'run', '--canary', '4', ...guards];
    const first = await s.run([...begun, '--json']);
    expectCode(first, 5);
    expect([canaryOf(first).at(-1), mailsByUser(s.org).size]).toEqual(['failed after 4', 3]);
    const second = await s.run(['resume', 'run', '--json']);
    expectCode(second, 5);
    expect([canaryOf(second).at(-1), mailsByUser(s.org).size]).toEqual(['failed after 4', 6]);
    const third = await s.run(['resume', 'run', '--canary', '2', '--json']);
    expectCode(third, 4);
    expect(canaryOf(third)).toEqual(['started after 0', 'verified after 2']);
    once(s, ids.length);
  });
});

describe('failures are judged over all invocations', () => {
  const stranger = (number: number) => ({ id: `00u${String(number).padStart(17, 'x')}` });
  const strangers = (count: number) => Array.from({ length: count }, (_, at) => stranger(at));
  const begin = ['--no-lookup', '--out', 'run', '--concurrency', '1', ...YES];

  test('a limit that was exceeded stops a resume before it sends anything, until more is allowed', async () => {
    const s = await stage({ users: 62, mix: PLAIN });
    const ids = [...s.org.users()].filter(isEligible);
    const csv = await s.ids([...ids.slice(0, 16), ...strangers(4), ...ids.slice(16)]);
    expectCode(await s.run(['run', '--file', csv, ...begin]), 5);
    const before = writesSeen(s.org);
    const again = await s.run(['resume', 'run']);
    expectCode(again, 5);
    expect(again.stdout).toMatch(/Too many rows failed: 4 of [23]\d\./);
    expect(writesSeen(s.org)).toBe(before);
    expectCode(await s.run(['resume', 'run', '--max-failures', '20%']), 4);
    once(s, ids.length);
  });

  test('a number of failures is not counted from zero again', async () => {
    const s = await stage({ users: 92, mix: PLAIN, latencyMs: 10 });
    const ids = [...s.org.users()].filter(isEligible);
    const csv = await s.ids([
      ...[stranger(1), ...ids.slice(0, 9), stranger(2), ...ids.slice(9, 30), stranger(3)],
      ...ids.slice(30),
    ]);
    const two = ['--max-failures', '2'];
    expectCode(await stopAfter(s, 5, ['run', '--file', csv, ...begin, ...two]), 130);
    expectCode(await s.run(['resume', 'run', ...two]), 5);
    const reset = mailsByUser(s.org).size;
    expect(reset).toBeGreaterThanOrEqual(30);
    expect(reset).toBeLessThan(90);
    expectCode(await s.run(['resume', 'run', '--max-failures', '3']), 4);
    once(s, 90);
  });

  test('an org that has none of the users is asked for no more, until all can fail', async () => {
    const s = await stage({ users: 20, mix: PLAIN });
    const csv = await s.ids(strangers(40));
    expectCode(await s.run(['run', '--file', csv, ...begin]), 5);
    const calls = () => s.org.stats().requests['users'];
    const before = calls();
    expect(before).toBeGreaterThan(19);
    const again = await s.run(['resume', 'run']);
    expectCode(again, 5);
    expect(again.stdout).toMatch(/None of the first 2\d users exists/);
    expect(calls()).toBe(before);
    expectCode(await s.run(['resume', 'run', '--max-failures', '100%']), 4);
  });
});

test('a run that was interrupted with nothing left to do is finished, now and at the next resume', async () => {
  const s = await stage({ users: 3, mix: PLAIN, latencyMs: 900 });
  await s.rockstar();
  // The one answer is still out then.
  const brief = ['--max-duration', '500ms', '--no-lookup', '--out', 'run'];
  const ran = await s.run(['run', '--file', 'users.csv', ...brief, ...YES]);
  expectCode(ran, 0);
  expect(ran.stdout).toMatch(/The run is finished/);
  expect(await readFile(s.path('run', 'journal.jsonl'), 'utf8')).toMatch(/"kind":"max-duration"/);
  for (const argv of [
    ['resume', 'run'],
    ['report', 'run'],
  ]) {
    const again = await s.run(argv);
    expectCode(again, 0);
    expect(again.stdout).not.toMatch(/Stopped|allowed time/);
  }
  once(s, 1);
});

test('a run that had nobody left to ask about after its canary is finished, without a flag and without a terminal', async () => {
  const s = await stage({ users: 5, mix: PLAIN });
  await s.rockstar();
  const planned = ['plan', '--file', 'users.csv', '--out', 'run'];
  expectCode(await s.run(planned), 0);
  const targets = [...s.org.users()].filter(isEligible);
  for (const { id } of targets.slice(1)) s.org.suspend(id);
  const canary = ['run', '--plan', 'run', '--canary', '2'];
  const stdin = `2@${s.host}\n`;
  expectCode(await s.run(canary, { terminal: true, stdin }), 0);
  for (const argv of [
    ['run', '--plan', 'run'],
    ['resume', 'run'],
  ]) {
    const again = await s.run(argv);
    expectCode(again, 0);
    expect(again.stdout).toMatch(/The run is finished/);
  }
  once(s, 1);
});
