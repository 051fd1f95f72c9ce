import { stringify } from 'csv-stringify/sync';
import { neutralizeCell } from '../../domain/row/cell.ts';

const NEEDS_QUOTES = /[",\r\n]/;

/** Writes a record as a line of CSV (comma, LF, quotes where needed), each cell neutralised but those that `exact` marks. */
export function csvLine(cells: readonly string[], exact?: readonly boolean[]): string {
  const safe = cells.map((cell, at) => (exact?.[at] === true ? cell : neutralizeCell(cell)));
  // Nearly all rows need no quotes, and then the library would only join them, ten times slower.
  const plain = safe.length > 1 && !safe.some((cell) => NEEDS_QUOTES.test(cell));
  // A lone empty cell is quoted: as an empty line, readers would skip it.
  return plain ? `${safe.join(',')}\n` : stringify([safe], { quoted_empty: safe.length === 1 });
}
