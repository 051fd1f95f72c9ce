import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { neutralizeCell, restoreCell, wouldRun } from '../../src/domain/row/cell.ts';
import { csvLine } from '../../src/report/results/csv-text.ts';
import { ADA, selectCsv } from '../selection/sample.ts';

const RUN = [
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '\n=1',
  '＝1+1',
  '＋1',
  '－1',
  '＠SUM(A1)',
  '﹦1',
  '﹢1',
  '﹣1',
  '﹫x',
  ' =1',
  '\u00A0=1',
  '\u200B=1',
  '\uFEFF=1',
  '  ＝1',
];

describe('a cell that a spreadsheet would run', () => {
  test.each(RUN)('%j is guarded, and restored', (text) => {
    expect(wouldRun(text)).toBe(true);
    expect(neutralizeCell(text)).toBe(`'${text}`);
    expect(wouldRun(neutralizeCell(text))).toBe(false);
    expect(restoreCell(neutralizeCell(text))).toBe(text);
  });

  test.each(['ada', "O'Neil", "'quoted'", '1+1', 'a=b', '', ' x', '’=1'])(
    '%j is left as it is',
    (text) => {
      expect(neutralizeCell(text)).toBe(text);
      expect(restoreCell(text)).toBe(text);
    },
  );

  test('is never written, and is always restored, whatever it contains', () => {
    const sign = fc.constantFrom(...Array.from("'=+-@＝＋－＠﹦\t\r\n \u00A0\uFEFFx1"));
    fc.assert(
      fc.property(fc.string({ unit: sign, maxLength: 8 }), (text) => {
        expect(wouldRun(neutralizeCell(text))).toBe(false);
        expect(restoreCell(neutralizeCell(text))).toBe(text);
      }),
    );
  });

  test('comes back from a results file', async () => {
    const own = ['_row', '_user_id', '_outcome', '_run_id'];
    const lines = RUN.map((text) => csvLine([text, '1', ADA, 'failed', 'r']));
    const { rows } = await selectCsv([csvLine(['Note', ...own]), ...lines].join(''));
    expect(rows.map(({ columns }) => columns['Note'])).toEqual(RUN);
  });
});
