import { describe, expect, test } from '@jest/globals';
import type { ActionSpec } from '../../src/domain/plan/action.ts';
import { idOf, ModelOrg } from './model-org.ts';
import type { Fault } from './model-org.ts';
import { Disk, RESET, Invocation, targetOf } from './invocation.ts';
import { VirtualClock } from './virtual-clock.ts';

const TEMP: ActionSpec = { ...RESET, action: 'temp-password', sendEmail: false };

function orgOf(users: number): ModelOrg {
  return new ModelOrg(new VirtualClock(), users);
}

/** Every third write of a run meets the fault, sends again included. */
function everyThird(org: ModelOrg, fault: Fault): void {
  org.faultOfWrite = (number) => (number % 3 === 0 ? fault : undefined);
}

const SETTLED: readonly (readonly [string, Fault])[] = [
  ['a refused connection', { kind: 'refused' }],
  ['an answer lost before the effect', { kind: 'lost', applied: false }],
  ['an answer lost after the effect', { kind: 'lost', applied: true }],
  ['an effect that comes two seconds after its answer was lost', { kind: 'late', afterMs: 2000 }],
  ['a body cut off', { kind: 'cut-body' }],
  ['a window 429', { kind: 'throttled', by: 'window' }],
  ['a concurrency 429', { kind: 'throttled', by: 'concurrency' }],
  ['a recipient 429', { kind: 'throttled', by: 'recipient' }],
  ['500 before the effect', { kind: 'answer', status: 500, code: 'E0000009' }],
  ['500 after the effect', { kind: 'answer', status: 500, code: 'E0000009', applied: true }],
  ['an HTML 502 before the effect', { kind: 'answer', status: 502 }],
  ['an HTML 502 after the effect', { kind: 'answer', status: 502, applied: true }],
  ['read-only mode', { kind: 'answer', status: 503, code: 'E0000010', effect: 'none' }],
  ['a user in transition', { kind: 'answer', status: 409, code: 'E0000112' }],
  ['an agent that times out', { kind: 'answer', status: 502, code: 'E0000240' }],
];

describe('each fault costs time, never a second reset and never a row', () => {
  test.each(SETTLED)('%s', async (_name, fault) => {
    const org = orgOf(24);
    const disk = new Disk();
    everyThird(org, fault);
    const end = await new Invocation(org, disk).run();
    expect(end?.stop).toBeUndefined();
    expect(end?.counts).toMatchObject({ succeeded: 24, failed: 0, unknown: 0 });
    for (let user = 1; user <= 24; user += 1) expect(org.effectsOf(user, 'reset-password')).toBe(1);
    const fold = disk.fold(24);
    expect(fold.blindResends).toBe(0);
    expect(fold.endedCount).toBe(24);
  });

  test.each(SETTLED)(
    '%s, with temporary passwords: the last one stored is the valid one',
    async (_name, fault) => {
      const org = orgOf(24);
      const disk = new Disk();
      everyThird(org, fault);
      const end = await new Invocation(org, disk, { options: { spec: TEMP } }).run();
      expect(end?.counts).toMatchObject({ succeeded: 24 });
      for (let user = 1; user <= 24; user += 1) {
        const kept = disk.secrets.filter(({ userId }) => userId === idOf(user)).at(-1);
        expect(kept?.secret.reveal()).toBe(org.user(user).password);
      }
      expect(disk.fold(24).blindResends).toBe(0);
      expect(JSON.stringify(disk.records)).not.toContain('temp-1');
    },
  );
});

