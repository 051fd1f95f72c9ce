import { parse } from 'csv-parse/sync';
import { describe, expect, test } from '@jest/globals';
import type { Output } from '../../src/domain/host.ts';
import { type CellValue, openTable, type TableFormat } from '../../src/report/table.ts';

const COLUMNS = ['id', 'profile.login', 'groups'];
const ROWS: CellValue[][] = [
  ['00u1', '=HYPERLINK("http://x")', ['a', 'b']],
  ['00u2', null, undefined],
  ['00u3', 'Last, "First"\nSecond', true],
];

async function exported(format: TableFormat, rows = ROWS, columns = COLUMNS): Promise<string> {
  let text = '';
  const output: Output = {
    write: async (piece) => void (text += piece),
    isTty: false,
    size: () => ({ columns: 80, rows: 24 }),
    onResize: () => () => undefined,
  };
  const table = openTable(output, format, columns);
  for (const row of rows) await table.row(row);
  await table.end();
  return text;
}

describe('openTable', () => {
  test('writes CSV that no spreadsheet runs', async () => {
    expect(parse(await exported('csv'))).toEqual([
      COLUMNS,
      ['00u1', `'=HYPERLINK("http://x")`, '["a","b"]'],
      ['00u2', '', ''],
      ['00u3', 'Last, "First"\nSecond', 'true'],
    ]);
  });

  test('writes a JSON array, and NDJSON, with null for a missing value', async () => {
    const objects = [
      { id: '00u1', 'profile.login': '=HYPERLINK("http://x")', groups: ['a', 'b'] },
      { id: '00u2', 'profile.login': null, groups: null },
      { id: '00u3', 'profile.login': 'Last, "First"\nSecond', groups: true },
    ];
    expect(JSON.parse(await exported('json'))).toEqual(objects);
    const lines = (await exported('ndjson')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(objects);
  });

  test('of no rows is still a table', async () => {
    expect(await exported('csv', [])).toBe('id,profile.login,groups\n');
    expect(JSON.parse(await exported('json', []))).toEqual([]);
    expect(await exported('ndjson', [])).toBe('');
  });

  test('of one column keeps its empty cells', async () => {
    expect(parse(await exported('csv', [[''], ['a'], [undefined]], ['id']))).toEqual([
      ['id'],
      [''],
      ['a'],
      [''],
    ]);
  });
});
