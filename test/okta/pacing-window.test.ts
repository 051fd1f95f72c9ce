import { describe, expect, test } from '@jest/globals';
import { estimateMs } from '../../src/okta/pacing-estimate.ts';
import { EPOCH_MS, simulate } from './pacing-simulation.ts';
import type { RateObservation } from '../../src/okta/pacing.ts';
import type { SimulatedOrg, SimulatedRun } from './pacing-simulation.ts';

const LIMIT = 100;
const WINDOW_MS = 5000;
const CALLS = 290;
const STARTS = 8;

/** The least time for the calls, if the run starts with a fresh window. */
function boundMs(calls: number, perWindow: number): number {
  return (Math.ceil(calls / perWindow) - 1) * WINDOW_MS;
}

/** The worst of runs that start at many phases of the second and of the window. */
function worst(
  org: Partial<SimulatedOrg>,
  ratePercent = 100,
  { workers = 10, starts = STARTS, expected = false } = {},
) {
  const runs = Array.from({ length: starts }, (_, index) =>
    simulate(
      {
        limit: LIMIT,
        windowMs: WINDOW_MS,
        by: 'grid',
        rounding: 'floor',
        latencyMs: 0,
        startsAtMs: EPOCH_MS + index * 1083.3,
        ...org,
      },
      { calls: CALLS, workers, seed: index + 1, expected },
      { ratePercent },
    ),
  );
  const most = (of: (run: SimulatedRun) => number) => Math.max(...runs.map(of));
  return {
    makespanMs: most((run) => run.makespanMs),
    windowRefusals: most((run) => run.windowRefusals),
    perWindow: most((run) => Math.max(...run.perWindow)),
    undone: most((run) => CALLS - run.done),
  };
}

const ROUNDINGS = ['floor', 'round', 'ceil'] as const;

describe('a quiet org', () => {
  test.each(ROUNDINGS)('grid windows, reset by %s: at the bound, no 429', (rounding) => {
    const seen = worst({ rounding });
    expect(seen.makespanMs).toBeLessThan(boundMs(CALLS, LIMIT) + 100);
    expect(seen).toMatchObject({ windowRefusals: 0, undone: 0 });
  });

  test.each(ROUNDINGS)('a grid off the whole second, reset by %s', (rounding) => {
    for (const phaseMs of [137, 505, 3950]) {
      const seen = worst({ rounding, phaseMs });
      expect(seen.makespanMs).toBeLessThan(boundMs(CALLS, LIMIT) + 1000);
      expect(seen).toMatchObject({ windowRefusals: 0, undone: 0 });
    }
  });

  test.each(ROUNDINGS)('windows opened by the first call, reset by %s', (rounding) => {
    const seen = worst({ by: 'first-call', rounding });
    expect(seen.makespanMs).toBeLessThan(boundMs(CALLS, LIMIT) + 1600);
    expect(seen.windowRefusals).toBeLessThanOrEqual(1);
    expect(seen.undone).toBe(0);
  });

  test.each(ROUNDINGS)(
    '80 ms of latency, windows opened by the first call, reset by %s',
    (rounding) => {
      const seen = worst({ by: 'first-call', rounding, latencyMs: 80 }, 100, {
        starts: 60,
        expected: true,
      });
      expect(seen.makespanMs).toBeLessThan(boundMs(CALLS, LIMIT) + 1300);
      expect(seen).toMatchObject({ windowRefusals: 0, perWindow: LIMIT, undone: 0 });
    },
  );

  test.each(ROUNDINGS)('a window that the preview has opened, reset by %s', (rounding) => {
    const before = { agoMs: 380, calls: 4 };
    for (const [latencyMs, overMs] of [
      [0, 1000],
      [80, 1700],
    ] as const) {
      const seen = worst({ by: 'first-call', rounding, latencyMs, before }, 100, {
        starts: 40,
        expected: true,
      });
      expect(seen.makespanMs).toBeLessThan(boundMs(CALLS, LIMIT) - before.agoMs + overMs);
      expect(seen).toMatchObject({ windowRefusals: 0, undone: 0 });
    }
  });

  test.each(ROUNDINGS)('80 ms of latency, grid, reset by %s', (rounding) => {
    const seen = worst({ rounding, latencyMs: 80 });
    expect(seen.makespanMs).toBeLessThan(boundMs(CALLS, LIMIT) + 1300);
    expect(seen).toMatchObject({ windowRefusals: 0, undone: 0 });
  });

  test('400 ms of latency: the workers are the limit, not the windows', () => {
    const seen = worst({ latencyMs: 400 }, 100, { workers: 40 });
    expect(seen.makespanMs).toBeLessThan(boundMs(CALLS, LIMIT) + 3200);
    expect(seen).toMatchObject({ windowRefusals: 0, undone: 0 });
  });

  test.each([50, 75, 90, 100])('a share of %i percent is spent whole, and no more', (percent) => {
    for (const by of ['grid', 'first-call'] as const) {
      const seen = worst({ by, rounding: 'ceil' }, percent);
      expect(seen.makespanMs).toBeLessThan(boundMs(CALLS, percent) + 1600);
      expect(seen).toMatchObject({ windowRefusals: 0, perWindow: percent, undone: 0 });
    }
  });

  test.each([1, 2, 3])('with %i workers', (workers) => {
    const seen = worst({ by: 'first-call' }, 100, { workers });
    expect(seen.windowRefusals).toBeLessThanOrEqual(1);
    expect(seen.makespanMs).toBeLessThan(boundMs(CALLS, LIMIT) + 2500);
  });
});

