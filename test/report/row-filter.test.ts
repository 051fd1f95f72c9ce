import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { matchingRows, rowText, sortedPlaces } from '../../src/report/browser/row-filter.ts';
import type { PageRow } from '../../src/report/page/page-row.ts';

function pageRow(row: number, outcome: number, who: string, why = '', http = 0): PageRow {
  return [row, outcome, who, '', why, http, '', '', 1, '', '', 'users.csv:2', '', '', ['Oslo']];
}

const ROWS = [
  pageRow(1, 0, 'Zoë@acme.example'),
  pageRow(2, 2, 'adam@acme.example', 'E0000007', 404),
  pageRow(3, 2, 'Bea@other.example', 'E0000006', 403),
];
const TEXTS = ROWS.map(rowText);
const find = (filter: Partial<Parameters<typeof matchingRows>[2]>) =>
  matchingRows(ROWS, TEXTS, { words: [], outcomes: [], why: '', ...filter });

describe('filtering', () => {
  test('without a wish shows all', () => expect(find({})).toEqual([0, 1, 2]));
  test('needs every word, ignoring case', () => {
    expect(find({ words: ['acme'] })).toEqual([0, 1]);
    expect(find({ words: ['acme', 'e0000007'] })).toEqual([1]);
    expect(find({ words: ['zoë'] })).toEqual([0]);
    expect(find({ words: ['oslo'] })).toEqual([0, 1, 2]);
  });
  test('takes several outcomes and one code', () => {
    expect(find({ outcomes: [2] })).toEqual([1, 2]);
    expect(find({ outcomes: [0, 2], why: 'E0000006' })).toEqual([2]);
  });
});

describe('sorting', () => {
  test('orders text ignoring case, numbers by value, and both in reverse', () => {
    expect(sortedPlaces(ROWS, [0, 1, 2], 2, false)).toEqual([1, 2, 0]);
    expect(sortedPlaces(ROWS, [0, 1, 2], 5, false)).toEqual([0, 2, 1]);
    expect(sortedPlaces(ROWS, [0, 1, 2], 5, true)).toEqual([1, 2, 0]);
  });
  test('keeps equal rows in row order and loses none', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'B', 'b')), fc.boolean(), (names, descending) => {
        const rows = names.map((name, i) => pageRow(i + 1, 0, name));
        const places = sortedPlaces(
          rows,
          rows.map((_, i) => i),
          2,
          descending,
        );
        expect([...places].sort((a, b) => a - b)).toEqual(rows.map((_, i) => i));
        places.slice(1).forEach((place, i) => {
          const [one, other] = [rows[places[i]!]![2], rows[place]![2]].map((n) => n.toLowerCase());
          if (one === other) expect(places[i]).toBeLessThan(place);
        });
      }),
    );
  });
});
