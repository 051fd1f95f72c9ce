import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { closest } from '../../src/domain/closest.ts';
import { counted } from '../../src/domain/counted.ts';
import { formatDuration, parseDurationMs } from '../../src/domain/duration.ts';
import { neutralizeCell, restoreCell } from '../../src/domain/row/cell.ts';
import { shellWord } from '../../src/domain/shell-word.ts';

test('numbers and nouns agree', () => {
  expect([0, 1, 2, 4812].map((count) => counted(count, 'user'))).toEqual([
    '0 users',
    '1 user',
    '2 users',
    '4,812 users',
  ]);
});

test('a suggestion is close or there is none', () => {
  expect(closest('revoke-session', ['revoke-sessions', 'revoke-tokens'])).toBe('revoke-sessions');
  expect(closest('zzzzzz', ['csv', 'column'])).toBeUndefined();
});

describe('lengths of time', () => {
  test.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1.5s', 1500],
    ['5', undefined],
    ['5d', undefined],
    ['-5s', undefined],
    ['', undefined],
  ])('%s', (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms);
  });

  test.each([
    [400, '0.4 s'],
    [12_000, '12 s'],
    [60_000, '1 min'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 05 min'],
  ])('%d ms', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

test('a shell reads back exactly the word that was quoted', () => {
  expect(shellWord('reports/20261122T031502Z-k7m2')).toBe('reports/20261122T031502Z-k7m2');
  expect(shellWord("my run's dir")).toBe("'my run'\\''s dir'");
});

test('a cell that a spreadsheet would run is neutralized, and is restored exactly', () => {
  for (const evil of ['=1+1', '+1', '-1', '@x', '\tx', '\rx', "'=1"]) {
    expect(neutralizeCell(evil)).toMatch(/^'/);
    expect(restoreCell(neutralizeCell(evil))).toBe(evil);
  }
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("'", '=', '+', '-', '@', '\t', 'a', ' ') }),
      (text) => {
        expect(restoreCell(neutralizeCell(text))).toBe(text);
        expect(neutralizeCell(text)).not.toMatch(/^[=+\-@\t\r]/);
      },
    ),
  );
});
