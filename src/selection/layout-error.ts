import type { AppError } from '../domain/app-error.ts';
import { counted } from './notice.ts';
import { inputError, printable, quoted, sourceName } from './input-error.ts';
import type { FileOptions } from './selection.ts';

const MOST_TITLES = 20;

function listed(titles: readonly (string | undefined)[]): string {
  const known = titles.filter((title) => title !== undefined && title.trim() !== '');
  const shown = known.slice(0, MOST_TITLES).map((title) => quoted(title ?? ''));
  const rest = known.length - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ');
}

export function emptyFile(path: string, what: 'is empty' | 'has no rows'): AppError {
  return inputError(
    'INPUT_EMPTY',
    `${sourceName(path)} ${what}.`,
    'Export it again; a filter, or a saving that failed, may have left nothing.',
  );
}

export function missingColumn(
  path: string,
  titles: readonly (string | undefined)[],
  options: FileOptions,
  what: 'column' | 'where',
  wanted: string | undefined = what === 'column' ? options.column : options.where[0]?.column,
): AppError {
  const name = sourceName(path);
  const seen = listed(titles);
  const wrongDelimiter =
    options.delimiter === undefined ? '' : ' Or leave out --delimiter, and it is recognised.';
  if (wanted !== undefined) {
    return inputError(
      'INPUT_COLUMN_MISSING',
      `${name} has no column ${quoted(wanted)}. Its first line: ${seen}.`,
      what === 'column'
        ? `Name one of these with --column "NAME", or by its place: --column 1.${wrongDelimiter}`
        : `Name one of these in --where "NAME=value".${wrongDelimiter}`,
    );
  }
  return inputError(
    'INPUT_COLUMN_MISSING',
    `No column of ${name} is known to name users. Its first line: ${seen}.`,
    `Name the column of user ids or logins: --column "NAME"; a list without a header needs a line such as Login above it, or --column 1.${wrongDelimiter}`,
  );
}

export function ambiguousColumn(path: string, names: readonly string[]): AppError {
  const choices = names.slice(0, 3).map((name) => `--column "${printable(name)}"`);
  return inputError(
    'INPUT_COLUMN_AMBIGUOUS',
    `${sourceName(path)} has ${counted(names.length, 'column')} that could be meant: ${listed(names)}.`,
    `Name the right one: ${choices.join(' or ')}. Equal titles are told apart by place: --column 1 is the first column.`,
  );
}

export function ambiguousWhere(path: string, names: readonly string[]): AppError {
  return inputError(
    'INPUT_COLUMN_AMBIGUOUS',
    `${sourceName(path)} has ${counted(names.length, 'column')} that --where could mean: ${listed(names)}.`,
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

export function shiftedHeader(
  path: string,
  wanted: string,
  titles: number,
  width: number,
): AppError {
  return inputError(
    'INPUT_CSV',
    `${sourceName(path)}: the header has ${titles} titles and the rows have ${counted(width, 'cell')}, so ${quoted(wanted)} may stand over another column.`,
    'A title with a comma in it? Put quotes around that title in the header line, or export with the User Id column first.',
  );
}

export function wrongObjects(
  path: string,
  column: string,
  what: string,
  example: string,
): AppError {
  return inputError(
    'INPUT_WRONG_OBJECTS',
    `${sourceName(path)}: the column ${quoted(column)} holds ids of ${what}, not of users: ${quoted(example)}.`,
    'Export users (okta-reset users, or Rockstar’s Export Users), or name another column: --column "NAME".',
  );
}

export function notResults(path: string, titles: readonly (string | undefined)[]): AppError {
  return inputError(
    'INPUT_CSV',
    `${sourceName(path)} is no results file of okta-reset: _row, _user_id, _outcome and _run_id are not all among its columns. Its header: ${listed(titles)}.`,
    'Give a run directory, or its results.csv. To take every row of any other file: okta-reset run --file FILE.',
  );
}
