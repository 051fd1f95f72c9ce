import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RateObservation } from '../../src/domain/org/pacing.ts';
import { Bucket } from '../../src/pacing/bucket.ts';
import { EPOCH_MS, simulate } from '../pacing/simulation.ts';

const anOrg = fc.record({
  limit: fc.integer({ min: 1, max: 120 }),
  windowMs: fc.constantFrom(2000, 5000, 60_000),
  by: fc.constantFrom('grid' as const, 'first-call' as const),
  rounding: fc.constantFrom('floor' as const, 'round' as const, 'ceil' as const),
  latencyMs: fc.integer({ min: 0, max: 400 }),
  startsAtMs: fc.integer({ min: EPOCH_MS, max: EPOCH_MS + 100_000 }),
});

describe('the calculator', () => {
  test('spends no more than its share of any true window of a quiet org, and finishes', async () => {
    await fc.assert(
      fc.asyncProperty(
        anOrg,
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 250 }),
        fc.integer(),
        async (org, ratePercent, workers, calls, seed) => {
          const run = await simulate(org, { calls, workers, seed }, { ratePercent });
          const share = Math.max(1, Math.floor((org.limit * ratePercent) / 100));
          expect(run.done).toBe(calls);
          expect(run.mostInFlight).toBeLessThanOrEqual(workers);
          expect(Math.max(...run.perWindow)).toBeLessThanOrEqual(org.limit);
          // One call may look ahead of an opening that the header named too early.
          const windows = run.perWindow.length;
          const over = run.perWindow.filter((count) => count > share);
          for (const count of over) expect(count).toBeLessThanOrEqual(share + 1);
          expect(over.length).toBeLessThanOrEqual(1 + windows / 10);
          expect(run.windowRefusals).toBeLessThanOrEqual(2 + windows / 10);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('never stops for good, whatever the headers say', async () => {
    const lies = fc.constantFrom(
      (seen: RateObservation) => seen,
      (seen: RateObservation) => ({
        ...seen,
        limit: undefined,
        remaining: undefined,
        resetMs: undefined,
      }),
      (seen: RateObservation) => ({ ...seen, resetMs: undefined }),
      (seen: RateObservation) => ({ ...seen, resetMs: 0 }),
      (seen: RateObservation) => ({ ...seen, resetMs: 9e15 }),
      (seen: RateObservation) => ({ ...seen, resetMs: Number.NaN }),
      (seen: RateObservation) => ({ ...seen, resetMs: (seen.resetMs ?? 0) - 30_000 }),
      (seen: RateObservation) => ({ ...seen, remaining: -5 }),
      (seen: RateObservation) => ({ ...seen, remaining: 1e9 }),
      (seen: RateObservation) => ({ ...seen, remaining: 0 }),
      (seen: RateObservation) => ({ ...seen, serverDateMs: undefined }),
      (seen: RateObservation) => ({ ...seen, serverDateMs: (seen.serverDateMs ?? 0) + 300_000 }),
      () => undefined,
    );
    await fc.assert(
      fc.asyncProperty(
        anOrg,
        fc.array(lies, { minLength: 1, maxLength: 12 }),
        fc.integer(),
        async (org, kinds, seed) => {
          const calls = 60;
          const distort = (seen: RateObservation, call: number) =>
            kinds[call % kinds.length]?.(seen);
          const run = await simulate({ ...org, distort }, { calls, workers: 5, seed });
          expect(run.done).toBe(calls);
          // At worst one call per two documented windows gets through.
          expect(run.makespanMs).toBeLessThan(calls * 120_000);
        },
      ),
      { numRuns: 80 },
    );
  });

  test('answers out of order never allow more than the org has left', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 5, max: 50 }),
        fc.array(fc.nat(1000), { minLength: 5, maxLength: 60 }),
        (limit, picks) => {
          const bucket = new Bucket('w', { ratePercent: 100, windowMs: 60_000 });
          let used = 0;
          let nowMs = 1000;
          const open: { call: ReturnType<Bucket['started']>; remaining: number }[] = [];
          for (const pick of picks) {
            nowMs += 1 + (pick % 7);
            const { calls } = bucket.room(nowMs);
            // Only answered calls and those in flight have been spent, so this is the whole promise.
            expect(calls + used).toBeLessThanOrEqual(Math.max(limit, used + 1));
            if (calls > 0 && (pick % 2 === 0 || open.length === 0)) {
              used += 1;
              open.push({ call: bucket.started(nowMs), remaining: limit - used });
            } else if (open.length > 0) {
              const [answered] = open.splice(pick % open.length, 1);
              if (answered === undefined) continue;
              const resetMs = EPOCH_MS + 60_000;
              bucket.answered(
                answered.call,
                {
                  status: 200,
                  limit,
                  remaining: answered.remaining,
                  resetMs,
                  serverDateMs: EPOCH_MS,
                },
                { monotonicMs: nowMs, wallMs: EPOCH_MS + nowMs, serverMs: EPOCH_MS },
              );
            }
          }
          expect(used).toBeLessThanOrEqual(limit);
        },
      ),
      { numRuns: 150 },
    );
  });
});
