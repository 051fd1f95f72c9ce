import type { Archive } from './archive.ts';
import { columnOf } from './cell-reference.ts';
import { oversizedWorkbook } from './workbook-error.ts';

/** Cells merged into one: rows `from` to `to` of a column, and of several columns the first. */
interface MergedCells {
  readonly column: number;
  readonly from: number;
  readonly to: number;
}

const MOST_MERGED = 20_000;
/** How many cells merging can fill in total. */
const MOST_FILLED = 1_000_000;
const MERGED = /<(?:\w+:)?mergeCell\s[^<>]*?\bref="([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})"/g;
/** Longer than any tag that `MERGED` matches. */
const OVERLAP = 200;

/** Gives every row of merged cells the value of the first one. */
export class MergedValues {
  readonly #byFirstRow = new Map<number, MergedCells[]>();
  readonly #open = new Map<number, { readonly to: number; readonly value: string }>();
  readonly #path: string;
  #left = MOST_FILLED;
  /** How many cells were filled. */
  filled = 0;

  constructor(path: string, merged: readonly MergedCells[]) {
    this.#path = path;
    for (const cells of merged) {
      const others = this.#byFirstRow.get(cells.from);
      if (others === undefined) this.#byFirstRow.set(cells.from, [cells]);
      else others.push(cells);
    }
  }

  /** Fills the empty cells of a row that are merged with one above. Rows must come in order. */
  fill(row: number, cells: string[]): void {
    for (const [column, { to, value }] of this.#open) {
      if (row > to) this.#open.delete(column);
      else if ((cells[column] ?? '') === '') {
        while (cells.length < column) cells.push('');
        cells[column] = value;
        this.filled += 1;
      }
      this.#left -= 1;
      if (this.#left < 0) throw oversizedWorkbook(this.#path);
    }
    for (const { column, to } of this.#byFirstRow.get(row) ?? []) {
      const value = cells[column] ?? '';
      if (value !== '') this.#open.set(column, { to, value });
    }
  }
}

/**
 * Finds the merged cells of a sheet, which come after its rows. Their tags are searched for as text. That is safe because
 * XML writes `<` in a cell as `&lt;`.
 */
export async function readMergedCells(archive: Archive, member: string): Promise<MergedValues> {
  const merged: MergedCells[] = [];
  let rest = '';
  for await (const chunk of archive.read(member, 'again') ?? []) {
    // Latin-1, because the tags are ASCII and no character is split.
    const text = rest + chunk.toString('latin1');
    let end = 0;
    for (const match of text.includes('mergeCell') ? text.matchAll(MERGED) : []) {
      const [tag, letters = '', from = '', to = ''] = match;
      end = match.index + tag.length;
      if (Number(to) > Number(from))
        merged.push({ column: columnOf(letters), from: Number(from), to: Number(to) });
      if (merged.length > MOST_MERGED) throw oversizedWorkbook(archive.path);
    }
    rest = text.slice(Math.max(end, text.length - OVERLAP));
  }
  return new MergedValues(archive.path, merged);
}
