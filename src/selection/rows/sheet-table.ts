import { MOST_HEAD_RECORDS, readingOf } from '../layout/head-reading.ts';
import { emptyFile } from '../layout/layout-error.ts';
import { layoutOf } from '../layout/layout.ts';
import { counted, type Notice } from '../remarks/notice.ts';
import { sourceName } from '../input-error.ts';
import type { FileOptions, FilePorts } from '../selection.ts';
import type { SheetRow } from '../workbook/sheet-rows.ts';
import { spendRow } from '../workbook/xml.ts';
import { openSheet, type OpenSheet, type Workbook } from '../workbook/workbook.ts';
import type { RecordBatch } from './csv-records.ts';
import type { Table } from '../json/json-table.ts';

/** One piece of a sheet can have thousands of short rows of a wide table, so the number of its cells is limited. */
const MOST_CELLS_AT_ONCE = 50_000;
const NO_DIALECT = { delimiter: '', newlines: [], padded: false };

/** Returns the messages about a sheet after its last row. */
function sheetNotices(path: string, { tally, merged }: OpenSheet): readonly Notice[] {
  const source = sourceName(path);
  const notices: Notice[] = [];
  const { hidden, unvalued } = tally;
  if (hidden.count > 0) {
    notices.push({
      code: 'hidden-rows',
      level: 'warning',
      source,
      text: `${counted(hidden.count, 'hidden row')} included: a filter hides rows but does not remove them.`,
      hint: 'To leave them out, copy the visible rows into a new workbook, or use --where.',
      count: hidden.count,
      lines: [...hidden.lines],
    });
  }
  if (merged.filled > 0) {
    notices.push({
      code: 'merged-cells',
      level: 'info',
      source,
      text: `${counted(merged.filled, 'cell')} merged with the one above: its value is taken for each row.`,
      count: merged.filled,
    });
  }
  if (unvalued.count > 0) {
    notices.push({
      code: 'formulas',
      level: 'warning',
      source,
      text: `${counted(unvalued.count, 'formula')} without a stored value, taken as empty.`,
      hint: 'Open the workbook in Excel and save it: that stores the values.',
      count: unvalued.count,
      lines: [...unvalued.lines],
    });
  }
  return notices;
}

/** Makes every record as long as the longest one, because a sheet leaves out empty cells at the end of a row. */
function padded(rows: readonly SheetRow[]): readonly (readonly string[])[] {
  const width = rows.reduce((most, { cells }) => Math.max(most, cells.length), 0);
  return rows.map(({ cells }) => [...cells, ...Array<string>(width - cells.length).fill('')]);
}

/**
 * Reads a sheet of a workbook as a table, which is recognized by its first 200 rows. `lines` are Excel's row numbers.
 * Rejects with INPUT_SHEET, INPUT_WORKBOOK, INPUT_EMPTY, and like a CSV file for its columns.
 */
export async function readSheetTable(
  path: string,
  workbook: Workbook,
  options: FileOptions,
  askSheet: FilePorts['askSheet'],
): Promise<Table> {
  const sheet = await openSheet(workbook, options.sheet, (names) => askSheet?.(path, names));
  const head: SheetRow[] = [];
  while (head.length < MOST_HEAD_RECORDS) {
    const step = await sheet.rows.next();
    if (step.done === true) break;
    head.push(...step.value);
  }
  if (head.length === 0) throw emptyFile(path, 'is empty');
  const first = padded(head.slice(0, MOST_HEAD_RECORDS));
  const layout = layoutOf(path, readingOf(first, NO_DIALECT, options.column), options);
  const batch = (rows: readonly SheetRow[]): RecordBatch => {
    for (const { cells, characters } of rows)
      spendRow(path, workbook.budget, cells.length, characters);
    return {
      records: rows.map(({ cells }) => cells),
      lines: rows.map(({ number }) => number),
    };
  };
  const rowsAtOnce = Math.max(1, Math.floor(MOST_CELLS_AT_ONCE / Math.max(1, layout.width)));
  const batches = function* (rows: readonly SheetRow[]): Generator<RecordBatch> {
    for (let at = 0; at < rows.length; at += rowsAtOnce)
      yield batch(rows.slice(at, at + rowsAtOnce));
  };
  const records = async function* (): AsyncGenerator<RecordBatch> {
    yield* batches(head);
    for await (const rows of sheet.rows) yield* batches(rows);
  };
  return {
    layout: { ...layout, sheet: sheet.name },
    records: records(),
    endNotices: () => sheetNotices(path, sheet),
  };
}
