import { restoreCell } from '../../domain/row/cell.ts';
import { parseUserId } from '../../domain/org/user-id.ts';
import type { Dialect } from './dialect.ts';
import {
  hasNoText,
  hasUserId,
  isAddress,
  isBlank,
  positionOf,
  readHead,
  type HeadReading,
  type Records,
} from './head-reading.ts';
import { distinctNames, type Key } from './header.ts';
import { cleanCell } from '../rows/identifier.ts';
import {
  badColumnPosition,
  emptyFile,
  missingColumn,
  missingHeader,
  severalUsers,
  shiftedHeader,
  tooWide,
} from './layout-error.ts';
import { chooseColumn, shownColumns } from './choose-column.ts';
import { isLeftOut, refuseLeftOut } from './left-out.ts';
import { looksLikePassword } from './secret-cells.ts';
import { disagree, lookOf } from './rivals.ts';
import { resultIndexes, type ResultIndexes } from '../rows/results-header.ts';
import type { FileOptions } from '../selection.ts';

/** What the beginning of a file shows about the rest. */
export interface Layout {
  readonly dialect: Dialect;
  /** How many records come before the first row: title lines and the header. */
  readonly preamble: number;
  /** 0-based record of the header; undefined if the file has none. */
  readonly headerRecord: number | undefined;
  /** The cells of the header. */
  readonly titles: readonly string[];
  /** Each column's own name; undefined if it has no title. */
  readonly names: readonly (string | undefined)[];
  readonly key: Key;
  /** Candidates of lower rank. */
  readonly passedOver: readonly Key[];
  /** Columns that also look as if they name users, and that have agreed with the key so far. */
  readonly rivals: readonly number[];
  /** Columns that might contain secrets. Nothing from them is kept. */
  readonly leftOut: ReadonlySet<number>;
  /** The columns that `--keep-column` names. */
  readonly keep: readonly string[];
  readonly keyIsDeclared: boolean;
  /** Where okta-reset's own columns are, if this is a results file. */
  readonly results: ResultIndexes | undefined;
  /** The most cells that a row has, unless it is malformed. */
  readonly width: number;
  /**
   * `joined`: parts of titles with a comma were joined again; `uncertain`: titles might not be above their cells; `unknown`:
   * no title is known, so the header might be a row; `members`: each record names its own cells, as in JSON.
   */
  readonly header: 'sound' | 'joined' | 'uncertain' | 'unknown' | 'members';
  /** The sheet of a workbook. Its cells never shift, and its line numbers are Excel's row numbers. */
  readonly sheet?: string;
  /** Returns the name of a column that no sampled record had; undefined if it is left out. */
  readonly lateName?: (index: number) => string | undefined;
  /** The first rows, for checks that need examples. */
  readonly sample: Records;
}

/** Returns the most common number of cells in a row, and the larger of two equally common ones. */
function usualWidth(rows: Records): number {
  const counts = new Map<number, number>();
  for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1);
  let [width, most] = [0, 0];
  for (const [length, count] of counts) {
    if (count > most || (count === most && length > width)) [width, most] = [length, count];
  }
  return width;
}

/**
 * Joins the parts of titles with a comma, which Rockstar writes unquoted, so that there are more titles than cells. The part
 * after a comma starts with a space. Returns the joined titles; undefined if this does not explain the surplus.
 */
function joinTitles(
  cells: readonly string[],
  width: number,
  delimiter: string,
): readonly string[] | undefined {
  const joined: string[] = [];
  for (const cell of cells) {
    const last = joined.length - 1;
    if (cell.startsWith(' ') && last >= 0)
      joined[last] = `${joined[last] ?? ''}${delimiter}${cell}`;
    else joined.push(cell);
  }
  return joined.length === width ? joined : undefined;
}

function named(names: readonly (string | undefined)[], index: number): string {
  return names[index] ?? `Column ${index + 1}`;
}

