import type { AppError } from '../../domain/codes/app-error.ts';
import { shellWord } from '../../domain/shell-word.ts';
import { closest } from '../../domain/closest.ts';
import { MOST_COLUMNS } from './dialect.ts';
import { counted } from '../remarks/notice.ts';
import { inputError, printable, quoted, sourceName } from '../input-error.ts';
import type { FileOptions } from '../selection.ts';
import { normalizeHeader } from './titles.ts';

const MOST_TITLES = 20;
/** Longer titles are not compared with a mistyped name. */
const MOST_CLOSE = 60;

/** Without a header, the first line might be a user and a password, so only titles made of words are shown. */
const isShown = (title: string) => /^[\p{L}\p{M}\s_.,;:/&()[\]'’-]+$/u.test(title);

function listed(titles: readonly (string | undefined)[], areTitles = false): string {
  const known = titles.filter((title) => title !== undefined && title.trim() !== '');
  const shown = known
    .slice(0, MOST_TITLES)
    .map((title = '') => (areTitles || isShown(title) ? quoted(title) : '…'));
  const rest = known.length - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ');
}

export function emptyFile(path: string, what: 'is empty' | 'has no rows'): AppError {
  return inputError(
    'INPUT_EMPTY',
    `${sourceName(path)} ${what}.`,
    'Export it again. A filter or a failed save may have left nothing.',
  );
}

export function missingColumn(
  path: string,
  titles: readonly (string | undefined)[],
  options: FileOptions,
  what: 'column' | 'where',
  wanted: string | undefined = what === 'column'
    ? options.column
    : options.where[0]?.readings[0].column,
): AppError {
  const name = sourceName(path);
  const seen = titles.length === 0 ? '' : ` Its first line: ${listed(titles)}.`;
  const wrongDelimiter =
    options.delimiter === undefined ? '' : ' Or leave out --delimiter: it is detected.';
  if (wanted !== undefined) {
    return inputError(
      'INPUT_COLUMN_MISSING',
      `${name} has no column ${quoted(wanted)}.${nearest(wanted, titles)}${seen}`,
      what === 'column'
        ? `Name one of these with --column "NAME", or by its position: --column 1.${wrongDelimiter}`
        : `Name one of these in --where "NAME=value".${wrongDelimiter}`,
    );
  }
  return inputError(
    'INPUT_COLUMN_MISSING',
    `No column of ${name} is known to contain users.${seen}`,
    `Name the column of user ids or logins: --column "NAME"; a list without a header needs a line such as Login above it.${wrongDelimiter}`,
  );
}

/** Returns “Did you mean …?” if one title is close to the given name. */
function nearest(wanted: string, titles: readonly (string | undefined)[]): string {
  const short = titles.filter((title) => title !== undefined && title.length <= MOST_CLOSE);
  const byWords = new Map(short.map((title) => [normalizeHeader(title ?? ''), title ?? '']));
  const word = closest(normalizeHeader(wanted.slice(0, MOST_CLOSE)), [...byWords.keys()]);
  const title = word === undefined ? undefined : byWords.get(word);
  return title === undefined ? '' : ` Did you mean ${quoted(title)}?`;
}

/** A column that could be meant, with cells of its first rows. */
export interface Shown {
  readonly index: number;
  readonly name: string;
  readonly cells: readonly string[];
}

const MOST_SHOWN = 4;

/** Formats the flag that names a column. */
export function columnFlag(name: string): string {
  return `--column ${shellWord(printable(name))}`;
}

/** Returns the flag that names a column, by its number if it has no title. */
function flagOf({ index, name }: Shown): string {
  return name === `Column ${index + 1}` ? `--column ${index + 1}` : columnFlag(name);
}

/** Formats titles, then cells, on one line, because a line end in a message could come from a file. */
function withCells(columns: readonly Shown[]): string {
  const shown = columns
    .slice(0, MOST_SHOWN)
    .map(({ name, cells }) => `${printable(name)}: ${cells.map(quoted).join(', ')}`);
  const names = columns.slice(0, MOST_TITLES).map(({ name }) => quoted(name));
  const rest = columns.length - names.length;
  return `${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}. ${shown.join('; ')}.`;
}

export function ambiguousColumn(path: string, columns: readonly Shown[]): AppError {
  const choices = columns.slice(0, MOST_SHOWN).map(flagOf);
  return inputError(
    'INPUT_COLUMN_AMBIGUOUS',
    `${sourceName(path)} has ${counted(columns.length, 'column')} that could contain the users: ${withCells(columns)}`,
    `Name the right one: ${choices.join(' or ')}. Columns with the same title are told apart by position: --column 1 is the first column.`,
  );
}

/**
 * Makes the error of a log of events, whose actor must never be mistaken for its target. `flags` select the targets;
 * `others` are columns that are neither.
 */
export function actorOrTarget(
  path: string,
  columns: readonly Shown[],
  flags: string | undefined,
  actor: string | undefined,
  others: readonly string[],
): AppError {
  const target = flags === undefined ? [] : [`For the users it was done to: ${flags}.`];
  const did = actor === undefined ? [] : [`For those who did it: ${columnFlag(actor)}.`];
  const rest = others
    .slice(0, MOST_SHOWN - 1)
    .map((name) => `For those in ${quoted(name)}: ${columnFlag(name)}.`);
  return inputError(
    'INPUT_COLUMN_AMBIGUOUS',
    `${sourceName(path)} lists events, and its columns name those who did something or those it was done to: ${withCells(columns)}`,
    [...target, ...did, ...rest].join(' '),
  );
}

/** A line without titles contains several ids or addresses, and each of them could be a user. */
export function severalUsers(
  path: string,
  columns: readonly Shown[],
  what: 'user id' | 'address',
): AppError {
  return inputError(
    'INPUT_COLUMN_AMBIGUOUS',
    `${sourceName(path)} has no header, and ${what === 'address' ? `${columns.length} addresses` : counted(columns.length, what)} in its first line: ${withCells(columns)}`,
    `If each of them is a user to act on, put each on its own line. Otherwise name the column: ${columns.slice(0, MOST_SHOWN).map(flagOf).join(' or ')}.`,
  );
}

/** No title names users, but the cells of one column do. */
export function proposedColumn(path: string, column: Shown): AppError {
  return inputError(
    'INPUT_COLUMN_MISSING',
    `No title of ${sourceName(path)} is known to contain users. The column ${quoted(column.name)} looks as if it does: ${column.cells.map(quoted).join(', ')}.`,
    `If it does: ${flagOf(column)}`,
  );
}

/** The first line is a row. The rest of it is not shown, because nobody knows what it contains. */
export function missingHeader(path: string, column: Shown | undefined): AppError {
  return inputError(
    'INPUT_COLUMN_MISSING',
    `${sourceName(path)} has no header: its first line is already a row${column === undefined ? '' : `, with ${column.cells.map(quoted).join(', ')} in column ${column.index + 1}`}.`,
    `Say which column names the users: --column ${(column?.index ?? 0) + 1}. Or put a header line above it, such as Login.`,
  );
}

/** Returns the jq filter that extracts the list of a flattened member such as `data.users.0.id`. */
function listFilter(title: string): string | undefined {
  const list = /^((?:[a-z_]\w*\.)+)\d+\./i.exec(title)?.[1];
  return list === undefined ? undefined : `.${list.slice(0, -1)}[]`;
}

export function sideBySide(path: string, title: string, isJson: boolean): AppError {
  const filter = isJson ? listFilter(title) : undefined;
  return inputError(
    'INPUT_COLUMN_MISSING',
    `${sourceName(path)} has all its users ${isJson ? 'in one record' : 'in one line, side by side'}: ${quoted(title)}. One user per ${isJson ? 'record' : 'line'} is needed.`,
    filter !== undefined
      ? `Extract the list: jq -c ${shellWord(filter)} ${shellWord(printable(path))} > users.ndjson`
      : isJson
        ? 'Give a list of users: [{"id": "00u…"}, …], or one object per line.'
        : 'A converter made it like this. Use the JSON file itself (--file users.json), or convert it with one line per user.',
  );
}

/** `--column` or `--where` names a column that is left out because it might contain secrets. */
export function secretColumn(path: string, name: string, flag: 'column' | 'where'): AppError {
  return inputError(
    'INPUT_COLUMN_MISSING',
    `The column ${quoted(name)} of ${sourceName(path)} may contain passwords or other secrets. It is left out, so --${flag} cannot use it.`,
    `If it has no secrets: --keep-column ${shellWord(printable(name))}`,
  );
}

export function ambiguousWhere(path: string, names: readonly string[]): AppError {
  return inputError(
    'INPUT_COLUMN_AMBIGUOUS',
    `${sourceName(path)} has ${counted(names.length, 'column')} that --where could mean: ${listed(names, true)}.`,
    'Write the title in --where exactly as listed; choose the column of users with --column.',
  );
}

export function badColumnPosition(path: string, index: number, width: number): AppError {
  return inputError(
    'INPUT_COLUMN_MISSING',
    `${sourceName(path)} has ${counted(width, 'column')}; there is no column ${index + 1}.`,
    `Give --column 1 to ${width}, or a title.`,
  );
}

export function tooWide(path: string): AppError {
  return inputError(
    'INPUT_CSV',
    `${sourceName(path)} has a row with more than ${MOST_COLUMNS} cells, so it is not a list of users.`,
    'Export it again with the columns that you need, or name the right --delimiter.',
  );
}

export function shiftedHeader(
  path: string,
  wanted: string,
  titles: number,
  width: number,
): AppError {
  return inputError(
    'INPUT_CSV',
    `${sourceName(path)}: the header has ${titles} titles and the rows have ${counted(width, 'cell')}, so ${quoted(wanted)} may be above another column.`,
    'A title with a comma in it? Put quotes around that title in the header line, or export with the User Id column first.',
  );
}

export function wrongObjects(
  path: string,
  column: string,
  what: string,
  example: string,
  users: Shown | undefined,
): AppError {
  return inputError(
    'INPUT_WRONG_OBJECTS',
    `${sourceName(path)}: the column ${quoted(column)} has ids of ${what}, not of users: ${quoted(example)}.`,
    users === undefined
      ? 'Export users (okta-reset users, or Rockstar’s Export Users), or name another column: --column "NAME".'
      : `The users are in the column ${quoted(users.name)} (${users.cells.map(quoted).join(', ')}): ${columnFlag(users.name)}`,
  );
}

export function notResults(path: string, titles: readonly (string | undefined)[]): AppError {
  return inputError(
    'INPUT_CSV',
    `${sourceName(path)} is not a results file of okta-reset: _row, _user_id, _outcome and _run_id are not all among its columns.${titles.length === 0 ? '' : ` Its header: ${listed(titles)}.`}`,
    'Give a run directory, or its results.csv. To take every row of any other file: okta-reset run --file FILE',
  );
}
