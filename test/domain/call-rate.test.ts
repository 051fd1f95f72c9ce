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

test('is not known before the first mark, nor at its own time', () => {
  expect(new CallRate(0, 1000).perMinute(5000, 10)).toBeUndefined();
  const late = new CallRate(0, 1000);
  late.mark(5000, 3);
  expect([late.perMinute(5000, 3), late.perMinute(4000, 3)]).toEqual([undefined, undefined]);
  expect(late.perMinute(5500, 4)).toBe(120);
});

test('is known from the end of the first window on, and of no more than the last 20 s', () => {
  const rate = new CallRate(1000, 1000);
  for (let nowMs = 1000; nowMs <= 41_000; nowMs += 500)
    // One call a second until 21 s, then three.
    rate.mark(nowMs, nowMs <= 21_000 ? nowMs / 1000 : 21 + (3 * (nowMs - 21_000)) / 1000);
  expect(rate.perMinute(41_000, 81)).toBe(180);
  const young = new CallRate(1000, 1000);
  young.mark(1000, 0);
  expect([young.perMinute(1999, 5), young.perMinute(2000, 5)]).toEqual([undefined, 300]);
});

test('of windows that do not divide 20 s is counted over the next larger number of them', () => {
  const rate = new CallRate(0, 6000);
  for (let nowMs = 0; nowMs <= 60_000; nowMs += 6000) rate.mark(nowMs, nowMs <= 36_000 ? 0 : 10);
  // 24 s back from 60 s, nothing had been called; 18 s back, all 10 had.
  expect(rate.perMinute(60_000, 10)).toBe(25);
});

test('leaves out the beginning of a window that is not complete', () => {
  const rate = new CallRate(0, 10_000);
  rate.mark(0, 0);
  rate.mark(5000, 10);
  rate.mark(15_000, 20);
  expect(rate.perMinute(15_000, 20)).toBe(60);
});
