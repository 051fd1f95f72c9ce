import { describe, expect, test } from '@jest/globals';
import type { ActionSpec } from '../../src/domain/plan/action.ts';
import type { TargetJudge } from '../../src/engine/run/options.ts';
import { judgeLive } from '../../src/plan/verdicts/live-judge.ts';
import type { JudgeTerms } from '../../src/plan/verdicts/judge.ts';
import { idOf, ModelOrg } from './model-org.ts';
import { Disk, planOf, RESET, Invocation, targetOf } from './invocation.ts';
import type { InvocationOptions } from './invocation.ts';
import { VirtualClock } from './virtual-clock.ts';

const TEMP: ActionSpec = { ...RESET, action: 'temp-password', sendEmail: false };

const POLICY = {
  includeStatus: [],
  includeProvider: [],
  includeAdmins: false,
  resend: false,
  sinceMs: undefined,
  lookup: true,
};

function judgeFor(spec: ActionSpec, admins: readonly number[] = [], lookup = true): TargetJudge {
  const terms: JudgeTerms = {
    action: spec.action,
    policy: POLICY,
    protectedUsers: {
      principal: { kind: 'unknown' },
      admins: { kind: 'known', ids: new Set(admins.map(idOf)) },
      excluded: { kind: 'known', ids: new Set() },
    },
  };
  return {
    lookup,
    skipReason: (target, user, ownUntilMs) => judgeLive(target, user, ownUntilMs, terms),
  };
}

function orgOf(users: number): ModelOrg {
  return new ModelOrg(new VirtualClock(), users);
}

function invocation(org: ModelOrg, disk: Disk, setup: InvocationOptions = {}): Invocation {
  const spec = setup.options?.spec ?? RESET;
  return new Invocation(org, disk, { judge: judgeFor(spec), ...setup });
}

describe('each call leaves after a recent read of its user', () => {
  test('usually one read per call, answered before the call and no older than a minute', async () => {
    const org = orgOf(40);
    const readAt = new Map<string, number>();
    const ages: number[] = [];
    org.onRead = (id) => readAt.set(id, org.clock.monotonicMs());
    org.onArrival = ({ userId }) =>
      ages.push(org.clock.monotonicMs() - (readAt.get(userId) ?? -Infinity));
    const end = await invocation(org, new Disk()).run();
    expect(end?.counts.succeeded).toBe(40);
    expect([org.writes, org.reads]).toEqual([40, 40]);
    expect(Math.max(...ages)).toBeLessThan(60_000);
  });

  test('a call whose turn comes later than that is preceded by another read', async () => {
    const org = orgOf(6);
    const disk = new Disk();
    const ages: number[] = [];
    const readAt = new Map<string, number>();
    org.onRead = (id) => readAt.set(id, org.clock.monotonicMs());
    org.onArrival = ({ userId }) =>
      ages.push(org.clock.monotonicMs() - (readAt.get(userId) ?? -Infinity));
    // The gate opens after an hour, once.
    let waited = false;
    org.gate = async () => {
      if (waited) return;
      await org.clock.sleep(3_600_000);
      waited = true;
    };
    await invocation(org, disk).run();
    expect(disk.fold(6).counts.succeeded).toBe(6);
    expect(ages).toHaveLength(6);
    expect(Math.max(...ages)).toBeLessThan(60_000);
    expect(org.reads).toBeGreaterThan(6);
  });

  test('an attempt that waits long for its connection is recorded again before it leaves', async () => {
    const org = orgOf(3);
    const disk = new Disk();
    let slow = true;
    org.afterRecord = async () => {
      if (!slow) return;
      slow = false;
      await org.clock.sleep(30_000);
    };
    const sentAt: number[] = [];
    org.onArrival = () => sentAt.push(org.nowMs());
    await invocation(org, disk, { options: { concurrency: 1 } }).run();
    expect(disk.fold(3)).toMatchObject({ blindResends: 0, counts: { succeeded: 3 } });
    expect(org.writes).toBe(3);
    const attempts = disk.records.flatMap((record) => (record.kind === 'attempt' ? [record] : []));
    expect(attempts.map(({ row, attempt }) => [row, attempt])).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
      [3, 1],
    ]);
    expect(sentAt[0]! - attempts[1]!.serverTimeMs).toBeLessThan(3000);
    expect(disk.records).toContainEqual(
      expect.objectContaining({ kind: 'effect', row: 1, attempt: 1, effect: 'not-applied' }),
    );
  });

  test('without lookup nobody is read, but protected users are still skipped', async () => {
    const org = orgOf(3);
    const disk = new Disk();
    await invocation(org, disk, { judge: judgeFor(RESET, [2], false) }).run();
    expect([org.reads, org.writes]).toEqual([0, 2]);
    expect(disk.outcomes().find(({ row }) => row === 2)).toMatchObject({
      outcome: 'skipped',
      reason: 'protected:admin',
    });
  });
});

