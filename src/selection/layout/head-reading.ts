import { parseUserId } from '../../domain/org/user-id.ts';
import {
  declaredDelimiter,
  headRecords,
  MOST_COLUMNS,
  isPadded,
  newlinesOf,
  ONE_COLUMN,
  type Dialect,
} from './dialect.ts';
import { distinctNames, findColumns, kindOfHeader } from './header.ts';
import { cleanCell } from '../rows/identifier.ts';
import { isResultsHeader } from '../rows/results-header.ts';

export type Records = readonly (readonly string[])[];

/** The beginning of a file, read with one delimiter. */
export interface HeadReading {
  readonly dialect: Dialect;
  readonly records: Records;
  /** The number of the header's record, or -1. */
  readonly header: number;
  /** The number of the first record that is neither blank nor `sep=…`, or -1. */
  readonly first: number;
  /** A record has more cells than any list of users has columns. */
  readonly isTooWide: boolean;
}

const DELIMITERS = [',', ';', '\t', '|'] as const;
/** How many records are used to recognize a file. */
export const MOST_HEAD_RECORDS = 200;
const MOST_TITLE_LINES = 20;
const MOST_ROWS = 0.9;

export function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell === '' || cleanCell(cell) === '');
}

/** Tells whether a record is Excel's `sep=;` line. */
export function isSeparatorLine(cells: readonly string[]): boolean {
  return /^sep=.?$/i.test(cleanCell(cells[0] ?? '')) && isBlank(cells.slice(1));
}

export function hasUserId(cells: readonly string[]): boolean {
  return cells.some((cell) => parseUserId(cleanCell(cell)) !== undefined);
}

/** Tells whether a cell is only an address, which a title never is. */
export function isAddress(cell: string): boolean {
  return cell.length < 300 && /^[^\s@]+@[^\s@][^\s@.]*\.[^\s@]+$/.test(cleanCell(cell));
}

/** Returns the 0-based index of a column given by its 1-based number; undefined for titles. */
export function positionOf(column: string | undefined): number | undefined {
  return column !== undefined && /^[1-9]\d{0,3}$/.test(column.trim())
    ? Number(column) - 1
    : undefined;
}

function isHeader(cells: readonly string[], column: string | undefined): boolean {
  const titles = cells.map(cleanCell);
  if (isResultsHeader(titles)) return true;
  if (column !== undefined && findColumns(distinctNames(titles), column).length > 0) return true;
  return (
    (column === undefined || positionOf(column) !== undefined) &&
    titles.some((title) => kindOfHeader(title) !== undefined)
  );
}

/**
 * Tells whether a line above the header has an address in the column that the header says names users: then it is a row, not
 * a title line.
 */
function standsBelowRows(top: Records, header: number): boolean {
  const titles = top[header] ?? [];
  return top
    .slice(0, Math.max(header, 0))
    .some(
      (cells) =>
        cells.length === titles.length &&
        cells.some((cell, at) => isAddress(cell) && kindOfHeader(titles[at] ?? '') !== undefined),
    );
}

/** Finds the header among the first records of a file. */
export function readingOf(
  records: Records,
  dialect: Dialect,
  column: string | undefined,
): HeadReading {
  const top = records.slice(0, MOST_TITLE_LINES);
  // A header after the first user belongs to a file that was appended.
  const ids = top.findIndex(hasUserId);
  const header = top.findIndex((cells) => isHeader(cells, column));
  return {
    dialect,
    records,
    header: (ids >= 0 && header > ids) || standsBelowRows(top, header) ? -1 : header,
    first: records.findIndex((cells) => !isBlank(cells) && !isSeparatorLine(cells)),
    isTooWide: false,
  };
}

function readWith(
  head: string,
  complete: boolean,
  delimiter: string,
  column: string | undefined,
): HeadReading {
  let dialect: Dialect = { delimiter, newlines: newlinesOf(head), padded: false };
  let records = headRecords(head, complete, dialect, MOST_HEAD_RECORDS);
  if (records.some((cells) => cells.length > MOST_COLUMNS))
    return { dialect, records: [], header: -1, first: -1, isTooWide: true };
  const top = records.slice(0, MOST_TITLE_LINES);
  // In a results file, spaces at the ends of a cell were already in the first input.
  if (isPadded(head, delimiter) && !top.some((cells) => isResultsHeader(cells.map(cleanCell)))) {
    dialect = { ...dialect, padded: true };
    records = headRecords(head, complete, dialect, MOST_HEAD_RECORDS);
  }
  return readingOf(records, dialect, column);
}

function widest(readings: readonly HeadReading[]): HeadReading | undefined {
  const width = ({ records, header, first }: HeadReading): number =>
    records[header >= 0 ? header : first]?.length ?? 0;
  return readings.reduce<HeadReading | undefined>(
    (best, reading) => (best === undefined || width(reading) > width(best) ? reading : best),
    undefined,
  );
}

/** Tells whether a text has only spaces, delimiters and a separator line. */
export function hasNoText(text: string): boolean {
  return /^\uFEFF?(?:"?sep=.?"?)?[\s,;|"\uFEFF\u200B]*$/i.test(text);
}

/** Tells whether most rows with cells have several. */
function splitsRows({ records }: HeadReading): boolean {
  const rows = records.filter((cells) => !isBlank(cells));
  return rows.filter((cells) => cells.length > 1).length >= rows.length * MOST_ROWS;
}

/**
 * Reads the beginning of a file with the delimiter that finds a header, else ids, else the most cells. A delimiter counts
 * only if the header has it too, or, without a header, if nearly every row has it. Otherwise the file has one column, whose
 * cells are not split.
 */
export function readHead(
  head: string,
  complete: boolean,
  options: { readonly delimiter: string | undefined; readonly column: string | undefined },
): HeadReading | undefined {
  const delimiter = options.delimiter ?? declaredDelimiter(head);
  const read = (each: string) => readWith(head, complete, each, options.column);
  if (delimiter !== undefined) return read(delimiter);
  const readings = DELIMITERS.filter((each) => head.includes(each)).map(read);
  const wide = readings.find((reading) => reading.isTooWide);
  if (wide !== undefined) return wide;
  const found = widest(
    readings.filter(({ header, records }) => (records[header]?.length ?? 0) > 1),
  );
  if (found !== undefined) return found;
  // Lists of leaked accounts are `email:password`.
  const byColon = head.includes(':') ? read(':') : undefined;
  const colon = byColon !== undefined && splitsRows(byColon) ? [byColon] : [];
  const titled = colon.find(({ header, records }) => (records[header]?.length ?? 0) > 1);
  if (titled !== undefined) return titled;
  const oneColumn = read(ONE_COLUMN);
  if (oneColumn.header >= 0) return oneColumn;
  const split = [...readings.filter(splitsRows), oneColumn];
  const withIds = [...split, ...colon].filter(({ records, first }) =>
    hasUserId(records[first] ?? []),
  );
  return widest(withIds) ?? widest(split);
}
