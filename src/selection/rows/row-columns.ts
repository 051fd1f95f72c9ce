import { restoreCell } from '../../domain/row/cell.ts';
import type { Columns } from '../../domain/row/row.ts';
import { parseUserId } from '../../domain/org/user-id.ts';
import { isAddress } from '../layout/head-reading.ts';
import { isKept } from '../layout/left-out.ts';
import type { Layout } from '../layout/layout.ts';
import { holdsSecret } from '../layout/secret-cells.ts';
import { looksLikeFact, secrecyOf } from '../layout/secret-columns.ts';
import { tallyLine } from '../remarks/notice.ts';
import type { FileTally } from '../remarks/remarks.ts';
import { cleanCell, type Fault, type UsableIdentifier } from './identifier.ts';

/** Tells whether a record has a cell with text from this position on. */
export function hasCellsBehind(cells: readonly string[], width: number): boolean {
  for (let index = width; index < cells.length; index += 1) {
    if (cells[index] !== '' && cleanCell(cells[index] ?? '') !== '') return true;
  }
  return false;
}

/** Returns the names of the original columns by index. okta-reset's own columns have none. */
export function originalNames(layout: Layout): readonly (string | undefined)[] {
  const own = new Set(layout.results?.values() ?? []);
  return layout.names.map((name, index) => (own.has(index) ? undefined : name));
}

/** Returns up to which column there is a title, or without a header, a cell. */
export function titledWidth({ headerRecord, width, names }: Layout): number {
  if (headerRecord === undefined) return width;
  return names.findLastIndex((name) => name !== undefined) + 1;
}

/**
 * Tells whether cells can never be under the wrong title: JSON members name themselves, and the cells of a sheet name their
 * column.
 */
export function neverSlips({ header, sheet }: Layout): boolean {
  return header === 'members' || sheet !== undefined;
}

/** Tells whether a cell is a user id or an email address. */
function namesUser(cell: string): boolean {
  return parseUserId(cleanCell(cell)) !== undefined || isAddress(cell);
}

/** A column of the input, with the name that its cells are kept under. */
interface InputColumn {
  readonly name: string;
  readonly isTitled: boolean;
  /** There is no header, so nobody knows what the cells of any column but the users' contain. */
  readonly isUnknown: boolean;
}

/** Keeps the cells of rows by the names of their columns, except what might be a secret. */
export class RowColumns {
  readonly #layout: Layout;
  readonly #tally: FileTally;
  readonly #names: readonly (string | undefined)[];
  readonly #own: ReadonlySet<number>;
  readonly #taken: ReadonlySet<string | undefined>;
  readonly #titled: number;
  readonly #aboutSecrets: ReadonlySet<string | undefined>;
  /** The columns in which a row has had a cell. */
  readonly #columns: (InputColumn | 'left-out')[] = [];
  /** Whether one row has already named every column, so that other rows can leave out those without a cell. */
  #hasNamedAll: boolean;

  constructor(layout: Layout, tally: FileTally) {
    this.#layout = layout;
    this.#tally = tally;
    this.#names = originalNames(layout);
    this.#own = new Set(layout.results?.values() ?? []);
    this.#taken = new Set(this.#names);
    this.#titled = titledWidth(layout);
    this.#aboutSecrets = new Set(
      this.#names.filter((name) => name !== undefined && secrecyOf(name) === 'fact'),
    );
    this.#hasNamedAll = layout.header === 'members';
  }

  /** Returns the columns of a row, without cells that might contain secrets, which are counted. */
  of(cells: readonly string[], line: number, found: UsableIdentifier | Fault): Columns {
    if (this.#mayHoldSlippedSecret(cells)) return this.#keyAlone(cells, found);
    const columns: Record<string, string> = {};
    const width = this.#hasNamedAll ? 0 : this.#names.length;
    this.#hasNamedAll = true;
    const most = Math.max(width, cells.length);
    for (let index = 0; index < most; index += 1) {
      // The cheapest check comes first, because a JSON record has no cell for most members.
      if (cells[index] === undefined && index >= width) continue;
      const column = (this.#columns[index] ??= this.#columnAt(index));
      if (column === 'left-out') continue;
      const cell = this.#cellAt(cells, index, found);
      if (!column.isTitled && cell === '') continue;
      if (this.#isSecret(column, cell)) tallyLine(this.#tally.secretCells, line);
      else columns[column.name] = this.#restored(cell);
    }
    return columns;
  }

  /**
   * Tells whether cells might be under the wrong title: in a row with fewer or more cells than titles, any of them could be
   * a secret.
   */
  #mayHoldSlippedSecret(cells: readonly string[]): boolean {
    if (neverSlips(this.#layout) || this.#layout.leftOut.size === 0) return false;
    return cells.length < this.#titled || hasCellsBehind(cells, this.#titled);
  }

  #keyAlone(cells: readonly string[], found: UsableIdentifier | Fault): Columns {
    if (found.kind === 'fault') return {};
    const { index } = this.#layout.key;
    return { [this.#names[index] ?? this.#untitled(index)]: this.#restored(cells[index] ?? '') };
  }

  /** Finds a column of the input. okta-reset's own columns, and those that might contain secrets, are left out. */
  #columnAt(index: number): InputColumn | 'left-out' {
    const { leftOut, lateName } = this.#layout;
    if (leftOut.has(index) || this.#own.has(index)) return 'left-out';
    const name = this.#names[index] ?? lateName?.(index);
    if (name !== undefined) return { name, isTitled: true, isUnknown: false };
    if (index >= this.#names.length && lateName !== undefined) return 'left-out';
    const isUnknown = this.#layout.headerRecord === undefined && index !== this.#layout.key.index;
    return { name: this.#untitled(index), isTitled: false, isUnknown };
  }

  /** Returns the cell; or only its login, if there is more in it and that might be a password. */
  #cellAt(cells: readonly string[], index: number, found: UsableIdentifier | Fault): string {
    const isMore = found.kind === 'fault' && found.code === 'more-than-login';
    return isMore && index === this.#layout.key.index ? found.value : (cells[index] ?? '');
  }

  /** Tells whether a cell is left out although its column is kept. */
  #isSecret({ name, isTitled, isUnknown }: InputColumn, cell: string): boolean {
    if (cell === '') return false;
    // Nobody knows what a column without a title contains, so only what is clearly something else is kept.
    const isSecret =
      isUnknown ||
      holdsSecret(cell) ||
      (!isTitled && !looksLikeFact(cell) && !namesUser(cell)) ||
      (this.#aboutSecrets.has(name) && !looksLikeFact(cell));
    return isSecret && !isKept(name, this.#layout);
  }

  #untitled(index: number): string {
    const name = `Column ${index + 1}`;
    return this.#taken.has(name) ? `${name} (untitled)` : name;
  }

  #restored(cell: string): string {
    return this.#layout.results === undefined ? cell : restoreCell(cell);
  }
}