describe('a user who was acted on since the plan is skipped', () => {
  const CASES: readonly (readonly [string, ActionSpec, (org: ModelOrg) => void, string])[] = [
    [
      'reset by another run',
      RESET,
      (org) => void org.apply(org.user(1), { step: 'reset-password', sendEmail: true }),
      'changed-since',
    ],
    [
      'a temporary password of another run',
      TEMP,
      (org) => void org.apply(org.user(1), { step: 'temp-password', sendEmail: false }),
      'changed-since',
    ],
    [
      'expired by another run',
      TEMP,
      (org) => void org.apply(org.user(1), { step: 'expire-password', sendEmail: false }),
      'changed-since',
    ],
    [
      'a new password of the user’s own',
      RESET,
      (org) => void (org.user(1).passwordChangedMs += 5000),
      'changed-since',
    ],
    ['suspended', RESET, (org) => void (org.user(1).status = 'SUSPENDED'), 'status:SUSPENDED'],
    [
      'moved to a directory',
      RESET,
      (org) => void (org.user(1).providerType = 'ACTIVE_DIRECTORY'),
      'provider:ACTIVE_DIRECTORY',
    ],
  ];

  test.each(CASES)('%s', async (_, spec, change, reason) => {
    const org = orgOf(2);
    const disk = new Disk();
    const targets = planOf(org);
    change(org);
    const end = await invocation(org, disk, { targets, options: { spec } }).run();
    expect(end?.counts).toMatchObject({ skipped: 1, succeeded: 1, failed: 0 });
    expect(org.writes).toBe(1);
    expect(disk.outcomes().find(({ row }) => row === 1)).toMatchObject({
      outcome: 'skipped',
      reason,
      attempts: 0,
    });
  });

  test('a user merely locked out is acted on', async () => {
    const org = orgOf(1);
    const targets = planOf(org);
    Object.assign(org.user(1), { status: 'LOCKED_OUT', statusChangedMs: org.nowMs() });
    const end = await invocation(org, new Disk(), { targets }).run();
    expect(end?.counts.succeeded).toBe(1);
  });

  test('a user in the same RECOVERY as planned is emailed again', async () => {
    const org = orgOf(1);
    org.user(1).status = 'RECOVERY';
    const judge = judgeFor(TEMP);
    const end = await invocation(org, new Disk(), { judge }).run();
    expect(end?.counts.succeeded).toBe(1);
  });

  test('even before a resend that comes later than a minute', async () => {
    const org = orgOf(1);
    const disk = new Disk();
    org.faultOfWrite = () => {
      org.user(1).status = 'SUSPENDED';
      return { kind: 'answer', status: 503, code: 'E0000010', effect: 'none' };
    };
    await invocation(org, disk).run();
    expect(disk.outcomes()).toMatchObject([{ outcome: 'skipped', reason: 'status:SUSPENDED' }]);
    expect(disk.outcomes()[0]?.attempts).toBe(org.writes);
  });

  test('what the run did itself is not such a change: secrets that were lost are issued again', async () => {
    const org = orgOf(3);
    const disk = new Disk();
    org.splitOnly = true;
    org.faultOfWrite = (number) => (number === 2 ? { kind: 'cut-body' } : undefined);
    const end = await invocation(org, disk, { options: { spec: TEMP, concurrency: 1 } }).run();
    expect(end?.counts.succeeded).toBe(3);
  });

  test.each<readonly [string, ActionSpec]>([
    ['a temporary password', TEMP],
    ['factors before it', { ...TEMP, resetFactors: true }],
    ['an org with the other endpoint only', TEMP],
  ])(
    'two copies of a run that was killed, %s: the second leaves alone whom the first acted on',
    async (name, spec) => {
      for (const when of ['before', 'after'] as const) {
        for (const append of [1, 2, 3, 4, 5, 6]) {
          const org = orgOf(2);
          org.splitOnly = name.startsWith('an org');
          const targets = planOf(org);
          const setup = { targets, judge: judgeFor(spec), options: { spec, concurrency: 1 } };
          const first = new Disk();
          await new Invocation(org, first, { ...setup, killAt: { append, when } }).run();
          const second = new Disk();
          second.records.push(...first.records);
          second.secrets.push(...first.secrets);
          // What happens within five seconds can be the killed run's own doing.
          await org.clock.sleep(6000);
          await new Invocation(org, first, setup).run();
          await org.clock.sleep(60_000);
          const passwords = [org.user(1).password, org.user(2).password];
          await new Invocation(org, second, setup).run();
          expect([when, append, org.user(1).password, org.user(2).password]).toEqual([
            when,
            append,
            ...passwords,
          ]);
          expect(second.outcomes()).toHaveLength(2);
        }
      }
    },
  );

  test('skipped rows prove nothing: the canary takes others instead', async () => {
    const org = orgOf(30);
    const disk = new Disk();
    const targets = planOf(org);
    for (let user = 1; user <= 6; user += 1) org.user(user).status = 'SUSPENDED';
    const run = invocation(org, disk, { targets, options: { waves: [4] } });
    const end = await run.run();
    expect(end).toMatchObject({ stop: undefined, counts: { skipped: 6, succeeded: 24 } });
    expect(disk.fold(30).waves.verified).toBe(1);
    const canary = run.events.find((event) => event.type === 'canary' && event.phase !== 'started');
    expect(canary).toMatchObject({ phase: 'verified' });
  });

  test('a plan whose users were all acted on since ends without a stop, canary or not', async () => {
    const org = orgOf(5);
    const targets = planOf(org);
    for (const user of org.users.values())
      org.apply(user, { step: 'reset-password', sendEmail: true });
    const end = await invocation(org, new Disk(), { targets, options: { waves: [2] } }).run();
    expect(end).toMatchObject({ stop: undefined, counts: { skipped: 5, succeeded: 0 } });
    expect(org.writes).toBe(0);
  });
});

