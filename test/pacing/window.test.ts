/** How close to an org's own limit a run comes, and how often it is refused: in virtual time, with windows of a minute. */
import { describe, expect, test } from '@jest/globals';
import type { RateObservation } from '../../src/domain/org/pacing.ts';
import type { PacingOptions } from '../../src/pacing/gate.ts';
import { EPOCH_MS, simulate } from './simulation.ts';
import type { SimulatedOrg, SimulatedRun } from './simulation.ts';

const LIMIT = 100;
const MINUTE_MS = 60_000;
const CALLS = 290;
/** How much longer than the org's limit requires a run can take. */
const OF_BOUND = 1.02;
const SECOND_MS = 1000;

interface Scene extends Partial<SimulatedOrg> {
  readonly workers?: number;
  readonly calls?: number;
  readonly runs?: number;
  readonly options?: Partial<PacingOptions>;
}

interface Seen extends SimulatedRun {
  /**
   * The least time for the calls: the first window is where it is, and the last call cannot come before the last window
   * opens.
   */
  readonly boundMs: number;
}

/** Runs that start at many phases of the second and of the window. */
async function runsOf({ workers = 10, calls = CALLS, runs = 5, options = {}, ...scene }: Scene) {
  const all: Seen[] = [];
  for (let index = 0; index < runs; index += 1) {
    const org: SimulatedOrg = {
      ...{ limit: LIMIT, windowMs: MINUTE_MS, by: 'grid', rounding: 'floor', latencyMs: 0 },
      startsAtMs: EPOCH_MS + index * (MINUTE_MS / 7 + 183.3),
      ...scene,
    };
    const run = await simulate(org, { calls, workers, seed: index + 1 }, options);
    const { windowMs, by, before, startsAtMs, phaseMs = 0, limit, rivalPercent = 0 } = org;
    const goneMs =
      by === 'grid' ? (startsAtMs - phaseMs + windowMs) % windowMs : (before?.agoMs ?? 0);
    const share = Math.floor((limit * (options.ratePercent ?? 100)) / 100);
    const perWindow = Math.min(share, (limit * (100 - rivalPercent)) / 100);
    const boundMs = (Math.ceil(calls / perWindow) - 1) * windowMs - goneMs;
    expect(run.done).toBe(calls);
    all.push({ ...run, boundMs });
  }
  return all;
}

const most = (runs: readonly Seen[], of: (run: Seen) => number) => Math.max(...runs.map(of));
const ofBound = (runs: readonly Seen[]) => most(runs, (run) => run.makespanMs / run.boundMs);
const refusals = (runs: readonly Seen[]) => most(runs, (run) => run.windowRefusals);
const overMs = (runs: readonly Seen[]) => most(runs, (run) => run.makespanMs - run.boundMs);

const ROUNDINGS = ['floor', 'round', 'ceil'] as const;
const KINDS = ['grid', 'first-call'] as const;

describe('a minute’s windows, without a call beyond the limit', () => {
  test.each(ROUNDINGS)('quiet, reset by %s', async (rounding) => {
    for (const by of KINDS) {
      const runs = await runsOf({ by, rounding });
      expect(ofBound(runs)).toBeLessThan(OF_BOUND);
      expect(refusals(runs)).toBe(0);
      expect(most(runs, (run) => run.pauses.length)).toBe(2);
    }
  });

  test.each(ROUNDINGS)('80 ms of latency, reset by %s', async (rounding) => {
    for (const by of KINDS) {
      const runs = await runsOf({ by, rounding, latencyMs: 80 });
      expect(ofBound(runs)).toBeLessThan(OF_BOUND);
      expect(refusals(runs)).toBe(0);
    }
  });

  test.each(ROUNDINGS)('a rival takes 40 percent, reset by %s', async (rounding) => {
    for (const by of KINDS) {
      const runs = await runsOf({ by, rounding, rivalPercent: 40 });
      expect(ofBound(runs)).toBeLessThan(OF_BOUND);
      expect(refusals(runs)).toBe(0);
    }
  });

  test.each(ROUNDINGS)('a window that an earlier process opened, reset by %s', async (rounding) => {
    const before = { agoMs: 380, calls: 4 };
    const runs = await runsOf({ by: 'first-call', rounding, before });
    expect(ofBound(runs)).toBeLessThan(OF_BOUND);
    expect(refusals(runs)).toBe(0);
  });

  test.each(ROUNDINGS)('a grid off the second, reset by %s: one 429 at most', async (rounding) => {
    for (const phaseMs of [137, 505, 950]) {
      const runs = await runsOf({ rounding, phaseMs, runs: 5 });
      expect(overMs(runs)).toBeLessThan(2 * SECOND_MS);
      expect(refusals(runs)).toBeLessThanOrEqual(1);
    }
  });

  test.each([50, 90])(
    'a share of %i percent is used completely, and no more',
    async (ratePercent) => {
      for (const by of KINDS) {
        const runs = await runsOf({ by, options: { ratePercent }, runs: 4 });
        expect(ofBound(runs)).toBeLessThan(OF_BOUND);
        expect(refusals(runs)).toBe(0);
        // A call can find out whether a window has ended whose beginning was not observed.
        expect(most(runs, (run) => Math.max(...run.perWindow))).toBeLessThanOrEqual(
          ratePercent + 1,
        );
      }
    },
  );

  test.each([1, 3])('with %i workers', async (workers) => {
    const runs = await runsOf({ by: 'first-call', workers, runs: 3 });
    expect(ofBound(runs)).toBeLessThan(OF_BOUND);
    expect(refusals(runs)).toBe(0);
  });

  test.each(KINDS)('600 calls a minute for ten minutes, windows by %s', async (by) => {
    const runs = await runsOf({ by, limit: 600, calls: 5900, latencyMs: 80, runs: 1 });
    expect(ofBound(runs)).toBeLessThan(OF_BOUND);
    expect(refusals(runs)).toBe(0);
  });
});