describe('secrets', () => {
  test('are on disk before the outcome that mentions them', async () => {
    const org = orgOf(6);
    const disk = new Disk();
    const early: number[] = [];
    await new Invocation(org, disk, {
      options: { spec: TEMP },
      onEvent: (event) => {
        if (event.type === 'row' && !disk.secrets.some(({ row }) => row === event.row))
          early.push(event.row);
      },
    }).run();
    expect(disk.secrets).toHaveLength(6);
    expect(early).toEqual([]);
  });

  test('lost with the answer are issued again, and the row says so', async () => {
    const org = orgOf(3);
    const disk = new Disk();
    org.faultOfWrite = (number) => (number === 1 ? { kind: 'cut-body' } : undefined);
    const end = await new Invocation(org, disk, { options: { spec: TEMP } }).run();
    expect(end?.reissued).toBe(1);
    expect(disk.fold(3).reissued).toBe(1);
    expect(disk.outcomes().filter(({ reason }) => reason === 'reissued')).toHaveLength(1);
  });

  test('lost at every try end the row as failed, secret-lost', async () => {
    const org = orgOf(1);
    const disk = new Disk();
    org.faultOfWrite = () => ({ kind: 'cut-body' });
    const end = await new Invocation(org, disk, { options: { spec: TEMP, maxRetries: 2 } }).run();
    expect(org.writes).toBe(3);
    expect(end?.counts.failed).toBe(1);
    expect(disk.outcomes()[0]).toMatchObject({ outcome: 'failed', reason: 'secret-lost' });
  });

  test('never in the answer: three calls for a user, whatever --max-retries allows', async () => {
    const org = orgOf(6);
    org.splitOnly = true;
    org.faultOfWrite = (_, { step }) =>
      step === 'temp-password' ? undefined : { kind: 'unreadable' };
    const disk = new Disk();
    const end = await new Invocation(org, disk, { options: { spec: TEMP, maxRetries: 5 } }).run();
    // One more tells that the org knows the other endpoint only.
    expect(org.writes).toBe(6 * 3 + 1);
    expect(end?.counts.failed).toBe(6);
    expect(disk.outcomes().map(({ reason }) => reason)).toEqual(Array(6).fill('secret-lost'));
  });

  test('on an org that only expires, come from the other endpoint', async () => {
    const org = orgOf(5);
    org.splitOnly = true;
    const disk = new Disk();
    const end = await new Invocation(org, disk, { options: { spec: TEMP } }).run();
    expect(end?.counts.succeeded).toBe(5);
    expect(end?.reissued).toBe(0);
    for (let user = 1; user <= 5; user += 1) {
      expect(org.user(user).effects.map(({ step }) => step)).toEqual([
        // The first one tells how the org has it.
        ...(user === 1 ? ['temp-password'] : []),
        'temp-password-split',
      ]);
    }
    expect(disk.secrets).toHaveLength(5);
  });

  test.each(['before', 'after'] as const)(
    'issued again, and again by a resume after a kill %s any record, are not issued once more after that',
    async (when) => {
      for (let append = 1; append <= 8; append += 1) {
        const org = orgOf(1);
        const disk = new Disk();
        org.faultOfWrite = (number) => (number === 1 ? { kind: 'cut-body' } : undefined);
        const targets = [targetOf(1, org)];
        const options = { spec: TEMP, concurrency: 1 };
        const killed = new Invocation(org, disk, { options, targets, killAt: { append, when } });
        await killed.run();
        await org.clock.sleep(5000);
        const secrets = disk.secrets.length;
        await new Invocation(org, disk, { options, targets }).run();
        expect(disk.fold(1).counts.succeeded).toBe(1);
        const issued = disk.secrets.length;
        expect([secrets, secrets + 1]).toContain(issued);
        await new Invocation(org, disk, { options, targets }).run();
        expect(disk.secrets).toHaveLength(issued);
        const kept = disk.secrets.at(-1);
        expect(kept?.secret.reveal()).toBe(org.user(1).password);
      }
    },
  );

  test('need a place before anything is sent', async () => {
    const org = orgOf(1);
    const { runEngine } = await import('../../src/engine/run/run-engine.ts');
    await expect(
      runEngine(
        async function* () {
          yield targetOf(1);
        },
        { spec: TEMP } as never,
        { secrets: undefined } as never,
      ),
    ).rejects.toThrow('no place');
    expect(org.writes).toBe(0);
  });
});

describe('rows that end otherwise', () => {
  test('a user unknown to Okta fails with status, code and request id', async () => {
    const org = orgOf(3);
    const targets = [targetOf(1), targetOf(2), targetOf(3)];
    org.users.delete(idOf(2));
    const disk = new Disk();
    const end = await new Invocation(org, disk, { targets }).run();
    expect(end?.counts).toMatchObject({ succeeded: 2, failed: 1 });
    expect(disk.outcomes().find(({ row }) => row === 2)).toMatchObject({
      outcome: 'failed',
      reason: 'not-found',
      status: 404,
      oktaCode: 'E0000007',
      requestId: 'req',
      attempts: 1,
    });
  });

  test('a user suspended since the plan fails with the live status', async () => {
    const org = orgOf(2);
    const targets = [targetOf(1), targetOf(2)];
    org.user(2).status = 'SUSPENDED';
    const disk = new Disk();
    await new Invocation(org, disk, { targets }).run();
    expect(disk.outcomes().find(({ row }) => row === 2)).toMatchObject({
      outcome: 'failed',
      reason: 'status:SUSPENDED',
      oktaCode: 'E0000038',
    });
    expect(org.reads).toBe(1);
  });

  test('a user whom somebody else has just emailed is skipped', async () => {
    const org = orgOf(1);
    const disk = new Disk();
    const targets = [targetOf(1)];
    org.user(1).status = 'RECOVERY';
    org.user(1).statusChangedMs = org.nowMs() - 3000;
    org.faultOfWrite = () => ({ kind: 'throttled', by: 'recipient' });
    await new Invocation(org, disk, { targets }).run();
    expect(disk.outcomes()[0]).toMatchObject({ outcome: 'skipped', reason: 'already-in-recovery' });
  });

  test('an attempt proven not applied at every try fails with the transport’s code', async () => {
    const org = orgOf(1);
    const disk = new Disk();
    org.faultOfWrite = () => ({ kind: 'lost', applied: false });
    await new Invocation(org, disk, { options: { maxRetries: 1 } }).run();
    expect(org.writes).toBe(2);
    expect(disk.outcomes()[0]).toMatchObject({
      outcome: 'failed',
      reason: 'transport:UND_ERR_SOCKET',
      reconciled: true,
      attempts: 2,
    });
  });

  test('a user deleted while the answer was lost is unknown, not failed', async () => {
    const org = orgOf(1);
    const disk = new Disk();
    const targets = [targetOf(1)];
    org.faultOfWrite = () => ({ kind: 'lost', applied: true });
    org.onEffect = (user) => org.users.delete(user.id);
    await new Invocation(org, disk, { targets }).run();
    expect(disk.outcomes()[0]).toMatchObject({ outcome: 'unknown', reason: 'gone' });
  });
});

