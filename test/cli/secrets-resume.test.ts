import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eligible, startCliRig, userFlags, type CliRig, type Ended } from './rig.ts';

const YES = ['--yes', '--max-users', '60'];
const TEMP = ['--action', 'temp-password'];
let rig: CliRig;
let recipient: string;
let ids: readonly string[];

beforeAll(async () => {
  rig = await startCliRig({ users: 200, latencyMs: 5 });
  recipient = (await rig.type(['secrets', 'keygen', '--out', 'key.txt'])).out.trim();
  ids = eligible(rig.org, 60);
});

afterAll(() => rig.close());

/** Runs a command and presses Ctrl-C when some rows have ended. */
function stopped(argv: readonly string[]): Promise<Ended> {
  let rows = 0;
  return rig.type([...argv, '--json', '--concurrency', '1'], {
    onOut: (text) => {
      rows += text.split('"type":"row"').length - 1;
      if (rows >= 2) rig.press('SIGINT');
    },
  });
}

async function opens(run: string, users: readonly string[]): Promise<void> {
  const { code, out } = await rig.type(['secrets', 'open', run, '--identity', 'key.txt']);
  const lines = out.trim().split('\n').slice(1);
  expect([code, lines.length]).toEqual([0, users.length]);
  for (const line of lines) {
    const [id = '', , secret] = line.split(',');
    expect(secret).toBe(rig.org.currentTempPassword(id));
  }
}

describe('a run that seals its secrets continues without further flags', () => {
  test('if the recipient was named when it was begun', async () => {
    const users = ids.slice(0, 12);
    const seal = ['--secrets-recipient', recipient];
    const begun = await stopped([
      'run',
      ...TEMP,
      ...userFlags(users),
      ...seal,
      '--out',
      'a',
      ...YES,
    ]);
    expect(begun.code).toBe(130);
    const resumed = await rig.type(['resume', 'a']);
    expect([resumed.code, resumed.err]).toEqual([0, expect.stringContaining(recipient)]);
    await opens('a', users);
  });

  test('if the recipient was named when a saved plan was executed, and after each resume', async () => {
    const users = ids.slice(12, 24);
    await rig.type(['plan', ...TEMP, ...userFlags(users), '--out', 'b']);
    const seal = ['--secrets-recipient', recipient];
    expect((await stopped(['run', '--plan', 'b', ...seal, ...YES])).code).toBe(130);
    expect((await stopped(['resume', 'b'])).code).toBe(130);
    expect((await rig.type(['resume', 'b'])).code).toBe(0);
    await opens('b', users);
  });

  test('and a plan that names it is executed without naming it again', async () => {
    const users = ids.slice(24, 28);
    const seal = ['--secrets-recipient', recipient];
    const planned = await rig.type(['plan', ...TEMP, ...userFlags(users), ...seal, '--out', 'c']);
    expect(planned.out).toContain(`sealed to ${recipient}`);
    expect((await rig.type(['run', '--plan', 'c', ...YES])).code).toBe(0);
    await opens('c', users);
  });

  test('but not unencrypted', async () => {
    const users = ids.slice(28, 32);
    const seal = ['--secrets-recipient', recipient];
    await rig.type(['plan', ...TEMP, ...userFlags(users), ...seal, '--out', 'd']);
    const clear = await rig.type(['run', '--plan', 'd', '--secrets-plaintext', ...YES]);
    expect([clear.code, clear.err]).toEqual([2, expect.stringContaining(recipient)]);
  });
});

describe('a rerun seals to the recipients of the run it came from', () => {
  test.each([
    ['the run', 'e', 'e'],
    ['its results.csv', 'f', 'f/results.csv'],
  ])('named by %s', async (_, out, named) => {
    const users = out === 'e' ? ids.slice(32, 38) : ids.slice(38, 44);
    const failed = users.slice(0, 3);
    const seal = ['--secrets-recipient', recipient];
    await rig.type(['plan', ...TEMP, ...userFlags(users), '--out', out]);
    for (const id of failed) rig.org.putOutOfReach(id);
    await rig.type(['run', '--plan', out, ...seal, ...YES]);
    for (const id of failed) rig.org.putInReach(id);
    const again = ['rerun', named, '--only', 'failed,skipped', '--out', `${out}2`, ...YES];
    expect((await rig.type(again)).code).toBe(0);
    await opens(`${out}2`, failed);
  });
});