describe('an org whose clock cannot be trusted', () => {
  test.each(['grid', 'first-call'] as const)(
    'sends no Date, windows by %s: near the bound',
    (by) => {
      for (const rounding of ROUNDINGS) {
        const distort = (observation: RateObservation) => ({
          ...observation,
          serverDateMs: undefined,
        });
        const seen = worst({ by, rounding, distort }, 100, { expected: true });
        expect(seen.makespanMs).toBeLessThan(boundMs(CALLS, LIMIT) + 1000);
        expect(seen.windowRefusals).toBe(0);
      }
    },
  );

  test.each([-180, 180])('sends a Date that is %i s off, beside a reset that is not', (offS) => {
    for (const by of ['grid', 'first-call'] as const) {
      const distort = (observation: RateObservation) => ({
        ...observation,
        serverDateMs: (observation.serverDateMs ?? 0) + offS * 1000,
      });
      const seen = worst({ by, distort }, 100, { expected: true });
      expect(seen.makespanMs).toBeLessThan(boundMs(CALLS, LIMIT) + 1000);
      expect(seen.windowRefusals).toBeLessThanOrEqual(1);
    }
  });

  test.each(['grid', 'first-call'] as const)(
    'turns its windows by a timer, late, by %s: one call meets the old window, not all',
    (by) => {
      for (const rounding of ROUNDINGS) {
        const seen = worst({ by, rounding, lateMs: 15 }, 100, { expected: true, starts: 30 });
        expect(seen.windowRefusals).toBeLessThanOrEqual(2);
      }
    },
  );
});

describe('a run that fills its last window to the brim', () => {
  test.each([200, 300])('%i calls, said beforehand: no window is added', (calls) => {
    for (let seed = 1; seed <= 8; seed += 1) {
      const run = simulate(
        {
          limit: LIMIT,
          windowMs: WINDOW_MS,
          by: 'grid',
          rounding: 'floor',
          latencyMs: 0,
          startsAtMs: EPOCH_MS + seed * 737.7,
        },
        { calls, workers: 10, seed, expected: true },
      );
      expect(run.makespanMs).toBeLessThan(boundMs(calls, LIMIT) + 200);
      expect(run.windowRefusals).toBe(0);
    }
  });
});

