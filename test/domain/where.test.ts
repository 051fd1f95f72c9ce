import { describe, expect, test } from '@jest/globals';
import { parseWhere } from '../../src/domain/row/where.ts';

const readings = (text: string) =>
  parseWhere(text)?.readings.map(({ column, test: { kind } }) => `${column} ${kind}`);

describe('a condition', () => {
  test('with `in` between spaces has its column and its values', () => {
    expect(parseWhere('Dept \t IN   a, b ,c ')?.readings).toEqual([
      { column: 'Dept', test: { kind: 'one-of', values: ['a', 'b', 'c'] } },
    ]);
    expect(readings('Signed in in a,b')).toEqual(['Signed one-of', 'Signed in one-of']);
    expect(readings('begin=1')).toEqual(['begin is']);
    expect(readings(' in a')).toBeUndefined();
  });

  test.each([
    ['blanks', ' '.repeat(200_000)],
    ['blanks before `in`', `a${' \t'.repeat(100_000)}in`],
    ['many an `in`', 'a in ,'.repeat(30_000)],
    ['many a sign', 'a=~!='.repeat(30_000)],
  ])('that was made to take long, of %s, is parsed at once', (_, text) => {
    expect((parseWhere(text)?.readings ?? []).length).toBeLessThanOrEqual(100);
  });
});
