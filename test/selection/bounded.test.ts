import { describe, expect, jest, test } from '@jest/globals';
import { ADA, brief, errorOf, GRACE, selectCsv } from './sample.ts';

const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;

describe('what is made to take long', () => {
  test('a cell of line breaks is read, and the next row keeps its line', async () => {
    const breaks = '\n'.repeat(60_000);
    const { rows } = await selectCsv(`id,Note\n${ADA},${cell(breaks)}\n${GRACE},x\n`);
    expect(rows.map(brief)).toEqual([`2 id ${ADA}`, `60003 id ${GRACE}`]);
    expect(rows[0]?.columns['Note']).toBe(breaks);
  });

  test('a row that an open quote took is found after any spaces of its line', async () => {
    const error = await errorOf(
      selectCsv(`id,Note\n${ADA},"open\n${' '.repeat(5000)}"${GRACE}",x\n`),
    );
    expect(error.code).toBe('INPUT_CSV');
  });

  test.each([
    ['a cell of 249,000 line breaks', `id,Note\n${ADA},${cell('\n'.repeat(249_000))}\n`],
    ['quotes inside quotes', `id,Note\n${ADA},${'"a\n'.repeat(80_000)}\n`],
    ['a header of 50,000 columns', `id${',a'.repeat(50_000)}\n${ADA}\n`],
    ['a row of 50,000 cells', `id,b\n${ADA}${','.repeat(50_000)}\n`],
    [
      'a late row of 50,000 cells',
      `id,b\n${`${ADA},x\n`.repeat(5000)}${ADA}${','.repeat(50_000)}\n`,
    ],
    ['commas', ','.repeat(1_000_000)],
    ['blanks', ' '.repeat(1_000_000)],
    ['opening brackets', '['.repeat(1_000_000)],
    ['opening braces', '{"a":'.repeat(200_000)],
  ])('%s is refused with a hint', async (_, text) => {
    const error = await errorOf(selectCsv(text));
    expect(error.exitCode).toBe(3);
    expect(error.hint).not.toBe('');
  });

  test('rows of other lengths take no longer than others: no error is made for each', async () => {
    const made = jest.spyOn(Error, 'captureStackTrace');
    // After the beginning of the file, from which its layout is recognized.
    const { rows } = await selectCsv(`id,b\n${`${ADA},x\n${GRACE}\n`.repeat(10_000)}`);
    expect(rows).toHaveLength(20_000);
    expect(made.mock.calls.length).toBeLessThan(3000);
  });

  test('members that no earlier user has are judged once each', async () => {
    const normalized = jest.spyOn(String.prototype, 'normalize');
    const users = Array.from({ length: 2600 }, (_, at) => `{"id":"${ADA}","n${at}":1}`);
    const { rows } = await selectCsv(`[${users.join()}]`);
    expect(rows).toHaveLength(2600);
    expect(normalized.mock.calls.length).toBeLessThan(50_000);
  });

  test('users with hardly a member in common are refused before their empty cells fill the memory', async () => {
    const first = Array.from({ length: 50 }, (_, user) =>
      Array.from({ length: 99 }, (_, at) => `"n${user * 99 + at}":1`).join(),
    );
    const rest = Array.from({ length: 3000 }, () => '"n4949":1');
    const users = [...first, ...rest].map((members) => `{"id":"${ADA}",${members}}`);
    const error = await errorOf(selectCsv(`[${users.join()}]`));
    expect(error.code).toBe('INPUT_JSON');
    expect(error.message).toContain('hardly a member in common');
  });

  test('cells that begin with quotes are searched for once each', async () => {
    const row = `${ADA}${`,${cell('"\n')}`.repeat(1000)}\n`;
    const { rows } = await selectCsv(`id${',n'.repeat(1000)}\n${row.repeat(20)}`);
    expect(rows).toHaveLength(20);
  });
});