describe('a rival in the same windows', () => {
  test.each([20, 40, 60])('takes %i percent: few 429s', (rivalPercent) => {
    for (const by of ['grid', 'first-call'] as const) {
      for (const rounding of ROUNDINGS) {
        const seen = worst({ by, rounding, rivalPercent });
        expect(seen.windowRefusals).toBeLessThanOrEqual(4);
        expect(seen.undone).toBe(0);
        // What the rival leaves is used: a little over one window more than the least.
        expect(seen.makespanMs).toBeLessThan(boundMs(CALLS, LIMIT - rivalPercent) + WINDOW_MS);
      }
    }
  });
});

describe('rivals that come by chance', () => {
  test.each([
    [1, 0],
    [1, 80],
    [4, 80],
  ])('%i at once, %i ms of latency: few 429s', (rivalsAtOnce, latencyMs) => {
    for (const by of ['grid', 'first-call'] as const) {
      const rivals = { rivalPercent: 40, rivalsAtOnce };
      const seen = worst({ by, latencyMs, ...rivals }, 100, { starts: 20, expected: true });
      expect(seen.windowRefusals).toBeLessThanOrEqual(4);
      expect(seen.undone).toBe(0);
    }
  });
});

/** An org whose windows are no limit: only its slots are. */
const ROOMY: SimulatedOrg = {
  limit: 1_000_000,
  windowMs: 60_000,
  by: 'grid',
  rounding: 'floor',
  latencyMs: 0,
  startsAtMs: EPOCH_MS + 1234,
};

/** The least time for the calls where `slots` go at once, each `serviceMs` long, from a moment within a window. */
function slotBoundMs(calls: number, slots: number, serviceMs: number, intoMs: number): number {
  let left = calls;
  let atMs = 0;
  for (let endMs = WINDOW_MS - intoMs; ; endMs += WINDOW_MS) {
    const here = Math.min(LIMIT, Math.floor((slots * (endMs - atMs)) / serviceMs));
    if (here >= left) return atMs + Math.ceil(left / slots) * serviceMs;
    left -= here;
    atMs = endMs;
  }
}

describe('a concurrency limit', () => {
  test.each([1, 3, 8])('of %i under 16 workers: about the ideal time, few 429s', (slots) => {
    for (const seed of [1, 2, 3, 4]) {
      const calls = 100 * slots;
      const run = simulate({ ...ROOMY, serviceMs: 100, slots }, { calls, workers: 16, seed });
      expect(run.done).toBe(calls);
      expect(run.makespanMs).toBeLessThan(1.1 * (calls / slots) * 101.6);
      expect(run.slotRefusals).toBeLessThanOrEqual(8);
    }
  });

  test.each([
    [2, 80],
    [5, 80],
    [5, 40],
  ])(
    'of %i, %i ms each, inside windows: no window is lost to looking for it',
    (slots, serviceMs) => {
      for (let seed = 1; seed <= 12; seed += 1) {
        const intoMs = (seed * 407.3) % WINDOW_MS;
        const run = simulate(
          {
            limit: LIMIT,
            windowMs: WINDOW_MS,
            by: 'grid',
            rounding: 'floor',
            latencyMs: 0,
            serviceMs,
            slots,
            startsAtMs: EPOCH_MS + intoMs,
          },
          { calls: CALLS, workers: 10, seed, expected: true },
        );
        const boundMs = slotBoundMs(CALLS, slots, serviceMs + 1.6, intoMs);
        expect(run.done).toBe(CALLS);
        expect(run.windowRefusals).toBe(0);
        expect(run.makespanMs).toBeLessThan(boundMs + 1300);
        expect(run.slotRefusals).toBeLessThanOrEqual(9);
      }
    },
  );

  test('that nobody can see through, for a long run: it is tried ever more rarely', () => {
    const run = simulate({ ...ROOMY, serviceMs: 80, slots: 3 }, { calls: 20_000, workers: 16 });
    expect(run.makespanMs).toBeLessThan(1.05 * (20_000 / 3) * 81.6);
    // Nine minutes: once a minute in the end.
    expect(run.slotRefusals).toBeLessThanOrEqual(20);
  });

  test.each([30, 60, 100])(
    'others who take %i percent of the places: all are back soon after they leave',
    (percent) => {
      for (const untilMs of [3000, 20_000]) {
        for (let seed = 1; seed <= 4; seed += 1) {
          const run = simulate(
            { ...ROOMY, serviceMs: 80, crowd: { percent, untilMs } },
            { calls: 3000, workers: 10, seed },
          );
          expect(run.done).toBe(3000);
          // Ten workers start some 50 calls in 400 ms.
          const recovered = (fromMs: number) =>
            run.starts.filter((at) => at >= fromMs && at < fromMs + 400).length >= 40;
          const backMs = run.starts.find((at) => at >= untilMs && recovered(at)) ?? Infinity;
          expect(backMs - untilMs).toBeLessThan(4000);
        }
      }
    },
  );

  test('others who never leave: fewer calls go at once, and they go on', () => {
    const run = simulate(
      { ...ROOMY, serviceMs: 80, crowd: { percent: 30, untilMs: Infinity } },
      { calls: 300, workers: 10 },
    );
    expect(run.done).toBe(300);
    expect(run.makespanMs).toBeLessThan(60_000);
  });
});

