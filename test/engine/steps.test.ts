import { expect, test } from '@jest/globals';
import type { ActionSpec } from '../../src/domain/plan/action.ts';
import { ModelOrg } from './model-org.ts';
import { Disk, RESET, Invocation } from './invocation.ts';
import { VirtualClock } from './virtual-clock.ts';

const ALL: ActionSpec = {
  ...RESET,
  order: 'password-first',
  revokeSessions: true,
  revokeTokens: true,
  resetFactors: true,
};

function orgOf(users: number): { readonly org: ModelOrg; readonly disk: Disk } {
  return { org: new ModelOrg(new VirtualClock(), users), disk: new Disk() };
}

const stepsOf = (org: ModelOrg, number: number) => org.user(number).effects.map(({ step }) => step);
const endsOf = (disk: Disk) =>
  disk.outcomes().map(({ row, outcome, reason }) => [row, outcome, reason]);

test.each([['read before the call', true] as const, ['refused by Okta', false] as const])(
  'a step that the status does not allow is left out with its reason: %s',
  async (_, lookup) => {
    const { org, disk } = orgOf(2);
    org.user(1).status = 'LOCKED_OUT';
    const judge = { lookup, skipReason: () => undefined };
    await new Invocation(org, disk, { options: { spec: ALL, concurrency: 1 }, judge }).run();
    expect(endsOf(disk)).toEqual([
      [1, 'succeeded', 'factors-kept'],
      [2, 'succeeded', undefined],
    ]);
    expect(stepsOf(org, 1)).toEqual(['reset-password', 'end-tokens']);
    expect(stepsOf(org, 2)).toEqual(['reset-factors', 'reset-password', 'end-tokens']);
    expect(disk.fold(2).attempts).toBe(lookup ? 5 : 6);
  },
);

test('an added call that fails leaves the row partly done, not to be reset again', async () => {
  const { org, disk } = orgOf(3);
  org.faultOfWrite = (_, { step, userId }) =>
    step === 'end-tokens' && userId === org.user(2).id
      ? { kind: 'answer', status: 403, code: 'E0000006' }
      : undefined;
  await new Invocation(org, disk, {
    options: { spec: ALL, concurrency: 1, maxFailures: { kind: 'count', count: 9 } },
  }).run();
  expect(endsOf(disk)).toEqual([
    [1, 'succeeded', undefined],
    [2, 'failed', 'partly-done'],
    [3, 'succeeded', undefined],
  ]);
  expect(stepsOf(org, 2)).toEqual(['reset-factors', 'reset-password']);
});

test('the canary is read back by the call that the action is for', async () => {
  const { org, disk } = orgOf(4);
  const invocation = new Invocation(org, disk, { options: { spec: ALL, waves: [2] } });
  await invocation.run();
  expect(disk.fold(4)).toMatchObject({ waves: { verified: 1 }, counts: { succeeded: 4 } });
});

test('factors that a user has enrolled since an attempt in doubt are not removed', async () => {
  const { org, disk } = orgOf(1);
  const [user] = org.users.values();
  org.faultOfWrite = (number) => (number === 1 ? { kind: 'lost', applied: true } : undefined);
  org.onEffect = () => user?.factors.push({ id: 'own', enrolledMs: org.nowMs() + 2000 });
  await new Invocation(org, disk, {
    options: { spec: { ...RESET, action: 'reset-factors' } },
  }).run();
  expect(endsOf(disk)).toEqual([[1, 'succeeded', undefined]]);
  expect(user?.effects).toHaveLength(1);
  expect(user?.factors.map(({ id }) => id)).toEqual(['own']);
});

/** Kills the process when the factors are gone and the password call has not left. */
async function killedBetween(org: ModelOrg, disk: Disk): Promise<void> {
  const killed = new Invocation(org, disk, { options: { spec: ALL } });
  org.gate = () => {
    if (org.effectsOf(1, 'reset-factors') > 0) killed.kill();
    return Promise.resolve();
  };
  await Promise.race([killed.run(), killed.dead]);
  org.gate = () => Promise.resolve();
}

