import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Timeline } from '../../src/domain/run/timeline.ts';
import { chartOf } from '../../src/report/chart.ts';
import { burstyTimeline, START_MS } from './sample.ts';

const total = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

describe('the timeline', () => {
  test('loses no call, whatever the times, in at most 512 slots', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10 ** 10 })), (times) => {
        const timeline = new Timeline();
        for (const ms of times) timeline.add('calls', START_MS + ms);
        const slots = timeline.slots();
        expect(slots.length).toBeLessThanOrEqual(512);
        expect(total(slots.map(({ calls }) => calls))).toBe(times.length);
        const chart = chartOf(timeline, { limitPerWindow: 100, windowMs: 60_000 });
        expect(chart.bars.length).toBeLessThanOrEqual(122);
        expect(total(chart.bars.map(({ calls }) => calls))).toBe(times.length);
      }),
    );
  });

  test('counts each event in the slot of its time', () => {
    const timeline = new Timeline();
    timeline.add('calls', START_MS + 300);
    timeline.add('calls', START_MS + 2900, 4);
    timeline.add('throttled', START_MS + 2000);
    timeline.add('calls', Number.NaN);
    expect(timeline.slots().map(({ atMs, calls, throttled }) => [atMs, calls, throttled])).toEqual([
      [START_MS, 1, 0],
      [START_MS + 1000, 0, 0],
      [START_MS + 2000, 4, 1],
    ]);
  });
});

describe('the chart', () => {
  test('has a bar per window, beginning where the windows begin, so that bursts within the limit stay under it', () => {
    for (const offsetMs of [0, 25_000, 59_000]) {
      const timeline = new Timeline();
      timeline.add('calls', START_MS);
      for (let n = 0; n < 540 * 6; n += 1) {
        timeline.add('calls', START_MS + offsetMs + Math.floor(n / 540) * 60_000 + (n % 540) * 20);
      }
      const chart = chartOf(timeline, { limitPerWindow: 600, windowMs: 60_000 });
      expect([chart.barMs, chart.limit]).toEqual([60_000, 600]);
      const bars = chart.bars.map(({ calls }) => calls);
      expect(Math.max(...bars)).toBe(540);
      expect(total(bars)).toBe(540 * 6 + 1);
    }
  });

  test('shows no limit if it is unknown or the run was shorter than two windows', () => {
    const known = { limitPerWindow: 600, windowMs: 60_000 };
    expect(chartOf(burstyTimeline(100), known).limit).toBeUndefined();
    const unknown = { ...known, limitPerWindow: undefined };
    expect(chartOf(burstyTimeline(4000), unknown).limit).toBeUndefined();
    expect(chartOf(burstyTimeline(4000), known).limit).toBe(600);
  });

  test('assigns each wait to the bars it lasted through, and none beyond the last bar', () => {
    const timeline = new Timeline();
    for (let second = 0; second < 10; second += 1) timeline.add('calls', START_MS + second * 1000);
    timeline.wait('throttled', START_MS + 1500, 2000);
    timeline.wait('window', START_MS + 9500, 60_000);
    const chart = chartOf(timeline, { limitPerWindow: undefined, windowMs: 0 });
    expect(chart.bars.map(({ waitedMs }) => waitedMs)).toEqual([
      0, 500, 1000, 500, 0, 0, 0, 0, 0, 500,
    ]);
    const seconds = chart.waits.map(({ cause, fromMs, toMs }) => [
      cause,
      (fromMs - START_MS) / 1000,
      (toMs - START_MS) / 1000,
    ]);
    expect(seconds).toEqual([
      ['throttled', 1.5, 3.5],
      ['window', 9.5, 10],
    ]);
    const late = new Timeline();
    late.add('calls', START_MS);
    late.wait('window', START_MS + 1000, 500);
    expect(chartOf(late, { limitPerWindow: undefined, windowMs: 0 }).waits).toEqual([]);
  });

  test('begins its bars with the windows, however uneven their bursts are', () => {
    const timeline = new Timeline();
    timeline.add('calls', START_MS);
    for (let window = 0; window < 6; window += 1) {
      const atMs = START_MS + 20_000 + window * 60_000;
      const early = window % 2 === 0 ? 100 : 500;
      timeline.add('calls', atMs, early);
      timeline.add('calls', atMs + 1000, 600 - early);
    }
    const { bars } = chartOf(timeline, { limitPerWindow: 600, windowMs: 60_000 });
    expect(bars.map(({ calls }) => calls)).toEqual([1, 600, 600, 600, 600, 600, 600]);
  });

  test('begins with the first call, if the windows seem to begin there', () => {
    const timeline = new Timeline();
    for (let window = 0; window < 6; window += 1) {
      const early = window % 2 === 0 ? 100 : 500;
      timeline.add('calls', START_MS + window * 60_000, early);
      timeline.add('calls', START_MS + window * 60_000 + 1000, 600 - early);
    }
    const { bars } = chartOf(timeline, { limitPerWindow: 600, windowMs: 60_000 });
    expect(bars.map(({ atMs, calls }) => [atMs - START_MS, calls])).toEqual(
      [0, 1, 2, 3, 4, 5].map((window) => [window * 60_000, 600]),
    );
  });

  test('shows of a wait only what is within its bars', () => {
    const timeline = new Timeline();
    timeline.add('calls', START_MS);
    timeline.wait('window', START_MS - 3000, 3500);
    const { waits } = chartOf(timeline, { limitPerWindow: undefined, windowMs: 0 });
    expect(waits.map(({ fromMs, toMs, waitedMs }) => [fromMs, toMs, waitedMs])).toEqual([
      [START_MS, START_MS + 500, 500],
    ]);
  });

  test('has a limit if a window has a length, and the length of a slot without any calls', () => {
    const limitOf = (windowMs: number) =>
      chartOf(burstyTimeline(100), { limitPerWindow: 10, windowMs }).limit;
    expect([limitOf(0), limitOf(-1), limitOf(1000), limitOf(2000)]).toEqual([
      ...[undefined, undefined, 10, 10],
    ]);
    expect(chartOf(new Timeline(), { limitPerWindow: 10, windowMs: 1000 })).toEqual({
      ...{ barMs: 1000, bars: [], waits: [], limit: undefined },
    });
  });

  test('reaches to the end of an invocation that ended while it waited', () => {
    const timeline = new Timeline();
    timeline.add('calls', START_MS);
    timeline.wait('window', START_MS + 500, 60_000);
    timeline.end(START_MS + 8000);
    const chart = chartOf(timeline, { limitPerWindow: undefined, windowMs: 0 });
    expect(chart.bars.at(-1)?.atMs).toBe(START_MS + 8000);
    expect(chart.waits.map(({ waitedMs }) => waitedMs)).toEqual([7500]);
  });
});
