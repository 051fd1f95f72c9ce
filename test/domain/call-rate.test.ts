import { expect, test } from '@jest/globals';
import { CallRate } from '../../src/domain/run/figures/call-rate.ts';

/** Bursts of `burst` calls in the first two seconds of each window, looked at every 200 ms. */
function bursts(rate: CallRate, windowMs: number, burst: number, untilMs: number): number {
  let calls = 0;
  for (let nowMs = 0; nowMs <= untilMs; nowMs += 200) {
    const inWindowMs = nowMs % windowMs;
    calls = Math.floor(nowMs / windowMs) * burst + Math.min(burst, (burst * inWindowMs) / 2000);
    rate.mark(nowMs, calls);
  }
  return calls;
}

test('says nothing before one window is known, and then how many calls a minute has', () => {
  const rate = new CallRate(0, 60_000);
  expect(rate.perMinute(59_000, bursts(rate, 60_000, 270, 59_000))).toBeUndefined();
  const after = new CallRate(0, 60_000);
  expect(after.perMinute(61_000, bursts(after, 60_000, 270, 61_000))).toBeCloseTo(270);
});

test('is even over bursts of short windows, whenever it is read', () => {
  for (const untilMs of [6200, 26_000, 29_800, 33_000, 100_400]) {
    const rate = new CallRate(0, 6000);
    const told = rate.perMinute(untilMs, bursts(rate, 6000, 108, untilMs)) ?? 0;
    expect(Math.abs(told - 1080)).toBeLessThan(120);
  }
});

test('counts only what was done since it began', () => {
  const rate = new CallRate(0, 6000);
  for (let nowMs = 0; nowMs <= 12_000; nowMs += 200) rate.mark(nowMs, 5000 + nowMs / 100);
  expect(rate.perMinute(12_000, 5120)).toBeCloseTo(600);
});
