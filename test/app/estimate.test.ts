import { describe, expect, test } from '@jest/globals';
import { estimateMs } from '../../src/app/plan/estimate.ts';
import { EPOCH_MS, simulate } from '../pacing/simulation.ts';

const TERMS = { windowMs: 60_000, ratePercent: 90, latencyMs: 100, concurrency: 10 };

describe('the estimate', () => {
  test('without a limit and a pace, the concurrency decides', () => {
    expect(estimateMs({ ...TERMS, limit: undefined, calls: 1000 })).toBe(10_000);
  });

  test('without a limit, our own pace decides', () => {
    const ms = estimateMs({ ...TERMS, limit: undefined, calls: 601, perMinute: 60 });
    expect(Math.abs(ms - 600_000)).toBeLessThan(2000);
  });

  test('no calls take no time', () => {
    expect(estimateMs({ ...TERMS, limit: 600, calls: 0 })).toBe(0);
  });

  test.each([
    [10_000, 600, 90],
    [3000, 50, 100],
  ])('for %i calls at %i/min and %i %% agrees with a run', async (calls, limit, ratePercent) => {
    const run = await simulate(
      {
        ...{ limit, windowMs: 60_000, by: 'first-call', rounding: 'ceil', latencyMs: 150 },
        startsAtMs: EPOCH_MS + 555,
      },
      { calls, workers: 10 },
      { ratePercent },
    );
    const estimate = estimateMs({ ...TERMS, calls, limit, ratePercent, latencyMs: 150 });
    expect([run.done, run.windowRefusals]).toEqual([calls, 0]);
    expect(run.makespanMs / estimate).toBeGreaterThan(0.98);
    expect(run.makespanMs / estimate).toBeLessThan(1.02);
  });
});
