import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { observeDate } from '../../src/okta/pacing-clock.ts';
import type { ServerClock } from '../../src/okta/pacing-clock.ts';
import { newOwnPace, ownStarted, ownStarts } from '../../src/okta/pacing-rate.ts';
import type { RateObservation } from '../../src/okta/pacing.ts';
import { newSlots, slotsAnswered, slotsRefused } from '../../src/okta/pacing-slots.ts';
import { advance } from '../../src/okta/window.ts';
import { planStarts } from '../../src/okta/window-plan.ts';
import { newBucket } from '../../src/okta/window-state.ts';
import { EPOCH_MS, seeded, simulate } from '../okta/pacing-simulation.ts';

const anOrg = fc.record({
  limit: fc.integer({ min: 1, max: 120 }),
  windowMs: fc.constantFrom(1000, 2000, 5000, 60_000),
  by: fc.constantFrom('grid' as const, 'first-call' as const),
  rounding: fc.constantFrom('floor' as const, 'round' as const, 'ceil' as const),
  latencyMs: fc.integer({ min: 0, max: 400 }),
  startsAtMs: fc.integer({ min: EPOCH_MS, max: EPOCH_MS + 100_000 }),
});

describe('the calculator', () => {
  test('spends no more than its share of any true window of a quiet org, and finishes', () => {
    fc.assert(
      fc.property(
        anOrg,
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 250 }),
        fc.integer(),
        (org, ratePercent, workers, calls, seed) => {
          const run = simulate(org, { calls, workers, seed }, { ratePercent });
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

  test('never stalls, whatever the headers say', () => {
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
    fc.assert(
      fc.property(
        anOrg,
        fc.array(lies, { minLength: 1, maxLength: 12 }),
        fc.integer(),
        (org, kinds, seed) => {
          const calls = 60;
          const distort = (seen: RateObservation, call: number) =>
            kinds[call % kinds.length]?.(seen);
          const run = simulate({ ...org, distort }, { calls, workers: 5, seed });
          expect(run.done).toBe(calls);
          // At worst one call per two documented windows gets through.
          expect(run.makespanMs).toBeLessThan(calls * 120_000);
        },
      ),
      { numRuns: 80 },
    );
  });

  test('answers out of order never raise what may start above what the org has left', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 5, max: 50 }),
        fc.array(fc.nat(1000), { minLength: 5, maxLength: 60 }),
        (limit, picks) => {
          const rules = { ratePercent: 100, windowMs: 60_000 };
          const clock: ServerClock = {
            loMs: EPOCH_MS,
            hiMs: EPOCH_MS + 5,
            seenMs: 0,
            doubts: 0,
            epoch: 0,
          };
          let state = newBucket();
          let used = 0;
          let nowMs = 1000;
          const open: { sentMs: number; remaining: number }[] = [];
          for (const pick of picks) {
            nowMs += 1 + (pick % 7);
            const plan = planStarts(state, { nowMs, waiting: 10, left: undefined }, rules, clock);
            // Only answered calls and those in flight have been spent, so this is the whole promise.
            expect(Math.min(plan.start, 1e9) + used).toBeLessThanOrEqual(Math.max(limit, used + 1));
            if (plan.start > 0 && (pick % 2 === 0 || open.length === 0)) {
              state = advance(
                state,
                { kind: 'started', nowMs, waiting: 10, ahead: plan.ahead },
                rules,
              );
              used += 1;
              open.push({ sentMs: nowMs, remaining: limit - used });
            } else if (open.length > 0) {
              const [call] = open.splice(pick % open.length, 1);
              if (call === undefined) continue;
              const observation = {
                status: 200,
                limit,
                remaining: call.remaining,
                resetMs: EPOCH_MS + 60_000,
                serverDateMs: EPOCH_MS + 1000,
              };
              state = advance(
                state,
                { kind: 'answered', nowMs, sentMs: call.sentMs, observation, clock },
                rules,
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

describe('the server clock', () => {
  test('its bounds hold the truth, and close in', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), fc.integer(), (offset, seed) => {
        const random = seeded(seed);
        const truth = EPOCH_MS + offset / 7;
        let clock: ServerClock | undefined;
        let nowMs = 50;
        for (let call = 0; call < 100; call += 1) {
          const sentMs = nowMs;
          const there = random() * 60;
          const back = random() * 60;
          const dateMs = Math.floor((sentMs + there + truth) / 1000) * 1000;
          nowMs = sentMs + there + back;
          clock = observeDate(clock, { sentMs, receivedMs: nowMs, dateMs });
          expect(clock.loMs).toBeLessThanOrEqual(truth + 1e-6);
          expect(clock.hiMs).toBeGreaterThanOrEqual(truth - 1e-6);
          nowMs += random() * 200;
        }
        expect((clock?.hiMs ?? Infinity) - (clock?.loMs ?? 0)).toBeLessThan(200);
      }),
      { numRuns: 60 },
    );
  });

  test('survives one wrong Date, and follows a clock that has jumped', () => {
    const at = (ms: number) => ({ sentMs: ms, receivedMs: ms + 10, dateMs: EPOCH_MS + ms });
    const known = observeDate(undefined, at(1000));
    const lied = observeDate(known, { ...at(2000), dateMs: EPOCH_MS - 3_600_000 });
    expect(lied.loMs).toBe(known.loMs);
    const jump = (ms: number) => ({ ...at(ms), dateMs: EPOCH_MS + ms + 3_600_000 });
    const jumped = observeDate(observeDate(observeDate(lied, at(2500)), jump(3000)), jump(4000));
    expect(jumped.epoch).toBe(known.epoch + 1);
    expect(jumped.loMs + 4000).toBeGreaterThan(EPOCH_MS + 3_600_000);
  });
});

describe('our own pace', () => {
  test('no minute and no hour ever holds more than its number', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 200 }),
        (perMinute, gaps) => {
          let pace = newOwnPace({ perMinute });
          let nowMs = 0;
          const starts: number[] = [];
          for (const gap of gaps) {
            nowMs += gap % 3 === 0 ? 0 : gap;
            const { start, nextAtMs } = ownStarts(pace, nowMs);
            if (start <= 0) nowMs = nextAtMs;
            expect(ownStarts(pace, nowMs).start).toBeGreaterThan(0);
            pace = ownStarted(pace, nowMs);
            starts.push(nowMs);
          }
          starts.forEach((from, index) => {
            const later = starts[index + perMinute];
            if (later !== undefined) expect(later - from).toBeGreaterThanOrEqual(60_000 - 0.01);
          });
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('the slots', () => {
  test('stay between one and the most, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 64 }),
        fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 64 }), fc.nat(5000)), {
          maxLength: 200,
        }),
        (most, answers) => {
          let slots = newSlots(most);
          let nowMs = 0;
          for (const [refused, rank, gap] of answers) {
            nowMs += gap;
            slots = refused
              ? slotsRefused(slots, rank, nowMs, () => 0.5)
              : slotsAnswered(slots, rank, nowMs);
            expect(slots.cap).toBeGreaterThanOrEqual(1);
            expect(slots.cap).toBeLessThanOrEqual(most);
            expect(slots.closedUntilMs - nowMs).toBeLessThanOrEqual(2500);
          }
          // After a calm every slot is found again.
          for (let calm = 0; calm < 10_000; calm += 1) {
            nowMs += 100;
            slots = slotsAnswered(slots, slots.cap, nowMs);
          }
          expect(slots.cap).toBe(most);
        },
      ),
      { numRuns: 60 },
    );
  });
});