describe('our own pace', () => {
  test('per minute: even, and never more in any minute', () => {
    const run = simulate(
      {
        limit: 1000,
        windowMs: 60_000,
        by: 'grid',
        rounding: 'floor',
        latencyMs: 20,
        startsAtMs: EPOCH_MS,
      },
      { calls: 200, workers: 10 },
      { perMinute: 60, perHour: 3000 },
    );
    for (const [index, at] of run.starts.entries()) {
      const later = run.starts[index + 60];
      if (later !== undefined) expect(later - at).toBeGreaterThanOrEqual(60_000);
    }
    // Neither limit adds to the other: the slower one (50 a minute) sets the pace.
    expect(run.makespanMs).toBeLessThan(200 * 1200 * 1.02);
  });
});

describe('hours of windows', () => {
  test.each(ROUNDINGS)(
    '400 ms of latency, windows opened by the first call, reset by %s: no 429',
    (rounding) => {
      for (const phaseMs of [0, 333, 555, 700]) {
        const startsAtMs = EPOCH_MS + phaseMs;
        const run = simulate(
          { limit: 50, windowMs: 60_000, by: 'first-call', rounding, latencyMs: 400, startsAtMs },
          { calls: 4000, workers: 10, expected: true },
          { ratePercent: 90 },
        );
        expect(run.windowRefusals).toBe(0);
        // One call may look for an opening that the header named too early.
        expect(Math.max(...run.perWindow)).toBeLessThanOrEqual(46);
      }
    },
  );

  test.each([
    [10_000, 600, 90],
    [20_000, 600, 50],
    [3000, 50, 100],
  ])('the estimate for %i calls at %i/min and %i %% agrees', (calls, limit, ratePercent) => {
    const run = simulate(
      {
        limit,
        windowMs: 60_000,
        by: 'first-call',
        rounding: 'ceil',
        latencyMs: 150,
        startsAtMs: EPOCH_MS + 555,
      },
      { calls, workers: 10 },
      { ratePercent },
    );
    const estimate = estimateMs({
      calls,
      limit,
      windowMs: 60_000,
      ratePercent,
      latencyMs: 150,
      concurrency: 10,
    });
    expect(run.done).toBe(calls);
    expect(run.windowRefusals).toBe(0);
    // A window may be lost where the calls fill the last one to the brim.
    expect(run.makespanMs / estimate).toBeGreaterThan(0.98);
    expect(run.makespanMs - estimate).toBeLessThan(60_000 + 0.01 * estimate);
  });
});
