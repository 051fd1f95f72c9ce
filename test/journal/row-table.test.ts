import { expect, test } from '@jest/globals';
import { RowTable } from '../../src/journal/row-table.ts';

test.each([1, 2, 1023, 1024, 1025, 1026, 2048, 5000])(
  'a table of %i rows has the first one and the last one, in whatever order they end',
  (rows) => {
    for (const order of [
      [1, rows],
      [rows, 1],
    ]) {
      const table = new RowTable(rows);
      for (const row of order) {
        expect(table.has(row)).toBe(true);
        table.set(row, 'failed', row * 100);
      }
      for (const row of order)
        expect([table.state(row), table.offset(row)]).toEqual(['failed', row * 100]);
      expect([table.has(0), table.has(rows + 1)]).toEqual([false, false]);
      expect([table.state(rows + 1), table.offset(rows + 1)]).toEqual(['untouched', undefined]);
    }
  },
);

test('a table that grows keeps what it has', () => {
  const table = new RowTable(5000);
  for (let row = 1; row <= 5000; row += 7)
    table.set(row, row % 2 === 0 ? 'succeeded' : 'open', row);
  for (let row = 1; row <= 5000; row += 1) {
    const isSet = row % 7 === 1;
    const state = !isSet ? 'untouched' : row % 2 === 0 ? 'succeeded' : 'open';
    expect([row, table.state(row)]).toEqual([row, state]);
    expect(table.offset(row)).toBe(state === 'succeeded' ? row : undefined);
  }
});
