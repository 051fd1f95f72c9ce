import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { SearchSize, type Portion } from '../../src/plan/lookup/search-size.ts';
import type { SearchTerm } from '../../src/plan/lookup/search-term.ts';

const termsOf = (...chars: readonly number[]) => chars.map(term);
const term = (chars: number) => ({ chars }) as SearchTerm;
const portionOf = (chars: number, full = true): Portion => ({ count: 1, chars, full });

/** Whether a second term of the search fits, if the first has this many characters and both together that many. */
const fitsBeside = (size: SearchSize, first: number, both: number) =>
  size.fits(1, first, term(both - first));

describe('before anything was refused', () => {
  test('a search has the most terms, however long', () => {
    const size = new SearchSize(3);
    expect(size.settled).toBe(false);
    const terms = termsOf(10, 20, 5000, 40, 50);
    expect(size.portion(terms, 0)).toEqual({ count: 3, chars: 5030, full: true });
    expect(size.portion(terms, 3)).toEqual({ count: 2, chars: 90, full: false });
    expect(size.portion(terms, 2)).toEqual({ count: 3, chars: 5090, full: true });
    expect(size.portion(terms, 5)).toEqual({ count: 0, chars: 0, full: false });
  });

  test('the first accepted one, full or not, says that nothing need be learned', () => {
    for (const full of [true, false]) {
      const size = new SearchSize(100);
      size.take(portionOf(10, full));
      expect(size.settled).toBe(true);
    }
  });
});

describe('after a refusal', () => {
  test('half of it is tried, then half of what is left, up or down', () => {
    const size = new SearchSize(100);
    size.refuseLength(portionOf(1000));
    expect([fitsBeside(size, 100, 500), fitsBeside(size, 100, 501)]).toEqual([true, false]);
    size.take(portionOf(500));
    expect([fitsBeside(size, 100, 750), fitsBeside(size, 100, 751)]).toEqual([true, false]);
    size.refuseLength(portionOf(700));
    expect([fitsBeside(size, 100, 600), fitsBeside(size, 100, 601)]).toEqual([true, false]);
    expect(size.settled).toBe(false);
  });

  test('half of an odd number is rounded down', () => {
    const size = new SearchSize(100);
    size.refuseLength(portionOf(1001));
    expect([fitsBeside(size, 100, 500), fitsBeside(size, 100, 501)]).toEqual([true, false]);
    size.take(portionOf(400));
    size.refuseLength(portionOf(301));
    expect([fitsBeside(size, 100, 150), fitsBeside(size, 100, 151)]).toEqual([true, false]);
  });

  test('a term by itself always fits, whatever its length', () => {
    const size = new SearchSize(100);
    size.refuseLength(portionOf(100));
    expect(size.fits(0, 0, term(9000))).toBe(true);
    expect(size.portion(termsOf(9000, 1), 0)).toEqual({ count: 1, chars: 9000, full: true });
  });

  test.each([
    [1048, true],
    [1049, false],
  ])('accepted at 1,000 and refused at %d characters, it is settled: %s', (refused, settled) => {
    const size = new SearchSize(100);
    size.refuseLength(portionOf(refused));
    size.take(portionOf(1000));
    expect(size.settled).toBe(settled);
    const most = settled ? 1000 : Math.floor((1000 + refused) / 2);
    expect([fitsBeside(size, 1, most), fitsBeside(size, 1, most + 1)]).toEqual([true, false]);
  });

  test('a full search that is no longer than an accepted one settles it; a short one at the end does not', () => {
    const size = new SearchSize(100);
    size.refuseLength(portionOf(2000));
    size.take(portionOf(900));
    size.take(portionOf(100, false));
    expect(size.settled).toBe(false);
    size.take(portionOf(900));
    expect(size.settled).toBe(true);
    expect([fitsBeside(size, 1, 1450), fitsBeside(size, 1, 1451)]).toEqual([true, false]);
  });

  test('an answer that contradicts it counts more: what is accepted at that length has no limit', () => {
    for (const accepted of [400, 500]) {
      const size = new SearchSize(100);
      size.refuseLength(portionOf(400));
      size.take(portionOf(399, false));
      size.take(portionOf(accepted));
      expect(fitsBeside(size, 1, 100_000)).toBe(true);
    }
    for (const refused of [400, 300]) {
      const size = new SearchSize(100);
      size.take(portionOf(400));
      size.refuseLength(portionOf(refused));
      expect(size.settled).toBe(false);
      const half = refused / 2;
      expect([fitsBeside(size, 1, half), fitsBeside(size, 1, half + 1)]).toEqual([true, false]);
    }
  });
});

test('fewer terms are learned once, never more, and one at least', () => {
  const size = new SearchSize(10);
  const terms = termsOf(...Array.from({ length: 20 }, () => 5));
  const countAfter = (most: number) => {
    size.refuseCount(most);
    return size.portion(terms, 0).count;
  };
  expect([countAfter(4), countAfter(7), countAfter(0)]).toEqual([4, 4, 1]);
});

test('any limit is found in few searches, and closely', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 200, max: 9000 }),
      fc.array(fc.integer({ min: 30, max: 90 }), { minLength: 300, maxLength: 300 }),
      (limit, lengths) => {
        const size = new SearchSize(100);
        const terms = termsOf(...lengths);
        let searches = 0;
        while (!size.settled && searches < 20) {
          const portion = size.portion(terms, 0);
          if (portion.chars > limit) size.refuseLength(portion);
          else size.take(portion);
          searches += 1;
        }
        expect(searches).toBeLessThanOrEqual(12);
        const { chars, count } = size.portion(terms, 0);
        expect(chars).toBeLessThanOrEqual(limit);
        // The search ends early if the next term, of 90 characters at most, does not fit in half of what is uncertain.
        expect(count === 100 || limit - chars <= 2 * 90).toBe(true);
      },
    ),
    { numRuns: 100 },
  );
});