describe('a user already in RECOVERY, whose answer was lost', () => {
  async function resend(applied: boolean, prepare: (org: ModelOrg) => void = () => undefined) {
    const org = orgOf(8);
    const disk = new Disk();
    for (const user of org.users.values()) user.status = 'RECOVERY';
    prepare(org);
    org.faultOfWrite = () => ({ kind: 'lost', applied });
    const end = await new Invocation(org, disk).run();
    return { org, disk, end };
  }

  test('is settled by one scan of the System Log, for all such rows at once', async () => {
    const { org, disk, end } = await resend(true);
    expect(end?.counts).toMatchObject({ succeeded: 8, unknown: 0 });
    expect(org.writes).toBe(8);
    expect(org.logPages).toBe(Math.ceil(8 / 3));
    expect(disk.outcomes().every(({ reconciled }) => reconciled === true)).toBe(true);
  });

  test('is unknown, with how to settle it, if the log shows nothing, and is not sent again', async () => {
    const { org, disk, end } = await resend(false);
    expect(end?.counts).toMatchObject({ succeeded: 0, unknown: 8, failed: 0 });
    expect(org.writes).toBe(8);
    expect(disk.outcomes()[0]?.reason).toBe('undecided');
    expect(disk.outcomes()[0]?.message).toContain('rerun with --only unknown');
  });

  test.each([2, 4, 10])(
    'is settled although rows that ask the log fill all the room there is, with %d at once',
    async (concurrency) => {
      const org = orgOf(280);
      const disk = new Disk();
      for (const user of org.users.values()) user.status = 'RECOVERY';
      org.faultOfWrite = () => ({ kind: 'lost', applied: true });
      const options = {
        concurrency,
        ready: 2 * concurrency,
        maxFailures: { kind: 'percent', percent: 100 },
      } as const;
      const end = await new Invocation(org, disk, { options }).run();
      expect(end?.counts).toMatchObject({ succeeded: 280, unknown: 0 });
      expect(org.writes).toBe(280);
    },
  );

  test('is unknown if the log cannot be read', async () => {
    const { disk } = await resend(true, (org) => (org.logReadable = false));
    expect(disk.outcomes().map(({ outcome, reason }) => `${outcome} ${reason}`)).toEqual(
      Array(8).fill('unknown unreadable'),
    );
  });
});

describe('steps', () => {
  const BOTH: ActionSpec = { ...RESET, revokeTokens: true };

  test('are sent in order, each once', async () => {
    const org = orgOf(10);
    const disk = new Disk();
    await new Invocation(org, disk, { options: { spec: BOTH } }).run();
    for (const user of org.users.values())
      expect(user.effects.map(({ step }) => step)).toEqual(['revoke-tokens', 'reset-password']);
    expect(disk.outcomes().every(({ attempts }) => attempts === 2)).toBe(true);
  });

  test('that revoke are sent again without a read if their answer is lost', async () => {
    const org = orgOf(4);
    const disk = new Disk();
    org.faultOfWrite = (_number, { step }) =>
      step === 'revoke-tokens' && org.writes <= 4 ? { kind: 'lost', applied: true } : undefined;
    const end = await new Invocation(org, disk, { options: { spec: BOTH } }).run();
    expect(end?.counts.succeeded).toBe(4);
    expect(org.reads).toBe(0);
    for (let user = 1; user <= 4; user += 1) expect(org.effectsOf(user, 'reset-password')).toBe(1);
  });
});
