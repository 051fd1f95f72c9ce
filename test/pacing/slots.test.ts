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

describe('step by step', () => {
  /** Slots without chance: a rest lasts as long as it is stated. */
  function script(most = 8) {
    const slots = new Slots(most, () => 0.5);
    const fill = () => {
      let rank = 0;
      while (slots.isFree()) rank = slots.start();
      return rank;
    };
    /** How many calls can be in flight; none is left in flight. */
    const cap = () => {
      const rank = fill();
      for (let call = 0; call < rank; call += 1) slots.end();
      return rank;
    };
    /** One call with the highest rank, and the end of all of them. */
    const full = (how: 'accepted' | 'refused', nowMs: number) => {
      const rank = fill();
      slots.end();
      slots[how](rank, nowMs);
      for (let call = 1; call < rank; call += 1) slots.end();
    };
    const accept = (times: number, nowMs: number) => {
      for (let call = 0; call < times; call += 1) full('accepted', nowMs);
    };
    return { slots, cap, full, accept };
  }

  test('two accepted calls add a slot until the first refusal, up to the maximum', () => {
    const { cap, accept } = script();
    const caps = Array.from({ length: 10 }, () => {
      accept(1, 0);
      return cap();
    });
    expect(caps).toEqual([4, 5, 5, 6, 6, 7, 7, 8, 8, 8]);
  });

  test('a refusal takes one away; a full pool of accepted calls after the rest adds it again', () => {
    const { cap, full, accept } = script();
    full('refused', 1000);
    expect(cap()).toBe(3);
    accept(5, 1499);
    expect(cap()).toBe(3);
    accept(1, 1500);
    expect(cap()).toBe(4);
    accept(3, 1500);
    expect(cap()).toBe(4);
    accept(1, 1500);
    expect(cap()).toBe(5);
  });

  test('the rest grows while the same slot is refused at once, and not after it was accepted', () => {
    const { cap, full, accept } = script();
    const restMs = (fromMs: number) => {
      let calls = 0;
      for (; cap() < 4; calls += 1) accept(1, fromMs + Math.floor(calls / 3) * 100);
      return Math.floor((calls - 1) / 3) * 100;
    };
    let nowMs = 1000;
    const rests = Array.from({ length: 5 }, () => {
      full('refused', nowMs);
      const ms = restMs(nowMs);
      nowMs += ms;
      return ms;
    });
    expect(rests).toEqual([500, 2000, 8000, 32_000, 60_000]);
    // Four of them add a fifth slot; that one is refused for the first time, and the fourth one after it.
    accept(4, nowMs);
    expect(cap()).toBe(5);
    full('refused', nowMs);
    full('refused', nowMs);
    expect([cap(), restMs(nowMs)]).toEqual([3, 500]);
  });

  test('a slot that has been accepted since is refused as for the first time', () => {
    const { slots, cap, full, accept } = script();
    full('refused', 1000);
    accept(3, 1500);
    accept(4, 1500);
    expect(cap()).toBe(5);
    // Of five, only four are in flight.
    const ranks = [1, 2, 3, 4].map(() => slots.start());
    slots.end();
    slots.refused(ranks[3] ?? 0, 2000);
    for (let call = 1; call < 4; call += 1) slots.end();
    expect(cap()).toBe(3);
    accept(3, 2499);
    expect(cap()).toBe(3);
    accept(1, 2500);
    expect(cap()).toBe(4);
  });

  test.each([
    [0, 375],
    [0.5, 500],
    [1, 625],
  ])('a rest is longer or shorter by chance: %d makes it %i ms', (chance, restMs) => {
    const slots = new Slots(2, () => chance);
    slots.start();
    slots.start();
    slots.end();
    slots.refused(2, 0);
    slots.accepted(1, restMs - 1);
    expect(slots.isWide(restMs)).toBe(false);
    slots.accepted(1, restMs);
    expect(slots.isWide(restMs)).toBe(true);
  });

  test('all slots are open again when the time is over for which others have closed them', () => {
    const slots = new Slots(1, () => 0.5);
    slots.start();
    slots.end();
    slots.refused(1, 0);
    expect([49, 50].map((nowMs) => slots.isWide(nowMs))).toEqual([false, true]);
  });

  test('calls that were accepted before a refusal do not count after it', () => {
    const { cap, full, accept } = script();
    accept(1, 0);
    full('refused', 1000);
    accept(2, 2000);
    expect(cap()).toBe(3);
    accept(1, 2000);
    expect(cap()).toBe(4);
  });

  test('the refusals of one burst are one', () => {
    const { slots, cap } = script();
    const ranks = [1, 2, 3, 4].map(() => slots.start());
    slots.end();
    slots.refused(ranks[3] ?? 0, 0);
    slots.end();
    slots.refused(ranks[2] ?? 0, 0);
    slots.end();
    slots.end();
    expect(cap()).toBe(2);
    const all = script();
    for (let call = 0; call < 4; call += 1) all.slots.start();
    for (let call = 0; call < 4; call += 1) {
      all.slots.end();
      all.slots.refused(4, 0);
    }
    expect(all.cap()).toBe(3);
  });

  test('others who use all of them: nothing starts for a time that doubles, with chance', () => {
    for (const [chance, factor] of [
      [0, 0.75],
      [0.5, 1],
      [1, 1.25],
    ] as const) {
      const slots = new Slots(8, () => chance);
      const closed = Array.from({ length: 8 }, () => {
        slots.start();
        slots.end();
        slots.refused(1, 0);
        return slots.closedUntilMs / factor;
      });
      expect(closed).toEqual([-Infinity, 50, 100, 200, 400, 800, 1600, 2000].slice(1).concat(2000));
      slots.accepted(slots.start(), 0);
      slots.end();
      slots.refused(1, 0);
      expect(slots.closedUntilMs / factor).toBe(50);
    }
  });
});
