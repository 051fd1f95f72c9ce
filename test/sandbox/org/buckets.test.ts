import { describe, expect, test } from '@jest/globals';
import { DEFAULT_LIMITS, RateLimits, type LimitRules } from '../../../src/sandbox/org/buckets.ts';
import { Column } from '../../../src/sandbox/org/column.ts';

const RULES: LimitRules = {
  limits: { ...DEFAULT_LIMITS, users: 4 },
  windowMs: 10_000,
  windowStart: 'first-call',
  resetRounding: 'floor',
  tokenShare: 0.5,
  rivalShare: 0,
};

/** What each call gets: how much is left, or why it is refused (`-`: as before in this window). */
function calls(rules: Partial<LimitRules>, made: readonly (readonly [string, number])[]) {
  const limits = new RateLimits({ ...RULES, ...rules }, 1_000_500);
  return made.map(([who, atMs]) => {
    const { admitted, remaining, violated, limit } = limits.admit(who, 'users', atMs);
    expect(limit).toBe(rules.limits === 'off' ? 1_000_000 : 4);
    return admitted ? remaining : (violated ?? '-');
  });
}
const times = (who: string, count: number, atMs: number) =>
  Array.from({ length: count }, () => [who, atMs] as const);

describe('a window', () => {
  test('is of one credential, in the org’s, which is wider; a refusal is told once', () => {
    const made = [...times('a', 6, 2_000_000), ...times('b', 4, 2_000_000)];
    expect(calls({}, [...made, ...times('c', 2, 2_000_000), ...times('a', 1, 2_000_001)])).toEqual([
      ...[3, 2, 1, 0, 'token', '-', 3, 2, 1, 0, 'org', '-', '-'],
    ]);
  });

  test('of the org can be the narrower one', () => {
    const made = [...times('a', 3, 2_000_000), ...times('b', 3, 2_000_000)];
    expect(calls({ tokenShare: 0.8 }, made)).toEqual([3, 2, 1, 1, 0, 'org']);
    expect(calls({ tokenShare: 2 }, made)).toEqual([3, 2, 1, 0, 'org', '-']);
  });

  test('ends after its length, and then everything is new', () => {
    const full = times('a', 5, 2_000_000);
    expect(calls({}, [...full, ['a', 2_009_999], ['a', 2_010_000], ...full.slice(1)])).toEqual([
      ...[3, 2, 1, 0, 'token', '-', 3, 3, 2, 1, 0],
    ]);
  });

  test.each([
    ['first-call', 'floor', 2_000_700, 2010],
    ['first-call', 'ceil', 2_000_700, 2011],
    ['grid', 'floor', 2_000_700, 2010],
    ['grid', 'floor', 2_009_999, 2010],
    ['grid', 'floor', 2_010_000, 2020],
    ['grid', 'ceil', 1_000_000, 1010],
    ['grid', 'ceil', 995_000, 1000],
  ] as const)(
    'that starts by %s, with its end %s: %d ends at %d s',
    (windowStart, resetRounding, atMs, endS) => {
      const limits = new RateLimits({ ...RULES, windowStart, resetRounding }, 1_000_500);
      expect(limits.admit('a', 'users', atMs).resetS).toBe(endS);
    },
  );

  test('is shared with a rival, evenly over its time', () => {
    const made = [0, 4999, 5000, 9999].map((ms) => ['a', 2_000_000 + ms] as const);
    expect(calls({ rivalShare: 0.5 }, made)).toEqual([3, 2, 0, 'token']);
  });

  test('that is off refuses nothing', () => {
    const made = [...times('a', 20, 2_000_000), ['a', 2_009_999] as const];
    const left = made.map((_, at) => 999_999 - at);
    expect(calls({ limits: 'off', rivalShare: 1, tokenShare: 1 }, made)).toEqual(left);
  });
});

test.each([
  [Uint8Array, 255],
  [Uint32Array, 0xffff_ffff],
  [Float64Array, 1_772_366_400_250],
])('a column keeps what was pushed (%#)', (kind, most) => {
  const column = new Column(kind);
  const pushed = Array.from({ length: 3000 }, (_, at) => most - (at % 200));
  for (const value of pushed) column.push(value);
  expect(column.length).toBe(3000);
  expect(pushed.map((_, at) => column.at(at))).toEqual(pushed);
  expect(column.at(3000)).toBe(0);
});
