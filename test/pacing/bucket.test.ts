/** What one bucket lets through, answer by answer. There are no timers: each question includes its time. */
import { describe, expect, test } from '@jest/globals';
import type { RateObservation } from '../../src/domain/org/pacing.ts';
import { Bucket } from '../../src/pacing/bucket.ts';
import type { BucketCall } from '../../src/pacing/window.ts';
import { answer, bare } from './answers.ts';

const WINDOW_MS = 60_000;
/** The wall clock at monotonic 0. It is the server's too, and the answers are dated by it. */
const EPOCH_MS = 1_700_000_000_000;
/** A window counts as over this long after its end. */
const AFTER_END_MS = 10;

class Script {
  readonly bucket: Bucket;
  nowMs = 0;

  constructor(ratePercent = 100) {
    this.bucket = new Bucket('w', { ratePercent, windowMs: WINDOW_MS });
  }

  at(nowMs: number): this {
    this.nowMs = nowMs;
    return this;
  }

  start(): BucketCall {
    return this.bucket.started(this.nowMs);
  }

  end(call: BucketCall, seen: Partial<RateObservation>): this {
    const wallMs = EPOCH_MS + this.nowMs;
    const at = { monotonicMs: this.nowMs, wallMs, serverMs: wallMs };
    this.bucket.answered(call, { ...answer(), serverDateMs: wallMs, ...seen }, at);
    return this;
  }

  /** One call that is answered at once. */
  call(seen: Partial<RateObservation>): this {
    return this.end(this.start(), seen);
  }

  /** The numbers of an answer in a window that ends at this moment. */
  by(endMs: number, remaining: number, more: Partial<RateObservation> = {}) {
    return { limit: 100, remaining, resetMs: EPOCH_MS + endMs, ...more };
  }

  room() {
    const { calls, untilMs, cause } = this.bucket.room(this.nowMs);
    return [calls, untilMs, cause];
  }

  calls(): number {
    return this.bucket.room(this.nowMs).calls;
  }
}

describe('before the first answer', () => {
  test('one call starts, and one more for each second without an answer', () => {
    const script = new Script().at(5000);
    expect(script.room()).toEqual([1, 5000, undefined]);
    script.start();
    expect(script.room()).toEqual([0, 6000, undefined]);
    expect([script.at(5999).calls(), script.at(6000).calls()]).toEqual([0, 1]);
    script.start();
    expect(script.room()).toEqual([0, 7000, undefined]);
    expect(script.at(8500).calls()).toBe(2);
  });

  test('a call that was not sent, or got no answer, lets the next one start', () => {
    const script = new Script().at(5000);
    script.bucket.unsent(script.start());
    expect(script.at(5500).room()).toEqual([1, 5500, undefined]);
    script.bucket.lost(script.start());
    expect(script.at(5600).room()).toEqual([1, 5600, undefined]);
  });

  test('no limit is reported', () => {
    expect(new Script().bucket.limit()).toBeUndefined();
  });
});

describe('an answer without numbers', () => {
  test.each([
    { limit: undefined },
    { limit: -1 },
    { limit: 0 },
    { remaining: undefined },
    { remaining: -1 },
  ])('%j shows no limit if it is the first', (seen) => {
    expect(new Script().call(seen).calls()).toBe(Infinity);
  });

  test('counts as one more call in a known window', () => {
    const script = new Script();
    script.call(script.by(WINDOW_MS, 99)).call(bare);
    expect(script.room()).toEqual([98, WINDOW_MS + AFTER_END_MS, undefined]);
  });

  test('a 429 closes the window until its end', () => {
    const script = new Script();
    script.call(script.by(WINDOW_MS, 99)).at(20_000);
    script.call({ ...bare, status: 429 });
    expect(script.room()).toEqual([0, WINDOW_MS + AFTER_END_MS, 'throttled']);
  });

  test('a 429 with a reset closes the bucket until that time', () => {
    const script = new Script();
    script.call({ ...bare, status: 429, resetMs: EPOCH_MS + 7000 });
    const [calls, ...rest] = script.room();
    expect([Number(calls) < 1, ...rest]).toEqual([true, 7000 + AFTER_END_MS, 'throttled']);
  });
});

