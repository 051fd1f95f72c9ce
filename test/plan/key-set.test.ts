import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { hashKey } from '../../src/plan/verdicts/key-hash.ts';
import { KeySet } from '../../src/plan/verdicts/key-set.ts';
import { range, userId } from './fake-org.ts';

test('it is a set', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 3 }), { maxLength: 1500 }), (texts) => {
      const set = new KeySet();
      const model = new Set<string>();
      const wrong = texts.filter((text) => {
        const known = model.has(text);
        model.add(text);
        return set.has(text) !== known || set.add(text) === known || !set.has(text);
      });
      expect(wrong).toEqual([]);
      expect(set.size).toBe(model.size);
    }),
    { numRuns: 15 },
  );
});

test('no text is lost and none appears however often the set grows', () => {
  const set = new KeySet();
  const wrong: number[] = [];
  for (let n = 0; n < 5_000; n += 1) {
    if (!set.add(userId(n))) wrong.push(n);
    // Right after each growth, and at some other sizes.
    if (![768, 1_536, 3_072].includes(n) && n % 997 !== 0) continue;
    for (let other = 0; other < 5_000; other += 1)
      if (set.has(userId(other)) !== other <= n) wrong.push(other);
  }
  for (let n = 0; n < 5_000; n += 1) if (set.add(userId(n))) wrong.push(n);
  expect(wrong).toEqual([]);
  expect(set.size).toBe(5_000);
});

// The texts were searched for: after a change of the hash, others have a half that is 0.
test.each([
  ['user 2467559983', 0],
  ['user 2578532034', 1],
])('%p, of whose hash half %i is 0, is a text like any other', (text, half) => {
  const hash = new Uint32Array(2);
  hashKey(text, hash);
  expect(hash[half]).toBe(0);
  expect(hash[1 - half]).toBeGreaterThan(1);
  const set = new KeySet();
  expect([set.has(text), set.add(text), set.has(text), set.add(text)]).toEqual([
    false,
    true,
    true,
    false,
  ]);
  const other = range(1, 2_000).map(userId);
  for (const id of other) set.add(id);
  expect([set.has(text), set.add(text), set.size]).toEqual([true, false, 2_001]);
});

test('ids that differ by little do not collide, in any order of characters', () => {
  const set = new KeySet();
  let added = 0;
  for (let n = 0; n < 50_000; n += 1) {
    const id = userId(n);
    const turned = Array.from(id).reverse().join('');
    if (set.add(id)) added += 1;
    if (set.add(turned)) added += 1;
  }
  expect(added).toBe(100_000);
});

test('both halves of the hash count: no two of 200,000 ids have the same', () => {
  // If only one half of 32 bits counted, some pairs would be the same. 53 bits are compared, as a number holds them.
  const hash = new Uint32Array(2);
  const seen = new Float64Array(200_000);
  let random = 7;
  const next = () => (random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0);
  for (let n = 0; n < seen.length; n += 1) {
    hashKey(`00u${next().toString(36)}${next().toString(36)}`, hash);
    seen[n] = hash[0]! * 2 ** 21 + (hash[1]! >>> 11);
  }
  seen.sort();
  expect(seen.filter((one, at) => one === seen[at + 1])).toHaveLength(0);
});

test('each half of the hash spreads evenly, so that both together collide as rarely as promised', () => {
  // 2¹⁴ keys in 2¹⁴ places leave 36.8 % of the places empty by chance; a weak hash leaves far more or far fewer.
  const places = 1 << 14;
  const hash = new Uint32Array(2);
  for (const lane of [0, 1]) {
    for (const shift of [0, 9, 18]) {
      const taken = new Uint8Array(places);
      for (let n = 0; n < places; n += 1) {
        hashKey(userId(n * 7919), hash);
        taken[(hash[lane]! >>> shift) & (places - 1)] = 1;
      }
      const reached = taken.reduce((sum, one) => sum + one, 0) / places;
      expect(reached).toBeGreaterThan(0.615);
      expect(reached).toBeLessThan(0.649);
    }
  }
});