describe('a user that cannot be read right before the call', () => {
  test('and is gone fails as not found', async () => {
    const org = orgOf(2);
    const targets = [targetOf(1), targetOf(2)];
    org.users.delete(idOf(2));
    const disk = new Disk();
    await invocation(org, disk, { targets }).run();
    expect(org.writes).toBe(1);
    expect(disk.outcomes().find(({ row }) => row === 2)).toMatchObject({
      outcome: 'failed',
      reason: 'not-found',
      status: 404,
      attempts: 0,
    });
  });

  test('is read again, like any read', async () => {
    const org = orgOf(6);
    org.faultOfRead = (number) => (number % 2 === 1 ? { kind: 'refused' } : undefined);
    const end = await invocation(org, new Disk(), { options: { concurrency: 1 } }).run();
    expect(end?.counts.succeeded).toBe(6);
  });

  test('is not acted on if reads never answer; others are', async () => {
    const org = orgOf(3);
    const disk = new Disk();
    org.faultOfReadOf = (id) =>
      id === idOf(2) ? { kind: 'answer', status: 500, code: 'E0000009' } : undefined;
    const end = await invocation(org, disk).run();
    expect(end?.counts).toMatchObject({ succeeded: 2, failed: 1 });
    expect(disk.outcomes().find(({ row }) => row === 2)).toMatchObject({
      outcome: 'failed',
      reason: 'not-read',
    });
    expect(org.user(2).effects).toEqual([]);
  });

  test.each([
    [401, 'E0000011', 'credentials'],
    [403, 'E0000006', 'permission'],
  ] as const)('stops the run if nobody can be read: %d', async (status, code, kind) => {
    const org = orgOf(20);
    const disk = new Disk();
    org.faultOfReadOf = () => ({ kind: 'answer', status, code });
    const end = await invocation(org, disk).run();
    expect(end?.stop).toMatchObject({ kind });
    expect(org.writes).toBe(0);
    expect(disk.outcomes()).toEqual([]);
    org.faultOfReadOf = () => undefined;
    await invocation(org, disk).run();
    expect(disk.fold(20).counts.succeeded).toBe(20);
  });
});
