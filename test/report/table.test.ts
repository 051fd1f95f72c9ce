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

  test('writes its rows on their way, in pieces, and everything at the end', async () => {
    const pieces: string[] = [];
    const output = { write: async (piece: string) => void pieces.push(piece) };
    const table = openTable(output as Partial<Output> as Output, 'ndjson', ['text']);
    const cell = 'x'.repeat(200);
    for (let row = 0; row < 5000; row += 1) await table.row([cell]);
    const before = pieces.join('').length;
    expect(before).toBeGreaterThan(0.7 * 5000 * 200);
    expect(pieces.length).toBeLessThan(50);
    await table.end();
    const lines = pieces.join('').trimEnd().split('\n');
    expect([lines.length, new Set(lines)]).toEqual([
      5000,
      new Set([JSON.stringify({ text: cell })]),
    ]);
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
