import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Slots } from '../../src/pacing/slots.ts';
import { EPOCH_MS, simulate } from './simulation.ts';
import type { SimulatedOrg } from './simulation.ts';

/** An org whose windows do not limit anything: only its slots do. */
const ROOMY: SimulatedOrg = {
  limit: 1_000_000,
  windowMs: 60_000,
  by: 'grid',
  rounding: 'floor',
  latencyMs: 0,
  startsAtMs: EPOCH_MS + 1234,
};

describe('a concurrency limit', () => {
  test.each([1, 3, 8])('of %i under 16 workers: about the ideal time, few 429s', async (slots) => {
    for (const seed of [1, 2, 3, 4]) {
      const calls = 100 * slots;
      const run = await simulate({ ...ROOMY, serviceMs: 100, slots }, { calls, workers: 16, seed });
      expect(run.done).toBe(calls);
      expect(run.makespanMs).toBeLessThan(1.1 * (calls / slots) * 101.6);
      expect(run.slotRefusals).toBeLessThanOrEqual(8);
      expect(run.windowRefusals).toBe(0);
    }
  });

  test('that nobody can predict, for a long run: it is tried less and less often', async () => {
    const org = { ...ROOMY, serviceMs: 80, slots: 3 };
    const run = await simulate(org, { calls: 10_000, workers: 16 });
    expect(run.makespanMs).toBeLessThan(1.05 * (10_000 / 3) * 81.6);
    expect(run.slotRefusals).toBeLessThanOrEqual(15);
  });

  test.each([30, 60, 100])(
    'others who take %i percent of the slots: all are back soon after they leave',
    async (percent) => {
      for (const untilMs of [3000, 20_000]) {
        for (const seed of [1, 2]) {
          const run = await simulate(
            { ...ROOMY, serviceMs: 80, crowd: { percent, untilMs } },
            { calls: 3000, workers: 10, seed },
          );
          // Ten workers start some 50 calls in 400 ms.
          const recovered = (fromMs: number) =>
            run.starts.filter((at) => at >= fromMs && at < fromMs + 400).length >= 40;
          const backMs = run.starts.find((at) => at >= untilMs && recovered(at)) ?? Infinity;
          expect(backMs - untilMs).toBeLessThan(4000);
        }
      }
    },
  );

  test('others who never leave: fewer calls start at once, and they continue', async () => {
    const org = { ...ROOMY, serviceMs: 80, crowd: { percent: 30, untilMs: Infinity } };
    const run = await simulate(org, { calls: 300, workers: 10 });
    expect(run.done).toBe(300);
    expect(run.makespanMs).toBeLessThan(60_000);
  });
});

test('the number of slots stays between one and the maximum, whatever comes, and returns to it after a calm', () => {
  const outcome = fc.tuple(fc.constantFrom('start', 'accepted', 'refused'), fc.nat(5000));
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 64 }),
      fc.array(outcome, { maxLength: 300 }),
      (most, outcomes) => {
        const slots = new Slots(most, () => 0.5);
        const ranks: number[] = [];
        let nowMs = 0;
        const end = (how: string) => {
          const rank = ranks.pop();
          if (rank === undefined) return;
          slots.end();
          if (how === 'refused') slots.refused(rank, nowMs);
          else slots.accepted(rank, nowMs);
        };
        const fill = () => {
          while (slots.isFree()) ranks.push(slots.start());
        };
        for (const [how, gapMs] of outcomes) {
          nowMs += gapMs;
          if (how !== 'start') end(how);
          else if (slots.isFree()) ranks.push(slots.start());
          expect(ranks.length).toBeLessThanOrEqual(most);
          expect(ranks.length > 0 || slots.isFree()).toBe(true);
          expect(slots.closedUntilMs - nowMs).toBeLessThanOrEqual(2500);
        }
        for (let calm = 0; calm < 10_000 && !slots.isWide(nowMs); calm += 1) {
          nowMs += 100;
          fill();
          end('accepted');
        }
        expect(slots.isWide(nowMs)).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});
