import { describe, expect, test } from '@jest/globals';
import { readIdentifiers } from '../../src/selection/rows/read-identifiers.ts';
import {
  ADA,
  brief,
  collect,
  errorOf,
  fixture,
  GRACE,
  JOSE,
  LINUS,
  MEI,
  never,
  portsOf,
  watched,
} from './sample.ts';
import { sheetOf } from './workbook.ts';

const read = (content: string | Uint8Array) =>
  collect(readIdentifiers('keep.csv', portsOf({ 'keep.csv': content }), never));

describe('an exclude list', () => {
  test('accepts the formats that --file accepts', async () => {
    expect((await read(await fixture('bare-ids.csv'))).map(brief)).toEqual(
      [ADA, GRACE, JOSE, LINUS, MEI].map((id, index) => `${index + 1} id ${id}`),
    );
    expect((await read(await fixture('excel-unicode-text.txt'))).map(brief)).toHaveLength(5);
  });

  test('with rows that cannot be used is an error that lists them', async () => {
    const error = await errorOf(read(await fixture('mixed-column.csv')));
    expect(error.code).toBe('INPUT_CSV');
    expect(error.exitCode).toBe(3);
    expect(error.message).toContain('4 rows');
    for (const line of [3, 5, 6, 7]) expect(error.message).toContain(`line ${line}: `);
  });

  test('with a formula that has no stored value is an error, because its row would be missed', async () => {
    const formula = { xml: '<c r="@"><f>VLOOKUP(B3,Staff!A:B,2)</f></c>' };
    const error = await errorOf(read(sheetOf([['Login'], ['ada'], [formula], ['mei']])));
    expect(error).toMatchObject({ code: 'INPUT_WORKBOOK', exitCode: 3 });
    expect(error.message).toContain('1 formula of the exclude list has no stored value (line 3)');
  });

  test('with nobody in it is an error', async () => {
    expect((await errorOf(read(''))).code).toBe('INPUT_EMPTY');
    expect((await errorOf(read('Login\n\n'))).code).toBe('INPUT_EMPTY');
  });

  test('lists some lines of many', async () => {
    const error = await errorOf(read(`id\n${ADA}\n${'x\n'.repeat(500)}`));
    expect(error.message).toContain('500 rows');
    expect(error.message).toContain('and 480 more');
    const twenty = await errorOf(read(`id\n${ADA}\n${'x\n'.repeat(20)}`));
    expect(twenty.message).toContain('20 rows');
    expect(twenty.message).toContain('line 22: ');
    expect(twenty.message).not.toContain('more.');
  });

  test.each([
    ['is read', `id\n${ADA}\n`],
    ['has rows that cannot be used', 'id\nx\n'],
    ['names nobody', 'Note\nx\n'],
    ['is damaged', `id,x\n${ADA},"\n`],
  ])('is closed once it %s', async (_, text) => {
    // More than is read at the beginning, so that there is something to close.
    const { bytes, closed } = watched(text, '\n'.repeat(20_000), 8);
    const ports = portsOf({ 'keep.csv': bytes });
    await collect(readIdentifiers('keep.csv', ports, never)).catch(() => []);
    expect(closed()).toBe(1);
  });

  test('that nobody reads to its end is closed too', async () => {
    const { bytes, closed } = watched('id\n', `${ADA}\n`.repeat(5000), Infinity);
    for await (const row of readIdentifiers('keep.csv', portsOf({ 'keep.csv': bytes }), never)) {
      expect(brief(row)).toBe(`2 id ${ADA}`);
      break;
    }
    expect(closed()).toBe(1);
  });
});
