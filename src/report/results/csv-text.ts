import { stringify } from 'csv-stringify/sync';
import { neutralizeCell } from '../../domain/row/cell.ts';

const NEEDS_QUOTES = /[",\r\n]/;

/**
 * Writes a record as a line of CSV (comma, LF, quotes if needed). Each cell is made harmless, except those that `exact`
 * marks.
 */
export function csvLine(cells: readonly string[], exact?: readonly boolean[]): string {
  const safe = cells.map((cell, at) => (exact?.[at] === true ? cell : neutralizeCell(cell)));
  // Hardly any row needs quotes, and the library would only join the cells, ten times slower.
  const plain = safe.length > 1 && !safe.some((cell) => NEEDS_QUOTES.test(cell));
  // A single empty cell is quoted, because readers would skip an empty line.
  return plain ? `${safe.join(',')}\n` : stringify([safe], { quoted_empty: safe.length === 1 });
}
