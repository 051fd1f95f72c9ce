import { describe, expect, test } from '@jest/globals';
import { Bucket } from '../../src/pacing/bucket.ts';
import { Slots } from '../../src/pacing/slots.ts';
import {
  folded,
  opened,
  timeOf,
  turnOf,
  UNMET,
  type Numbers,
  type Window,
} from '../../src/pacing/window.ts';
import { answer } from './answers.ts';

const WINDOW_MS = 60_000;
/** Okta's clock, and this machine's a year behind it: only one of them can be right about a reset. */
const OKTA_MS = 1_700_000_000_000;
const FAR_MS = OKTA_MS - 31_536_000_000;

describe('the time of a window', () => {
  const byServer = (resetMs: number | undefined) =>
    timeOf(answer({ resetMs }), { monotonicMs: 0, wallMs: FAR_MS, serverMs: OKTA_MS }, WINDOW_MS);

  test.each([
    [60_000, 60_000],
    // The header is in whole seconds, rounded down or up.
    [61_000, 60_000],
    [61_001, 61_001],
    [59_999, 59_999],
    [-2000, -2000],
    [120_000, 120_000],
  ])(
    'with a reset %d ms after Okta’s Date is that far away, and %d ms long',
    (afterMs, lengthMs) => {
      const resetMs = OKTA_MS + afterMs;
      expect(byServer(resetMs)).toEqual({ resetMs, endsInMs: afterMs, lengthMs });
    },
  );

  test.each([undefined, Number.NaN, OKTA_MS - 2001, OKTA_MS + 120_001])(
    'is not known from a reset of %s',
    (resetMs) => {
      expect(byServer(resetMs)).toBeUndefined();
    },
  );

  test.each([
    [62_000, 62_000],
    [62_001, 20_500],
    [-2000, -2000],
    [-2001, 20_500],
  ])(
    'with a reset %d ms after Okta’s Date, which fits our clock too, ends in %d ms',
    (afterMs, endsInMs) => {
      const resetMs = OKTA_MS + afterMs;
      const at = { monotonicMs: 0, wallMs: resetMs - 20_000, serverMs: OKTA_MS };
      expect(timeOf(answer({ resetMs }), at, WINDOW_MS)?.endsInMs).toBe(endsInMs);
    },
  );

  test('is taken from this machine’s clock if only that fits: the Date is from a cache, or there was none', () => {
    const wallMs = OKTA_MS + 250;
    for (const serverMs of [FAR_MS, undefined]) {
      const at = { monotonicMs: 0, wallMs, serverMs };
      const resetMs = OKTA_MS + 30_000;
      expect(timeOf(answer({ resetMs, serverDateMs: FAR_MS }), at, WINDOW_MS)).toEqual({
        resetMs,
        endsInMs: 30_250,
        lengthMs: 30_000,
      });
    }
  });
});

const RESET_MS = OKTA_MS + WINDOW_MS;
const MET: Window = {
  ...{ limit: 100, remaining: 50, spent: 40, shared: false, refused: false },
  ...{ endMs: 9000, endBy: 'header', resetMs: RESET_MS },
};

function numbers(stepMs: number | undefined, more: Partial<Numbers> = {}): Numbers {
  const time =
    stepMs === undefined
      ? undefined
      : { resetMs: RESET_MS + stepMs, endsInMs: 20_000, lengthMs: 40_000 };
  const call = { sentMs: 0, probe: false, nowMs: 5000, accepted: true };
  return { ...call, limit: 100, remaining: 49, time, ...more };
}

const PROBE = { probe: true };
const REFUSED = { probe: true, accepted: false };