function othersThan(index: number, width: number): ReadonlySet<number> {
  return new Set(Array.from({ length: width }, (_, at) => at).filter((at) => at !== index));
}

/** Returns the titles of a header, and whether they are above their cells. */
function titlesOf(
  cells: readonly string[],
  titled: number,
  width: number,
  delimiter: string,
): { readonly cells: readonly string[]; readonly header: Layout['header'] } {
  if (titled <= width) return { cells, header: 'sound' };
  const joined = joinTitles(cells.slice(0, titled), width, delimiter);
  return joined === undefined
    ? { cells, header: 'uncertain' }
    : { cells: joined, header: 'joined' };
}

/** Returns the columns of the input that might contain secrets, judged by their titles and first cells. */
export function secretColumns(
  names: readonly (string | undefined)[],
  sample: Records,
  results: ResultIndexes | undefined,
  options: FileOptions,
): readonly number[] {
  const own = new Set(results?.values());
  return names.flatMap((name, index) => {
    if (name === undefined || own.has(index)) return [];
    const cells = sample.map((row) => row[index] ?? '');
    return isLeftOut(name, cells, options) ? [index] : [];
  });
}

/** Refuses a header that does not fit its rows, unless the key column is certain and no other column is needed. */
function refuseShifted(
  path: string,
  { index, kind, name }: Key,
  titled: number,
  width: number,
  options: FileOptions,
): void {
  const [where] = options.where;
  if (where !== undefined) throw shiftedHeader(path, where.readings[0].column, titled, width);
  // The shape of an id is proof enough, but a login after the surplus title might be a cell of another column.
  if (index > 0 && kind !== 'id') throw shiftedHeader(path, name, titled, width);
}

function withHeader(
  path: string,
  { records, dialect }: HeadReading,
  headerRecord: number,
  options: FileOptions,
): Layout {
  const sample = records.slice(headerRecord + 1).filter((row) => !isBlank(row));
  const width = usualWidth(sample);
  const written = records[headerRecord] ?? [];
  const titled = written.findLastIndex((cell) => cleanCell(cell) !== '') + 1;
  const fits = sample.length === 0 ? titled : width;
  const { cells, header } = titlesOf(written, titled, fits, dialect.delimiter);
  const cleaned = cells.map(cleanCell);
  const results = resultIndexes(cleaned);
  const titles = results === undefined ? cleaned : cleaned.map(restoreCell);
  const names = distinctNames(titles);
  const chosen = chooseColumn(path, names, sample, results, options);
  const { key } = chosen;
  if (options.column !== undefined) refuseLeftOut(path, names[key.index], 'column', options);
  const isUncertain = header === 'uncertain';
  const secret = secretColumns(names, sample, results, options);
  // If the header does not fit, nobody knows which cells are secret.
  const isAnySecret = isUncertain && secret.length > 0;
  if (isUncertain) refuseShifted(path, key, titled, width, options);
  return {
    ...chosen,
    leftOut: isAnySecret ? othersThan(key.index, cells.length) : new Set(secret),
    keep: options.keep,
    dialect,
    preamble: headerRecord + 1,
    headerRecord,
    titles,
    names,
    keyIsDeclared: options.column !== undefined,
    results,
    width: isUncertain ? width : Math.max(width, cells.length),
    header,
    sample,
  };
}