describe('within a window', () => {
  test('that our own call opened, everything that is left can start at once', () => {
    const script = new Script();
    script.call(script.by(WINDOW_MS, 99));
    expect(script.room()).toEqual([99, WINDOW_MS + AFTER_END_MS, undefined]);
    script.start();
    expect(script.calls()).toBe(98);
  });

  test('that ends by its header, one call is left to find out whether it has ended, unless an end was observed', () => {
    const script = new Script();
    script.call(script.by(30_000, 99));
    expect(script.room()).toEqual([98, 30_000 + AFTER_END_MS, undefined]);
    // The next one ends by its header too: its first call is not the first of the window.
    script.at(30_500).call(script.by(90_000, 99, { status: 200 }));
    expect(script.calls()).toBe(99);
  });

  test('that others use, half of what is left can be in flight, and the last call is left to them', () => {
    const script = new Script();
    script.call(script.by(30_000, 61));
    expect(script.calls()).toBe(30);
    for (const [remaining, calls] of [
      [7, 3],
      [2, 1],
      [1, 0],
    ] as const) {
      script.call(script.by(30_000, remaining));
      expect(script.calls()).toBe(calls);
    }
    expect(script.room()).toEqual([0, 30_000 + AFTER_END_MS, 'window']);
  });

  test('no more than our share of the limit is used', () => {
    const script = new Script(25);
    script.call(script.by(WINDOW_MS, 99));
    expect(script.calls()).toBe(24);
    for (let used = 1; used < 25; used += 1) script.call(script.by(WINDOW_MS, 99 - used));
    expect(script.room()).toEqual([0, WINDOW_MS + AFTER_END_MS, 'window']);
  });

  test('a call without an answer counts as one; more than the limit cannot be left', () => {
    const script = new Script();
    script.call(script.by(WINDOW_MS, 99));
    script.bucket.lost(script.start());
    expect(script.calls()).toBe(98);
    expect(new Script().call({ limit: 10, remaining: 500 }).bucket.limit()).toMatchObject({
      limit: 10,
      remaining: 10,
    });
  });

  test('an answer that counts our other calls in flight does not show that others use it', () => {
    const script = new Script();
    script.call(script.by(WINDOW_MS, 99));
    const [one] = [script.start(), script.start(), script.start()];
    script.end(one, script.by(WINDOW_MS, 96));
    expect(script.calls()).toBe(94);
    const shared = new Script();
    shared.call(shared.by(WINDOW_MS, 99));
    const [first] = [shared.start(), shared.start(), shared.start()];
    shared.end(first, shared.by(WINDOW_MS, 95));
    expect(shared.calls()).toBe(45);
  });

  test('of a single call, that call is all', () => {
    const script = new Script();
    script.call(script.by(WINDOW_MS, 0, { limit: 1 }));
    expect(script.room()).toEqual([0, WINDOW_MS + AFTER_END_MS, 'window']);
  });

  test('that others use, each answer without numbers is one call less', () => {
    const script = new Script();
    script.call(script.by(30_000, 41));
    const calls = [0, 1, 2, 3].map(() => script.call(bare).calls());
    expect(calls).toEqual([20, 19, 19, 18]);
  });

  test('its numbers are reported minus the calls in flight, and never below zero', () => {
    const script = new Script();
    script.call(script.by(WINDOW_MS, 99));
    script.start();
    const told = { bucket: 'w', limit: 100, resetMs: EPOCH_MS + WINDOW_MS, windowMs: WINDOW_MS };
    expect(script.bucket.limit()).toEqual({ ...told, remaining: 98 });
    script.call(script.by(WINDOW_MS, 0));
    expect(script.bucket.limit()).toEqual({ ...told, remaining: 0 });
  });

  test('an answer of an earlier window counts as one call of this one', () => {
    const script = new Script();
    script.call(script.by(WINDOW_MS, 99)).call(script.by(WINDOW_MS - 5000, 12));
    expect(script.calls()).toBe(98);
  });
});

describe('after the end of a window', () => {
  test('one call finds out whether the next one is open; its answer lets the others start', () => {
    const script = new Script();
    const two = { limit: 2 };
    script.call(script.by(WINDOW_MS, 1, two)).call(script.by(WINDOW_MS, 0, two));
    const overMs = WINDOW_MS + AFTER_END_MS;
    expect(script.at(overMs - 1).room()).toEqual([0, overMs, 'window']);
    expect(script.at(overMs).room()).toEqual([1, overMs, undefined]);
    const probe = script.start();
    expect(script.room()).toEqual([0, overMs + 1000, undefined]);
    script.end(probe, script.by(2 * WINDOW_MS + AFTER_END_MS, 1, two));
    expect(script.calls()).toBe(1);
    script.call(script.by(2 * WINDOW_MS + AFTER_END_MS, 0, two));
    expect(script.room()).toEqual([0, 2 * WINDOW_MS + 2 * AFTER_END_MS, 'window']);
  });

  test('what is left of it is used first if nobody else uses it', () => {
    const script = new Script();
    script.call(script.by(WINDOW_MS, 99)).at(WINDOW_MS + AFTER_END_MS);
    expect(script.calls()).toBe(99);
    const shared = new Script();
    shared.call(shared.by(30_000, 60)).at(30_000 + AFTER_END_MS);
    expect(shared.calls()).toBe(1);
  });

  test('a window after one that others used is assumed to be shared too', () => {
    const script = new Script();
    script.call(script.by(30_000, 60)).at(30_500).call(script.by(90_000, 99));
    expect(script.calls()).toBe(49);
  });

  test('if it still counts, it is assumed to end a second later, and so is the next one', () => {
    const script = new Script();
    script.call(script.by(WINDOW_MS, 99)).call(script.by(WINDOW_MS, 0));
    const overMs = WINDOW_MS + AFTER_END_MS;
    script.at(overMs).call(script.by(WINDOW_MS, 0, { status: 429 }));
    expect(script.room()).toEqual([0, overMs + 1000 + AFTER_END_MS, 'throttled']);
    const nextMs = overMs + 1000 + AFTER_END_MS;
    script.at(nextMs).call(script.by(nextMs + WINDOW_MS, 99));
    script.call(script.by(nextMs + WINDOW_MS, 0));
    const lateMs = overMs + 1000 - WINDOW_MS;
    expect(script.room()).toEqual([0, nextMs + WINDOW_MS + lateMs + AFTER_END_MS, 'window']);
  });
});