test.each<[string, number | undefined, Partial<Numbers>, ReturnType<typeof turnOf>]>([
  ['at the same reset', 0, {}, 'same'],
  ['a second later', 1000, {}, 'same'],
  ['more than a second later', 1001, {}, 'next'],
  ['a second earlier', -1000, {}, 'same'],
  ['more than a second earlier', -1001, {}, 'stale'],
  ['more than a second earlier, that asked whether the next is open', -1001, PROBE, 'next'],
  ['at the same reset, that asked', 0, PROBE, 'same'],
  ['a moment later, that asked', 1, PROBE, 'next'],
  ['a moment later, that asked and was refused', 1, REFUSED, 'same'],
  ['without a reset', undefined, {}, 'same'],
  ['without a reset, that asked', undefined, PROBE, 'next'],
  ['without a reset, that asked and was refused', undefined, REFUSED, 'same'],
])('an answer %s', (_, stepMs, more, turn) => {
  expect(turnOf(MET, numbers(stepMs, more))).toBe(turn);
  expect(turnOf(UNMET, numbers(stepMs, more))).toBe('next');
});

describe('a window that begins', () => {
  const whole = { resetMs: RESET_MS, endsInMs: 59_000, lengthMs: WINDOW_MS };
  const first = (more: Partial<Numbers> = {}) =>
    numbers(0, { remaining: 99, time: whole, ...more });

  test('with our own call ends a window length after it; else when its header says', () => {
    expect(opened(UNMET, first(), 0, WINDOW_MS)).toMatchObject({ endBy: 'length', endMs: 65_000 });
    const others = opened(UNMET, first({ remaining: 98 }), 0, WINDOW_MS);
    expect(others).toMatchObject({ endBy: 'header', endMs: 64_000, shared: true, spent: 1 });
    const refused = opened(UNMET, first({ accepted: false }), 0, WINDOW_MS);
    expect(refused).toMatchObject({ endBy: 'header', spent: 0, shared: true });
    const unknown = opened(UNMET, first({ time: undefined }), 0, WINDOW_MS);
    expect(unknown).toMatchObject({ endBy: 'header', endMs: 65_000, resetMs: undefined });
  });

  test('is shorter than stated if another one was observed before, and is shorter by more than the slack', () => {
    const short = (lengthMs: number, old: Window) =>
      opened(old, first({ time: { ...whole, lengthMs } }), 0, WINDOW_MS);
    expect(short(10_000, MET)).toMatchObject({ endBy: 'length', endMs: 15_000 });
    // The first call of a window on a grid looks the same.
    expect(short(10_000, UNMET)).toMatchObject({ endBy: 'header', endMs: 64_000 });
    expect(short(57_999, MET).endBy).toBe('length');
    expect(short(58_000, MET).endBy).toBe('header');
  });

  test('is shared if more was used than by our own calls, including those in flight', () => {
    const shared = (inFlight: number) =>
      opened(MET, numbers(0, { remaining: 96 }), inFlight, WINDOW_MS).shared;
    expect([shared(2), shared(3)]).toEqual([true, false]);
  });
});

describe('a window after another of its answers', () => {
  test('has the smallest number shown, and ends at the earliest time stated', () => {
    const after = folded(MET, numbers(0, { remaining: 60 }), 0);
    expect(after).toMatchObject({ remaining: 50, spent: 41, endMs: 9000, shared: true });
    const told = folded({ ...MET, endMs: 90_000 }, numbers(0), 0);
    expect([told.remaining, told.endMs]).toEqual([49, 25_000]);
    const byLength = folded({ ...MET, endMs: 90_000, endBy: 'length' }, numbers(0), 0);
    expect(byLength.endMs).toBe(90_000);
    expect(folded(MET, numbers(undefined), 0).endMs).toBe(9000);
  });

  test('counts only what was accepted, and stays shared', () => {
    expect(folded(MET, numbers(0, { accepted: false }), 0).spent).toBe(40);
    const exactly = { ...MET, remaining: 59 };
    expect(folded(exactly, numbers(0, { remaining: 59 }), 0).shared).toBe(false);
    expect(folded({ ...exactly, shared: true }, numbers(0, { remaining: 59 }), 0).shared).toBe(
      true,
    );
    expect(folded(exactly, numbers(0, { remaining: 57 }), 1).shared).toBe(true);
    expect(folded({ ...MET, resetMs: undefined }, numbers(700), 0).resetMs).toBe(RESET_MS + 700);
    expect(folded(MET, numbers(700), 0).resetMs).toBe(RESET_MS);
  });
});

