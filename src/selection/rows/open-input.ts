import type { Row } from '../../domain/row/row.ts';
import { readRecords } from './csv-records.ts';
import { RowReader } from './row-reader.ts';
import { openContent, type TextContent, type PackedContent } from '../bytes/open-content.ts';
import type { EncodingFacts } from '../bytes/encoding.ts';
import { newFileTally } from '../remarks/remarks.ts';
import { endNotices } from '../remarks/end-notices.ts';
import { startNotices } from '../remarks/start-notices.ts';
import { cleanCell, otherObject } from './identifier.ts';
import { emptyFile, notResults, tooWide, wrongObjects } from '../layout/layout-error.ts';
import { readLayout, type Layout } from '../layout/layout.ts';
import { hasNoText, isBlank, isSeparatorLine, readHead } from '../layout/head-reading.ts';
import { shownColumns } from '../layout/choose-column.ts';
import { lookOf } from '../layout/rivals.ts';
import { readJsonTable, type Table } from '../json/json-table.ts';
import { isTrailer } from './other-record.ts';
import { tallyLine } from '../remarks/notice.ts';
import { isResultsHeader } from './results-header.ts';
import type { FileOptions, FilePorts } from '../selection.ts';
import { openWorkbook, type Workbook } from '../workbook/workbook.ts';
import { noSheets, notAWorkbook } from '../workbook/workbook-error.ts';
import { readSheetTable } from './sheet-table.ts';
import { findWhere } from './where.ts';

/** The rows of one part of a file, each with its record. */
export interface RowBatch {
  readonly rows: readonly Row[];
  readonly records: readonly (readonly string[])[];
}

/** A file whose format and columns are recognized. */
export interface OpenInput {
  readonly layout: Layout;
  /** The rows of the file, which can be read once. The caller must read them or call `close`. */
  readonly batches: () => AsyncGenerator<RowBatch>;
  readonly close: () => Promise<void>;
}

function refuseOtherObjects(path: string, layout: Layout): void {
  const texts = layout.sample
    .filter((cells) => !isTrailer(cells))
    .map((cells) => cleanCell(cells[layout.key.index] ?? ''))
    .filter((text) => text !== '');
  const [first] = texts;
  if (first === undefined) return;
  const objects = texts.map((text) => otherObject(layout.key.kind, text));
  const [object] = objects;
  if (object === undefined || objects.includes(undefined)) return;
  const users = layout.names.findIndex(
    (name, index) => name !== undefined && lookOf(name, index, layout.sample) === 'id',
  );
  const shown = users < 0 ? [] : shownColumns(layout.names, layout.sample, [users]);
  throw wrongObjects(path, layout.key.name, object, first, shown[0]);
}

function refuseOtherFiles(path: string, text: TextContent, options: FileOptions): void {
  if (text.format === 'json') throw notResults(path, []);
  if (hasNoText(text.head)) throw emptyFile(path, 'is empty');
  const reading = readHead(text.head, text.complete, options);
  if (reading?.isTooWide === true) throw tooWide(path);
  if (reading === undefined || reading.first < 0) throw emptyFile(path, 'is empty');
  const { header, first, records } = reading;
  const titles = (records[header >= 0 ? header : first] ?? []).map(cleanCell);
  if (!isResultsHeader(titles)) throw notResults(path, titles);
}

const OLD = 'an old Excel workbook (.xls)';
const PROTECTED = 'a workbook protected by a password';
/** The name of the stream that contains a protected workbook. */
const ENCRYPTED = Buffer.from('EncryptedPackage', 'utf16le');

async function workbookOf(
  path: string,
  input: PackedContent,
  signal: AbortSignal,
): Promise<Workbook> {
  const { bytes, packedBytes } = await input.whole();
  if (input.format === 'compound')
    throw notAWorkbook(path, bytes.includes(ENCRYPTED) ? PROTECTED : OLD);
  return openWorkbook(path, bytes, packedBytes, signal);
}

/** Recognizes a file with the reader of its format, and returns its layout and its records. */
async function readTable(
  path: string,
  text: TextContent | PackedContent,
  options: FileOptions,
  ports: FilePorts,
  signal: AbortSignal,
): Promise<Table> {
  switch (text.format) {
    case 'zip':
    case 'compound':
      return readSheetTable(path, await workbookOf(path, text, signal), options, ports.askSheet);
    case 'json':
      return readJsonTable(path, text.chunks, options);
    case 'delimited': {
      const layout = readLayout(path, text.head, text.complete, options);
      return { layout, records: readRecords(path, text.chunks, layout.dialect) };
    }
    default: {
      const never: never = text;
      return never;
    }
  }
}

async function* rowBatches(
  path: string,
  facts: EncodingFacts,
  { layout, records: source, endNotices: more }: Table,
  options: FileOptions,
  ports: FilePorts,
  signal: AbortSignal,
): AsyncGenerator<RowBatch> {
  const tally = newFileTally();
  const reader = new RowReader(path, layout, facts, findWhere(path, layout, options), tally);
  let record = 0;
  for await (const batch of source) {
    const rows: Row[] = [];
    const records: (readonly string[])[] = [];
    for (let at = 0; at < batch.records.length; at += 1) {
      const cells = batch.records[at] ?? [];
      const line = batch.lines[at] ?? 0;
      record += 1;
      if (record <= layout.preamble) {
        if (record - 1 !== layout.headerRecord && !isBlank(cells) && !isSeparatorLine(cells)) {
          tallyLine(tally.titleLines, line);
        }
        continue;
      }
      const next = batch.lines[at + 1] ?? batch.nextLine;
      if (layout.sheet === undefined && next !== undefined && next > line + 1)
        tallyLine(tally.multiLine, line);
      const row = reader.read(cells, line);
      if (row === undefined) continue;
      rows.push(row);
      records.push(cells);
    }
    signal.throwIfAborted();
    if (rows.length > 0) yield { rows, records };
  }
  if (tally.rows + tally.leftOut.count === 0) throw emptyFile(path, 'has no rows');
  for (const notice of endNotices(path, layout, facts, tally)) ports.onNotice(notice);
  for (const notice of more?.() ?? []) ports.onNotice(notice);
}

/**
 * Opens a file of users (`-`: standard input), recognizes it, and says how in notices. `results` accepts only okta-reset's
 * results files. Rejects with INPUT_*, and with the signal's reason once it aborts.
 */
export async function openInput(
  path: string,
  options: FileOptions,
  ports: FilePorts,
  signal: AbortSignal,
  expected: 'any' | 'results' = 'any',
): Promise<OpenInput> {
  const text = await openContent(path, options.encoding, ports, signal);
  const close = async (): Promise<void> => {
    await text.close();
  };
  try {
    const isText = text.format === 'json' || text.format === 'delimited';
    if (options.sheet !== undefined && isText) throw noSheets(path, options.sheet);
    if (expected === 'results' && isText) refuseOtherFiles(path, text, options);
    const table = await readTable(path, text, options, ports, signal);
    const { layout } = table;
    if (expected === 'results' && layout.results === undefined)
      throw notResults(path, layout.names);
    refuseOtherObjects(path, layout);
    findWhere(path, layout, options);
    for (const notice of startNotices(path, layout, text.facts, ports)) {
      if (expected === 'any' || notice.code !== 'results-file') ports.onNotice(notice);
    }
    return {
      layout,
      batches: () => rowBatches(path, text.facts, table, options, ports, signal),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
