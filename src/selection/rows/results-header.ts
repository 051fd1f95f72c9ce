import { RESULT_COLUMNS } from '../../domain/row/result.ts';

/** Where each of okta-reset's own columns is in a results file, by its name. */
export type ResultIndexes = ReadonlyMap<string, number>;

/** The original column of rows that come from `--user`. Okta has no attribute with this name. */
export const USER_COLUMN = 'user';

const OWN: ReadonlySet<string> = new Set(RESULT_COLUMNS);
const ESSENTIAL = ['_row', '_user_id', '_outcome', '_run_id'];

/** Finds okta-reset's own columns, in any order; undefined if the header is not one of its results files. */
export function resultIndexes(titles: readonly string[]): ResultIndexes | undefined {
  const indexes = new Map<string, number>();
  titles.forEach((title, index) => {
    const name = title.toLowerCase();
    if (OWN.has(name) && !indexes.has(name)) indexes.set(name, index);
  });
  return ESSENTIAL.every((name) => indexes.has(name)) ? indexes : undefined;
}

export function isResultsHeader(titles: readonly string[]): boolean {
  return resultIndexes(titles) !== undefined;
}

/**
 * Returns the columns that a flag means in a results file: `login` is the admin's own column rather than okta-reset's
 * `_login`.
 */
export function preferOriginal(
  found: readonly number[],
  results: ResultIndexes | undefined,
): readonly number[] {
  if (results === undefined || found.length < 2) return found;
  const own = new Set(results.values());
  const original = found.filter((index) => !own.has(index));
  return original.length > 0 ? original : found;
}
