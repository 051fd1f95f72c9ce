import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createServerClock } from '../../src/okta/http/server-clock.ts';

const OKTA_AT_ZERO = 1_700_000_000_250;

/** A client whose monotonic time is set by hand, and an org whose clock differs from it by this much. */
function start(offsetMs = OKTA_AT_ZERO) {
  let nowMs = 0;
  let oktaMs = offsetMs;
  const clock = createServerClock({
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: () => Promise.resolve(),
  });
  return {
    clock,
    /** An answer to a call: sent, dated by the org, arrived. */
    answer: (sentMs: number, datedMs: number, arrivedMs: number, aheadMs = oktaMs) => {
      nowMs = arrivedMs;
      clock.learn(Math.floor((datedMs + aheadMs) / 1000) * 1000, sentMs);
    },
    jump: (ms: number) => {
      oktaMs += ms;
    },
    /** How far the org's clock is ahead of the assumed time. */
    behindMs: () => nowMs + oktaMs - (clock.nowMs() ?? Number.NaN),
  };
}

describe('Okta’s clock', () => {
  test('is unknown before the first answer', () => {
    expect(start().clock.nowMs()).toBeUndefined();
  });

  test('is not set back by an answer that was delayed for long', () => {
    const { answer, behindMs } = start();
    answer(0, 751, 760);
    expect(behindMs()).toBeLessThan(20);
    answer(770, 790, 60_000);
    expect(behindMs()).toBeLessThan(20);
  });

  test('is right again after the first answer that was faster', () => {
    const { answer, behindMs } = start();
    answer(0, 10, 60_000);
    expect(behindMs()).toBeGreaterThan(59_000);
    answer(60_000, 60_020, 60_040);
    expect(behindMs()).toBeLessThan(1040);
  });

  test('is right after a sleep that our clock did not count', () => {
    const { answer, jump, behindMs } = start();
    answer(0, 20, 40);
    jump(3_600_000);
    answer(50, 70, 90);
    expect(behindMs()).toBeLessThan(1040);
  });

  test('is right after a sleep that only our clock counted', () => {
    const { answer, jump, behindMs } = start();
    answer(0, 20, 40);
    jump(-3_600_000);
    answer(60, 80, 100);
    expect(behindMs()).toBeLessThan(1040);
  });

  test('is not moved by what a call from before the jump still returns', () => {
    const { answer, jump, behindMs } = start();
    answer(0, 20, 40);
    jump(3_600_000);
    answer(60, 80, 100);
    answer(30, 50, 110, OKTA_AT_ZERO);
    expect(behindMs()).toBeLessThan(1040);
  });

  test('is never ahead, and no further behind than the fastest answer allows', () => {
    const call = fc.record({
      gapMs: fc.nat(3000),
      outMs: fc.nat(2000),
      backMs: fc.oneof(fc.nat(300), fc.nat(120_000)),
    });
    fc.assert(
      fc.property(fc.nat(999), fc.array(call, { minLength: 1, maxLength: 30 }), (part, calls) => {
        const { answer, behindMs } = start(1_700_000_000_000 + part);
        let nowMs = 0;
        let quickestMs = Number.POSITIVE_INFINITY;
        for (const { gapMs, outMs, backMs } of calls) {
          const sentMs = nowMs + gapMs;
          nowMs = sentMs + outMs + backMs;
          answer(sentMs, sentMs + outMs, nowMs);
          quickestMs = Math.min(quickestMs, backMs);
          expect(behindMs()).toBeGreaterThanOrEqual(0);
          expect(behindMs()).toBeLessThan(1000 + quickestMs);
        }
      }),
    );
  });
});
