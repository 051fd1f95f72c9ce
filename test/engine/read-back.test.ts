import { describe, expect, test } from '@jest/globals';
import type { AppEvent } from '../../src/domain/run/event.ts';
import type { User } from '../../src/domain/org/user.ts';
import type { Step } from '../../src/domain/plan/step.ts';
import { lastEffectMs } from '../../src/engine/doubt/patience.ts';
import { readBack, type CanaryRow, type SeenUser } from '../../src/engine/run/canary.ts';
import { idOf } from './model-org.ts';
import { OPTIONS } from './invocation.ts';
import { VirtualClock } from './virtual-clock.ts';

const LONG_AGO_MS = 1_600_000_000_000;
const { patience } = OPTIONS;

type Look = readonly [status: string, statusChangedMs: number, passwordChangedMs: number];

/** Reads the canary back from an org whose user looks as `lookAt` says, this many milliseconds after the call. */
async function back(
  step: Step,
  before: string,
  lookAt: (afterMs: number) => Look | undefined,
  more: Partial<CanaryRow> = {},
) {
  const clock = new VirtualClock();
  const sentMs = clock.nowMs();
  const events: AppEvent[] = [];
  const seen: SeenUser[] = [];
  const reads: number[] = [];
  const org = {
    serverNowMs: () => clock.nowMs(),
    user: async () => {
      reads.push(clock.nowMs() - sentMs);
      const look = lookAt(clock.nowMs() - sentMs);
      if (look === undefined) return { kind: 'failed' };
      const [status, statusChangedMs, passwordChangedMs] = look;
      const user = { id: idOf(1), login: 'one@acme.example', status } as User;
      return { kind: 'ok', value: { ...user, statusChangedMs, passwordChangedMs }, call: {} };
    },
  };
  const state = { status: before, statusChangedMs: LONG_AGO_MS, passwordChangedMs: LONG_AGO_MS };
  const row: CanaryRow = {
    row: 1,
    userId: idOf(1),
    outcome: 'succeeded',
    reason: undefined,
    mark: { step, attempt: 1, serverTimeMs: sentMs, before: state },
    ...more,
  };
  const wrong = await readBack([row], org as never, {
    clock,
    patience,
    emit: (event) => events.push(event),
    concurrency: 2,
    signal: new AbortController().signal,
    onSeen: (user) => seen.push(user),
  });
  return { wrong, seen, reads, events, sentMs };
}

describe('a canary user that is read back', () => {
  test('is shown in its current state, as soon as it shows the effect', async () => {
    const at = (afterMs: number): Look =>
      afterMs < 5000
        ? ['ACTIVE', LONG_AGO_MS, LONG_AGO_MS]
        : ['RECOVERY', 1_700_000_000_000 + 5000, LONG_AGO_MS];
    const { wrong, seen, reads, events, sentMs } = await back('reset-password', 'ACTIVE', at);
    expect(wrong).toBeUndefined();
    expect(seen).toEqual([{ row: 1, login: 'one@acme.example', status: 'RECOVERY' }]);
    expect(reads).toEqual([0, 2000, 4000, 8000]);
    const waits = events.map((event) => (event.type === 'settling' ? event.rows : -1));
    expect(waits).toEqual([1, 0, 1, 0, 1, 0]);
    const ends = events.map((event) => (event.type === 'settling' ? event.untilMs : -1));
    expect(ends.map((ms) => ms > sentMs)).toEqual([true, false, true, false, true, false]);
    expect(ends.filter((ms) => ms <= sentMs)).toEqual([0, 0, 0]);
  });

  test('that shows nothing is read until it can show nothing more, and once after that', async () => {
    const { wrong, seen, reads } = await back('reset-password', 'ACTIVE', () => [
      'ACTIVE',
      LONG_AGO_MS,
      LONG_AGO_MS,
    ]);
    expect(wrong).toBe(`row 1 was accepted, but user ${idOf(1)} shows status ACTIVE`);
    expect(seen).toEqual([]);
    const [quietMs = 0, lastMs = 0] = reads.slice(-2);
    expect(quietMs).toBe(lastEffectMs(0, patience) + 1);
    expect(lastMs).toBe(quietMs + patience.readLagMs);
  });

  test('that cannot be read says so', async () => {
    const { wrong } = await back('reset-password', 'ACTIVE', () => undefined);
    expect(wrong).toBe(`row 1 was accepted, but user ${idOf(1)} could not be read back`);
  });

  // The state before is the state after, so nothing more can be checked than that it is the right one.
  test.each<[Step, string, Look, boolean]>([
    ['reset-password', 'RECOVERY', ['RECOVERY', LONG_AGO_MS, LONG_AGO_MS], true],
    ['expire-password', 'PASSWORD_EXPIRED', ['PASSWORD_EXPIRED', LONG_AGO_MS, LONG_AGO_MS], true],
    ['temp-password', 'PASSWORD_EXPIRED', ['PASSWORD_EXPIRED', LONG_AGO_MS, LONG_AGO_MS], false],
    ['end-sessions', 'ACTIVE', ['ACTIVE', LONG_AGO_MS, LONG_AGO_MS], true],
  ])('after %s of a user that was %s before', async (step, before, look, isFine) => {
    expect((await back(step, before, () => look)).wrong === undefined).toBe(isFine);
  });

  test('is not read if its row did not succeed, or nothing was sent', async () => {
    const look = (): Look => ['ACTIVE', LONG_AGO_MS, LONG_AGO_MS];
    const failed = { outcome: 'failed', reason: 'not-found' } as const;
    expect(await back('suspend', 'ACTIVE', look, failed)).toMatchObject({
      wrong: 'row 1 is failed (not-found)',
      reads: [],
    });
    const unknown = { outcome: 'unknown', reason: undefined } as const;
    expect((await back('suspend', 'ACTIVE', look, unknown)).wrong).toBe('row 1 is unknown');
    const skipped = { outcome: 'skipped', reason: undefined, mark: undefined } as const;
    expect(await back('suspend', 'ACTIVE', look, skipped)).toMatchObject({
      wrong: undefined,
      reads: [],
    });
  });
});
