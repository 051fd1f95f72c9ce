import { stringify } from 'csv-stringify/sync';
import { neutralizeCell } from '../domain/cell.ts';

/**
 * Writes records as CSV (comma, LF, quotes where needed), each cell neutralised. One call for many records is
 * several times faster than a call for each.
 */
export function csvText(records: readonly (readonly string[])[]): string {
  return stringify(
    records.map((cells) => cells.map(neutralizeCell)),
    // A bare CR and the blanks at the ends survive only inside quotes; an empty only cell would look like a blank line.
    { quoted_match: /[\r\n]|^\s|\s$/, quoted_empty: records[0]?.length === 1 },
  );
}
