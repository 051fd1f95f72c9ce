import type { PageRow } from '../page/page-row.ts';

/** Which rows the reader wants to see. */
export interface PageFilter {
  /** Lower-case words that must all occur. */
  readonly words: readonly string[];
  /** Outcomes to show; empty shows all. */
  readonly outcomes: readonly number[];
  /** The code or reason to show; empty shows all. */
  readonly why: string;
}

/** Returns the text of a row that a search looks through, in lower case. */
export function rowText(row: PageRow): string {
  return `${row[2]}\n${row[3]}\n${row[4]}\n${row[6]}\n${row[7]}\n${row[11]}\n${row[12]}\n${row[13]}\n${row[14].join('\n')}`.toLowerCase();
}

/** Returns the positions of the rows that pass the filter, in order. `texts` contains each row's `rowText`. */
export function matchingRows(
  rows: readonly PageRow[],
  texts: readonly string[],
  filter: PageFilter,
): number[] {
  const found: number[] = [];
  rows.forEach((row, place) => {
    if (filter.outcomes.length > 0 && !filter.outcomes.includes(row[1])) return;
    if (filter.why !== '' && row[4] !== filter.why) return;
    const text = texts[place] ?? '';
    if (filter.words.every((word) => text.includes(word))) found.push(place);
  });
  return found;
}

/** Returns the positions in the order of a column: numbers by value, texts ignoring case, and equal ones by row number. */
export function sortedPlaces(
  rows: readonly PageRow[],
  places: readonly number[],
  column: number,
  descending: boolean,
): number[] {
  // One key per row, made once, because a sort compares each row many times.
  const keys = new Map<number, string | number>();
  for (const place of places) {
    const value = rows[place]?.[column] ?? '';
    keys.set(place, typeof value === 'number' ? value : String(value).toLowerCase());
  }
  const sign = descending ? -1 : 1;
  return [...places].sort((one, other) => {
    const a = keys.get(one) ?? '';
    const b = keys.get(other) ?? '';
    if (a < b) return -sign;
    if (a > b) return sign;
    return one - other;
  });
}
