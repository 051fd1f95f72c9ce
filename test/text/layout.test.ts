import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { alignColumns, fit, textWidth, wrap } from '../../src/text/layout.ts';
import { plain } from '../../src/text/safe.ts';

test('text from outside cannot control a terminal', () => {
  expect(plain('a\u001b[31mb\nc\u202ed\u0000')).toBe('a�[31mb�c�d�');
  expect(plain('\u009b2J \u2066x\u2069 \ufeff \ud800 \u{e0041}')).toBe('�2J �x� � � �');
  expect(plain('می\u200cخواهم 👩\u200d🚒')).toBe('می\u200cخواهم 👩\u200d🚒');
});

test('wide characters take two cells, combining ones none', () => {
  expect(['abc', '株式会社', 'e\u0301', '👩\u200d🚒'].map(textWidth)).toEqual([3, 8, 1, 2]);
});

test('what is cut fits its cells, and no character is cut in two', () => {
  expect(fit('abcdef', 4)).toBe('abc…');
  expect(fit('株式会社アクメ', 6)).toBe('株式…');
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      fc.integer({ min: 1, max: 20 }),
      (text, width) => {
        const cut = fit(text, width);
        expect(textWidth(cut)).toBeLessThanOrEqual(width);
        expect(plain(cut)).toBe(cut);
      },
    ),
  );
});

test('no wrapped line is wider than requested, and no word is lost', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z部]{1,6}$/)),
      fc.integer({ min: 12, max: 60 }),
      (words, width) => {
        const lines = wrap(words.join(' '), width);
        expect(lines.every((line) => textWidth(line) <= width)).toBe(true);
        expect(lines.join(' ')).toBe(words.join(' '));
      },
    ),
  );
  expect(wrap('one  two\nthree', 7, '  ')).toEqual(['one two', '  three']);
  expect(wrap('a-word-that-is-too-long here', 8)).toEqual(['a-word-that-is-too-long', 'here']);
});

test('a table fits its width by shortening the flexible column, and its columns are aligned', () => {
  const rows = [
    [{ text: 'x'.repeat(50) }, { text: '12', right: true }],
    [{ text: 'short' }, { text: '3', right: true }],
    [{ text: '株式会社' }, { text: '4', right: true }],
  ];
  const lines = alignColumns(rows, { width: 30, indent: '  ', flexible: 0 });
  expect(lines.map(textWidth)).toEqual([30, 30, 30]);
  expect(lines.map((line) => line.slice(-2))).toEqual(['12', ' 3', ' 4']);
});

test('nothing is wrapped to no lines, and no width is too small for a word on each line', () => {
  expect([wrap('', 10), wrap(' \n\t ', 10)]).toEqual([[], []]);
  for (const width of [1, 0, -5]) expect(wrap('a b  c', width)).toEqual(['a', 'b', 'c']);
});

test('a table that fits has every cell whole, with two spaces between columns', () => {
  const text = fc.stringMatching(/^[a-z部]{0,9}$/);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(text, text, text), { minLength: 1, maxLength: 5 }),
      fc.nat({ max: 3 }),
      fc.nat({ max: 2 }),
      (cells, margin, flexible) => {
        const widths = [0, 1, 2].map((column) =>
          Math.max(...cells.map((row) => textWidth(row[column] ?? ''))),
        );
        const indent = ' '.repeat(margin);
        const width = margin + widths.reduce((sum, each) => sum + each, 0) + 4;
        const rows = cells.map((row) => row.map((each) => ({ text: each })));
        const pad = (each: string, column: number) =>
          each + ' '.repeat((widths[column] ?? 0) - textWidth(each));
        const whole = cells.map((row) => (indent + row.map(pad).join('  ')).trimEnd());
        expect(alignColumns(rows, { width, indent, flexible })).toEqual(whole);
      },
    ),
  );
  expect(alignColumns([], { width: 10, indent: '', flexible: 0 })).toEqual([]);
});

test('a table of any number of columns that is too wide loses exactly what is too much', () => {
  const width = (count: number) =>
    fc.array(fc.integer({ min: 10, max: 20 }), { minLength: 1, maxLength: count });
  fc.assert(
    fc.property(
      width(5),
      fc.nat({ max: 4 }),
      fc.nat({ max: 3 }),
      fc.nat({ max: 4 }),
      (widths, less, margin, at) => {
        const flexible = at % widths.length;
        const total =
          margin + widths.reduce((sum, each) => sum + each, 0) + 2 * (widths.length - 1);
        const row = widths.map((each) => ({ text: 'x'.repeat(each) }));
        const [line = ''] = alignColumns([row], {
          ...{ width: total - less, indent: ' '.repeat(margin), flexible },
        });
        const shown = widths.map((each, column) => {
          const left = column === flexible ? Math.max(8, each - less) : each;
          return left === each ? 'x'.repeat(each) : `${'x'.repeat(left - 1)}…`;
        });
        expect(line).toBe((' '.repeat(margin) + shown.join('  ')).trimEnd());
      },
    ),
  );
});

test('one cell too many shortens the flexible column by one, but to no less than eight', () => {
  const rows = [[{ text: 'x'.repeat(12) }, { text: 'y'.repeat(5) }]];
  const widthsAt = (width: number, flexible: number) =>
    alignColumns(rows, { width, indent: ' ', flexible })[0]?.trim().split(/ +/).map(textWidth);
  expect([20, 19, 16, 15, 3].map((width) => widthsAt(width, 0))).toEqual([
    [12, 5],
    [11, 5],
    [8, 5],
    [8, 5],
    [8, 5],
  ]);
});