test('a bucket that is refused again without numbers, after it was late, waits no longer because of that', () => {
  const script = new Script();
  script.call(script.by(WINDOW_MS, 99)).call(script.by(WINDOW_MS, 0));
  script.at(WINDOW_MS + AFTER_END_MS).call(script.by(WINDOW_MS, 0, { status: 429 }));
  script.at(script.nowMs + 1000 + AFTER_END_MS).call({ ...bare, status: 429 });
  expect(script.room()).toEqual([0, script.nowMs + 1000 + AFTER_END_MS, 'throttled']);
});

test('a window that accepts a call after its end accepts others for a second, however long ago it ended', () => {
  const script = new Script();
  script.call(script.by(30_000, 60)).at(30_000 + AFTER_END_MS);
  script.call(script.by(30_000, 59));
  expect(script.at(31_000).calls()).toBe(29);
  expect(script.at(31_000 + 2 * AFTER_END_MS).room()).toEqual([1, script.nowMs, undefined]);
  const brake = { ...bare, status: 429, limit: 100, remaining: 58 };
  script.at(200_000).call(brake);
  expect(script.at(200_999).calls()).toBe(29);
  expect(script.at(201_000 + AFTER_END_MS).calls()).toBe(1);
});

describe('a 429', () => {
  test('for concurrency says nothing about the window', () => {
    const script = new Script();
    script.call(script.by(WINDOW_MS, 99));
    const before = script.room();
    script.call({ status: 429, limit: 0, remaining: 0 });
    expect(script.room()).toEqual(before);
  });

  test('that comes again and again without numbers closes the bucket for longer, up to a window', () => {
    const script = new Script();
    const waits = Array.from({ length: 1100 }, () => {
      script.call({ ...bare, status: 429 });
      const [, untilMs] = script.room();
      const waitMs = Number(untilMs) - script.nowMs - AFTER_END_MS;
      script.at(Number(untilMs));
      return waitMs;
    });
    expect(waits.slice(0, 9)).toEqual([
      1000, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000,
    ]);
    expect(new Set(waits.slice(7))).toEqual(new Set([WINDOW_MS]));
  });

  test('of a call that was in flight when the bucket closed is the same refusal', () => {
    const refused = { ...bare, status: 429 };
    const script = new Script();
    script.call(script.by(WINDOW_MS, 99));
    const [one, two, three] = [script.start(), script.start(), script.start()];
    for (const call of [one, two, three]) script.at(script.nowMs + 10).end(call, refused);
    // Refused after the end: the second refusal waits a second, as the first one would have.
    script.at(WINDOW_MS + AFTER_END_MS).call(refused);
    expect(script.room()).toEqual([0, script.nowMs + 1000 + AFTER_END_MS, 'throttled']);
    script.at(script.nowMs + 1000 + AFTER_END_MS).call(refused);
    expect(script.room()).toEqual([0, script.nowMs + 2000 + AFTER_END_MS, 'throttled']);
  });

  test('with calls left is believed at the third in a row, and an accepted call resets the count', () => {
    const script = new Script();
    script.call(script.by(WINDOW_MS, 99));
    const refused = (remaining: number) => script.by(WINDOW_MS, remaining, { status: 429 });
    script.call(refused(99)).call(refused(99));
    expect(script.calls()).toBe(99);
    script.call(script.by(WINDOW_MS, 98)).call(refused(98)).call(refused(98));
    expect(script.calls()).toBe(98);
    script.call(refused(98));
    expect(script.room()).toEqual([0, WINDOW_MS + AFTER_END_MS, 'throttled']);
  });
});
