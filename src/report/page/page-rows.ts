import { OUTCOMES } from '../../domain/row/outcome.ts';
import type { ResultRow } from '../../domain/row/result.ts';
import { errorKey } from '../results/tally.ts';
import { clip } from '../wording.ts';
import type { PageRow } from './page-row.ts';

/** The most rows that a page contains, by their importance, and the most characters that they have together. */
export interface PageLimits {
  /** Runs up to this size have all their rows in the page. */
  readonly whole: number;
  readonly failedOrUnknown: number;
  readonly notAttempted: number;
  readonly others: number;
  readonly characters: number;
}

/** 100,000 rows open in a browser in about a second. Cells are cut, so that hostile input cannot make the page larger. */
export const PAGE_LIMITS: PageLimits = {
  whole: 100_000,
  failedOrUnknown: 60_000,
  notAttempted: 20_000,
  others: 20_000,
  characters: 64 * 1024 * 1024,
};

const MAX_CELL = 300;

/** Writes a value as JSON for a script element, without `<`, so that nothing can end the element. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

function encoded(row: ResultRow, own: readonly string[]): string {
  const cut = (text: string | undefined) => (text === undefined ? '' : clip(text, MAX_CELL));
  const bad = row.outcome === 'failed' || row.outcome === 'unknown';
  const told: PageRow = [
    row.row,
    OUTCOMES.indexOf(row.outcome),
    cut(row.login ?? row.input),
    cut(row.userId),
    bad ? errorKey(row) : cut(row.reason),
    row.httpStatus ?? 0,
    cut(row.oktaError ?? row.detail),
    cut(row.oktaRequestId),
    row.attempts,
    row.startedAt ?? '',
    row.finishedAt ?? '',
    `${cut(row.source)}:${row.line}`,
    cut(row.reason),
    cut(row.input),
    own.map((name) => cut(row.columns[name])),
  ];
  return scriptJson(told);
}

/** How many input columns a page contains. More are of no use on a page, and results.csv has all of them. */
const MOST_OWN = 30;

/** How the input named its users, if neither by login nor by id. */
class Naming {
  readonly #own: readonly string[];
  /** Columns whose cell was the identifier in every such row. */
  #columns: readonly string[] | undefined;

  constructor(own: readonly string[]) {
    this.#own = own;
  }

  add({ input, login, userId, columns }: ResultRow): void {
    if (input === login || input === userId) return;
    this.#columns = (this.#columns ?? this.#own).filter((name) => columns[name] === input);
  }

  /** The name of the column that identifies the rows, or words for it; undefined if logins or ids identify them. */
  get name(): string | undefined {
    return this.#columns === undefined ? undefined : (this.#columns[0] ?? 'As given');
  }
}

/** Chooses the rows of a page as they pass, and writes them as the lines of a JSON array. */
export class PageRows {
  readonly #limits: PageLimits;
  readonly #whole: boolean;
  readonly #taken = { failedOrUnknown: 0, notAttempted: 0, others: 0 };
  readonly #naming: Naming;
  #characters = 0;
  #count = 0;
  /** The columns of the input that are shown with the rows. */
  readonly own: readonly string[];

  constructor(
    run: { readonly rows: number; readonly columns: readonly string[] },
    limits: PageLimits = PAGE_LIMITS,
  ) {
    this.#limits = limits;
    this.#whole = run.rows <= limits.whole;
    this.own = run.columns.slice(0, MOST_OWN);
    this.#naming = new Naming(this.own);
  }

  /** The heading of the column that shows how the input named the rows; undefined if by login or id. */
  get namedBy(): string | undefined {
    return this.#naming.name;
  }

  /** How many rows were taken. */
  get count(): number {
    return this.#count;
  }

  /** Returns the line of the row; undefined if it is not part of the page. */
  take(row: ResultRow): string | undefined {
    if (this.#characters >= this.#limits.characters) return undefined;
    if (!this.#whole && !this.#hasRoom(row)) return undefined;
    const line = (this.#count === 0 ? '\n' : ',\n') + encoded(row, this.own);
    this.#naming.add(row);
    this.#characters += line.length;
    this.#count += 1;
    return line;
  }

  #hasRoom(row: ResultRow): boolean {
    const { outcome } = row;
    const group =
      outcome === 'failed' || outcome === 'unknown'
        ? 'failedOrUnknown'
        : outcome === 'not-attempted'
          ? 'notAttempted'
          : 'others';
    if (this.#taken[group] >= this.#limits[group]) return false;
    this.#taken[group] += 1;
    return true;
  }
}
