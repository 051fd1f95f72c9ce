import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Timeline } from '../../src/domain/run/timeline.ts';
import { WaitSpans } from '../../src/domain/run/wait.ts';

const DAY_MS = 86_400_000;

describe('the waits of a run', () => {
  test('are one span if one begins before the other has ended, and shared time counts once', () => {
    const waits = new WaitSpans();
    waits.add('window', 1000, 5000);
    waits.add('throttled', 2000, 500);
    waits.add('window', 4000, 5000);
    waits.add('window', 60_000, 1000);
    expect(waits.spans()).toEqual([
      { cause: 'window', fromMs: 1000, toMs: 9000, waitedMs: 8000, waits: 2 },
      { cause: 'throttled', fromMs: 2000, toMs: 2500, waitedMs: 500, waits: 1 },
      { cause: 'window', fromMs: 60_000, toMs: 61_000, waitedMs: 1000, waits: 1 },
    ]);
  });

  test('end with the invocation, however long they were meant to last', () => {
    const waits = new WaitSpans();
    waits.add('own-pace', 1000, DAY_MS);
    waits.add('window', 4000, 1000);
    waits.end(3000);
    expect(waits.spans()).toEqual([
      { cause: 'own-pace', fromMs: 1000, toMs: 3000, waitedMs: 2000, waits: 1 },
    ]);
  });

  test('end with the invocation that waited, and its time is part of the run', () => {
    const timeline = new Timeline();
    timeline.add('calls', 10_000);
    timeline.wait('window', 11_000, DAY_MS);
    timeline.end(14_000);
    expect(timeline.waits()).toEqual([
      { cause: 'window', fromMs: 11_000, toMs: 14_000, waitedMs: 3000, waits: 1 },
    ]);
    expect(timeline.slots().map(({ atMs, calls }) => [atMs, calls])).toEqual([
      ...[10_000, 11_000, 12_000, 13_000, 14_000].map((atMs) => [atMs, atMs === 10_000 ? 1 : 0]),
    ]);
    const idle = new Timeline();
    idle.end(14_000);
    expect(idle.slots()).toEqual([]);
  });

  test('leave out what an edited journal might contain', () => {
    const waits = new WaitSpans();
    waits.add('</script>', 1000, 1000);
    waits.add('window', Number.NaN, 1000);
    waits.add('window', 1000, -5);
    expect(waits.spans()).toEqual([]);
  });

  test('lose no wait and no time in at most 512 spans, however many there are', () => {
    const wait = fc.record({
      afterMs: fc.integer({ min: 0, max: DAY_MS }),
      lengthMs: fc.integer({ min: 1, max: 60_000 }),
    });
    fc.assert(
      fc.property(fc.array(wait, { minLength: 600, maxLength: 1500 }), (all) => {
        const waits = new WaitSpans();
        let nowMs = 0;
        for (const { afterMs, lengthMs } of all) {
          nowMs += afterMs;
          waits.add('window', nowMs, lengthMs);
          nowMs += lengthMs;
        }
        const spans = waits.spans();
        const sum = (name: 'waits' | 'waitedMs') => spans.reduce((n, span) => n + span[name], 0);
        expect(spans.length).toBeLessThanOrEqual(512);
        expect(sum('waits')).toBe(all.length);
        expect(sum('waitedMs')).toBe(all.reduce((n, { lengthMs }) => n + lengthMs, 0));
      }),
      { numRuns: 20 },
    );
  });
});