test('a user whose factors the run has removed is reset, although the user looks acted on since the plan', async () => {
  const { org, disk } = orgOf(1);
  await killedBetween(org, disk);
  expect(stepsOf(org, 1)).toEqual(['reset-factors']);
  const skipReason = (_: unknown, __: unknown, ownUntilMs: number | undefined) =>
    ownUntilMs === undefined ? ('changed-since' as const) : undefined;
  await new Invocation(org, disk, {
    options: { spec: ALL },
    judge: { lookup: true, skipReason },
  }).run();
  expect(endsOf(disk)).toEqual([[1, 'succeeded', undefined]]);
  expect(stepsOf(org, 1)).toEqual(['reset-factors', 'reset-password', 'end-tokens']);
});

test('a stop leaves nobody without factors and with the old password, although the window opens late', async () => {
  const { org, disk } = orgOf(1);
  const invocation = new Invocation(org, disk, { options: { spec: ALL } });
  org.onEffect = (_, step) => {
    if (step !== 'reset-factors') return;
    invocation.drain.abort('SIGINT');
    org.gate = () => org.clock.sleep(55_000);
  };
  await invocation.run();
  expect(stepsOf(org, 1)).toEqual(['reset-factors', 'reset-password']);
});

/** How long a run continues after a stop. */
async function stoppedMs(org: ModelOrg, disk: Disk, stopAt: (step: string) => boolean) {
  const invocation = new Invocation(org, disk, { options: { spec: ALL } });
  let stopMs = 0;
  org.onArrival = ({ step }) => {
    if (stopMs > 0 || !stopAt(step)) return;
    stopMs = org.clock.monotonicMs();
    invocation.drain.abort('SIGINT');
  };
  const end = await invocation.run();
  expect(end?.stop).toEqual({ kind: 'signal', signal: 'SIGINT' });
  return org.clock.monotonicMs() - stopMs;
}

test('a stop waits for a password call that has to follow, and not without end', async () => {
  const { org, disk } = orgOf(1);
  org.gate = () => (stepsOf(org, 1).length > 0 ? org.clock.sleep(3_600_000) : Promise.resolve());
  const ms = await stoppedMs(org, disk, () => true);
  expect(ms).toBeGreaterThan(60_000);
  expect(ms).toBeLessThan(100_000);
  expect(stepsOf(org, 1)).toEqual(['reset-factors']);
});

test('a stop waits no longer than otherwise for a user whose password is reset', async () => {
  const { org, disk } = orgOf(1);
  org.faultOfWrite = (_, { step }) =>
    step === 'end-tokens' ? { kind: 'slow', ms: 3_600_000 } : undefined;
  expect(await stoppedMs(org, disk, (step) => step === 'end-tokens')).toBeLessThan(30_000);
  expect(stepsOf(org, 1)).toEqual(['reset-factors', 'reset-password']);
});

test('the call that follows removed factors is marked so that nothing of ours delays it', async () => {
  const { org, disk } = orgOf(1);
  const marked: [string, boolean | undefined][] = [];
  org.onArrival = ({ step, isBound }) => marked.push([step, isBound]);
  await new Invocation(org, disk, { options: { spec: ALL } }).run();
  expect(marked).toEqual([
    ['reset-factors', undefined],
    ['reset-password', true],
    ['end-tokens', undefined],
  ]);
});

test('a row that fails between factors and password says what that means', async () => {
  const { org, disk } = orgOf(2);
  org.faultOfWrite = (_, { step, userId }) =>
    step === 'reset-password' && userId === org.user(1).id
      ? { kind: 'answer', status: 400, code: 'E0000001' }
      : undefined;
  await new Invocation(org, disk, { options: { spec: ALL, concurrency: 1 } }).run();
  expect(disk.outcomes()[0]).toMatchObject({
    outcome: 'failed',
    reason: 'refused',
    message:
      'said the org The factors of this user are already removed. If the old password still works, reset it at once.',
  });
  expect(disk.outcomes()[1]?.message).toBeUndefined();
});

test('a row whose password was reset says how to do what is not proved, which no rerun of the reset does', async () => {
  const { org, disk } = orgOf(1);
  org.faultOfWrite = (_, { step }) =>
    step === 'end-tokens' ? { kind: 'lost', applied: false } : undefined;
  await new Invocation(org, disk, { options: { spec: ALL, maxRetries: 1 } }).run();
  const [outcome] = disk.outcomes();
  expect([outcome?.outcome, outcome?.reason]).toEqual(['unknown', 'partly-done']);
  expect(outcome?.message).toContain('rerun with --only unknown --action revoke-tokens');
});