describe('shorter windows', () => {
  test.each([2000, 5000, 10_000])('of %i ms: one second per window, no 429', async (windowMs) => {
    for (const by of KINDS) {
      for (const rounding of ROUNDINGS) {
        const runs = await runsOf({ by, rounding, windowMs, runs: 4 });
        expect(overMs(runs)).toBeLessThan(3 * SECOND_MS);
        expect(refusals(runs)).toBe(0);
      }
    }
  });
});

describe('rivals that come at random', () => {
  test.each([1, 4])('%i at once: few 429s', async (rivalsAtOnce) => {
    for (const by of KINDS) {
      const runs = await runsOf({ by, latencyMs: 80, rivalPercent: 40, rivalsAtOnce });
      expect(refusals(runs)).toBeLessThanOrEqual(4);
      expect(ofBound(runs)).toBeLessThan(OF_BOUND);
    }
  });
});

describe('an org whose clock cannot be trusted', () => {
  const dated = (change: (dateMs: number, call: number) => number | undefined) => ({
    distort: (seen: RateObservation, call: number) => ({
      ...seen,
      serverDateMs: change(seen.serverDateMs ?? 0, call),
    }),
  });
  const CLOCKS = {
    'sends no Date': dated(() => undefined),
    'sends a Date that is 180 s behind, beside a reset that is not': dated((ms) => ms - 180_000),
    'sends a Date that is 180 s ahead, beside a reset that is not': dated((ms) => ms + 180_000),
    'sends a stale Date now and then': dated((ms, call) => (call % 5 === 0 ? ms - 30_000 : ms)),
    'turns its windows by a timer, late': { lateMs: 15 },
  };

  test.each(Object.entries(CLOCKS))('%s', async (_what, scene) => {
    for (const by of KINDS) {
      const runs = await runsOf({ by, ...scene });
      expect(ofBound(runs)).toBeLessThan(OF_BOUND);
      expect(refusals(runs)).toBeLessThanOrEqual(1);
    }
  });
});

describe('an org without rate headers', () => {
  const distort = ({ status, serverDateMs }: RateObservation): RateObservation => ({
    ...{ status, serverDateMs, limit: undefined, remaining: undefined, resetMs: undefined },
  });

  test('only 429s say when to wait: longer each time, and all workers together', async () => {
    const runs = await runsOf({ by: 'first-call', distort, runs: 3 });
    // Ten were in flight when each window closed, and six find out when it is over.
    expect(refusals(runs)).toBeLessThanOrEqual(2 * 16);
    expect(overMs(runs)).toBeLessThan(40 * SECOND_MS);
  });

  test('without a limit, every slot is used', async () => {
    const [run] = await runsOf({ limit: 1_000_000, latencyMs: 100, distort, runs: 1 });
    expect(run?.makespanMs).toBeLessThan((1.4 * CALLS * 100) / 10);
  });
});

describe('a 429 that says calls are left', () => {
  /** A limit on emails refuses now and then, while the numbers continue. */
  const brake = (every: number) => ({
    distort: (seen: RateObservation, call: number) =>
      call % every === 0 ? { ...seen, status: 429 } : seen,
  });

  test('does not close the bucket', async () => {
    const [run] = await runsOf({
      calls: 80,
      workers: 3,
      runs: 1,
      startsAtMs: EPOCH_MS,
      ...brake(4),
    });
    expect(run?.pauses).toEqual([]);
  });

  test('is believed when it comes three times in a row', async () => {
    const [run] = await runsOf({ calls: 20, runs: 1, startsAtMs: EPOCH_MS, ...brake(1) });
    expect(run?.pauses).not.toEqual([]);
  });
});