function withoutHeader(path: string, reading: HeadReading, options: FileOptions): Layout {
  const { records, dialect, first } = reading;
  const cells = records[first] ?? [];
  const position = positionOf(options.column);
  if (options.where.length > 0) throw missingColumn(path, [], options, 'where');
  if (position !== undefined && position >= cells.length) {
    throw badColumnPosition(path, position, cells.length);
  }
  const ids = cells.flatMap((cell, index) =>
    parseUserId(cleanCell(cell)) === undefined ? [] : [index],
  );
  const sample = records.slice(first).filter((each) => !isBlank(each));
  if (position === undefined && ids.length > 1) {
    throw severalUsers(path, shownColumns([], sample, ids), 'user id');
  }
  const index = position ?? ids[0] ?? 0;
  const width = usualWidth(sample);
  return {
    dialect,
    preamble: first,
    headerRecord: undefined,
    titles: [],
    names: [],
    key: { index, name: named([], index), kind: position === undefined ? 'id' : 'any' },
    passedOver: [],
    rivals: [],
    // Nobody knows what the other columns contain.
    leftOut: othersThan(index, width),
    keep: options.keep,
    keyIsDeclared: position !== undefined,
    results: undefined,
    width,
    header: 'sound',
    sample,
  };
}

const ID_OR_NUMBER = /^(?:00u\w{17}|[\p{L}]{0,3}[-_.]?\d{2,})$/u;

/** Tells whether a cell in a first line without any known title might be a user like those below. */
function mayBeUser(cell: string | undefined, index: number, rows: Records): boolean {
  const isClear = (text: string) => isAddress(text) || ID_OR_NUMBER.test(text);
  const text = cleanCell(cell ?? '');
  if (text === '' || /\s/.test(text)) return false;
  const others = rows.map((cells) => cleanCell(cells[index] ?? '')).filter((other) => other !== '');
  return isClear(text) || !others.every(isClear);
}

/**
 * Recognizes delimiter, header and the column that names the users from the beginning of a file. A file without a header is
 * accepted if its first line contains a user id, or if `--column` gives a number and the line contains an id or an `@`.
 * Rejects with INPUT_EMPTY, INPUT_COLUMN_MISSING, INPUT_COLUMN_AMBIGUOUS, and with INPUT_CSV for a header that does not fit.
 */
export function readLayout(
  path: string,
  head: string,
  complete: boolean,
  options: FileOptions,
): Layout {
  if (hasNoText(head)) throw emptyFile(path, 'is empty');
  const reading = readHead(head, complete, options);
  if (reading?.isTooWide === true) throw tooWide(path);
  if (reading === undefined || reading.first < 0) throw emptyFile(path, 'is empty');
  return layoutOf(path, reading, options);
}

/** Recognizes header and columns from the first records of a file. Rejects like `readLayout`. */
export function layoutOf(path: string, reading: HeadReading, options: FileOptions): Layout {
  if (reading.header >= 0) return withHeader(path, reading, reading.header, options);
  const first = reading.records[reading.first] ?? [];
  const position = positionOf(options.column);
  if (options.column !== undefined && position === undefined) {
    // Only a header is shown, because a row can contain anything.
    const isRow = hasUserId(first) || first.some(isAddress);
    throw missingColumn(path, isRow ? [] : first, options, 'column');
  }
  const isData =
    hasUserId(first) ||
    (position !== undefined &&
      first.some((cell) => cell.includes('@') || looksLikePassword(cleanCell(cell))));
  if (isData) return withoutHeader(path, reading, options);
  if (position === undefined && first.some(isAddress)) {
    const rows = reading.records.slice(reading.first).filter((cells) => !isBlank(cells));
    const addresses = first.flatMap((cell, at) => (isAddress(cell) ? [at] : []));
    // A list that a mail program wrote is one line. Its first column would be one of its users.
    if (addresses.some((at) => disagree(first, addresses[0] ?? 0, at)))
      throw severalUsers(path, shownColumns([], rows, addresses), 'address');
    const index = first.findIndex((_, at) => lookOf(undefined, at, rows) === 'login');
    throw missingHeader(path, shownColumns([], rows, index < 0 ? [] : [index])[0]);
  }
  const layout = withHeader(path, reading, reading.first, options);
  const mayBeRow = position !== undefined && mayBeUser(first[position], position, layout.sample);
  return mayBeRow && layout.header === 'sound' ? { ...layout, header: 'unknown' } : layout;
}
