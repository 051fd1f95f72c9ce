import { expect, test } from '@jest/globals';
import { RowRanges } from '../../src/domain/row/row-ranges.ts';

function ranges(...rows: readonly number[]): RowRanges {
  const all = new RowRanges();
  for (const row of rows) all.add(row);
  return all;
}

test.each([
  ['one row', [3], 10, 'row 3'],
  ['neighbours', [5, 6, 7], 10, 'rows 5–7'],
  ['rows in the order in which they ended', [1, 3, 2, 4, 9, 5], 10, 'rows 1–5, 9'],
  ['neighbours that come apart, after other rows', [10, 1, 5, 9], 10, 'rows 1, 5, 9–10'],
  ['rows from the last to the first', [4, 3, 2, 1], 10, 'rows 1–4'],
  ['more ranges than are shown', [9, 1, 2, 5], 2, 'rows 1–2, 5 and 1 more'],
] as const)('%s', (_name, rows, most, text) => {
  expect(ranges(...rows).text(most)).toBe(text);
  expect(ranges(...rows).count).toBe(rows.length);
});