describe('slots', () => {
  /** How many calls can be in flight. */
  function capOf(slots: Slots): number {
    let started = 0;
    while (slots.isFree()) {
      slots.start();
      started += 1;
    }
    for (let ended = 0; ended < started; ended += 1) slots.end();
    return started;
  }
  /** The last of as many calls as can be in flight is accepted. */
  const accepted = (slots: Slots, nowMs: number) => {
    const most = capOf(slots);
    for (let rank = 1; rank <= most; rank += 1) slots.start();
    slots.end();
    slots.accepted(most, nowMs);
    for (let rank = 1; rank < most; rank += 1) slots.end();
  };

  test('begin with four, and one more for every two answers, up to the maximum', () => {
    expect(capOf(new Slots(3, () => 0.5))).toBe(3);
    const slots = new Slots(6, () => 0.5);
    const caps = Array.from({ length: 6 }, () => {
      accepted(slots, 0);
      return capOf(slots);
    });
    expect(caps).toEqual([4, 5, 5, 6, 6, 6]);
    expect(slots.isWide(0)).toBe(true);
  });

  test('are one less than was refused, until a rest is over; the rest grows while the same one is refused', () => {
    const slots = new Slots(8, () => 0.5);
    slots.refused(4, 1000);
    expect(capOf(slots)).toBe(3);
    for (let n = 0; n < 9; n += 1) accepted(slots, 1499);
    expect(capOf(slots)).toBe(3);
    accepted(slots, 1500);
    expect(capOf(slots)).toBe(4);
    slots.refused(4, 2000);
    for (let n = 0; n < 9; n += 1) accepted(slots, 3999);
    expect(capOf(slots)).toBe(3);
    accepted(slots, 4000);
    expect(capOf(slots)).toBe(4);
    // Calls of the same burst say nothing new.
    slots.refused(6, 4000);
    expect(capOf(slots)).toBe(4);
  });

  test('close for a moment if not even one is free, twice as long each time', () => {
    const slots = new Slots(8, () => 0.5);
    const closedMs = [1, 2, 3, 4, 5, 6, 7].map(() => {
      slots.refused(1, 0);
      return slots.closedUntilMs;
    });
    expect(closedMs).toEqual([50, 100, 200, 400, 800, 1600, 2000]);
    expect(capOf(slots)).toBe(1);
    expect([slots.isWide(1999), slots.isWide(2000)]).toEqual([false, false]);
    accepted(slots, 5000);
    slots.refused(1, 5000);
    expect(slots.closedUntilMs).toBe(5050);
  });

  test('are one more after a rest once as many calls were accepted as may be in flight', () => {
    const slots = new Slots(8, () => 0.5);
    slots.refused(4, 1000);
    const caps = [1, 2, 3].map(() => {
      accepted(slots, 1500);
      return capOf(slots);
    });
    expect(caps).toEqual([3, 3, 4]);
  });
});

describe('a bucket that is refused without numbers', () => {
  test('is asked again after a second, then after twice as long each time, up to a window', () => {
    const bucket = new Bucket('w', { ratePercent: 100, windowMs: WINDOW_MS });
    const refusal = answer({
      status: 429,
      limit: undefined,
      remaining: undefined,
      resetMs: undefined,
    });
    let nowMs = 0;
    const waits = Array.from({ length: 9 }, () => {
      const call = bucket.started(nowMs);
      bucket.answered(call, refusal, { monotonicMs: nowMs, wallMs: nowMs, serverMs: undefined });
      const { calls, untilMs, cause } = bucket.room(nowMs);
      expect([calls < 1, cause]).toEqual([true, 'throttled']);
      const waitMs = untilMs - nowMs;
      nowMs = untilMs;
      return waitMs;
    });
    // Each ends 10 ms late: servers count whole milliseconds, and timers can be early.
    expect(waits).toEqual([1010, 1010, 2010, 4010, 8010, 16_010, 32_010, 60_010, 60_010]);
  });
});
