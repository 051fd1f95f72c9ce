import type { ApiError } from '../../../api/parts.ts';
import type { RowsQuery } from '../../../api/requests.ts';
import type { Rows, TableRow } from '../../../api/run-answers.ts';
import type { Answer } from '../../client/answer.ts';

export type RowFilter = Omit<RowsQuery, 'from' | 'count' | 'fresh'>;

export type FetchRows = (query: RowsQuery, signal: AbortSignal) => Promise<Answer<Rows>>;

/** How far the rows have been searched for the filter. */
export type Reading =
  | { readonly kind: 'reading'; readonly scanned: number; readonly total: number }
  | { readonly kind: 'paused'; readonly scanned: number; readonly total: number }
  | { readonly kind: 'complete'; readonly total: number }
  | { readonly kind: 'refused'; readonly error: ApiError };

/** Which rows of a run. `fresh`: as they are now, because somebody asked for them. */
export interface RowsWanted {
  readonly filter: RowFilter;
  readonly total: number;
  readonly fresh: boolean;
}

const PAGE_ROWS = 100;

/**
 * The rows of a run as the table needs them, page by page from the server. Without a filter, every row has its position from
 * the start, and only visible rows are read. With a filter, rows are found from the top, as far down as is visible.
 */
export class RowSource {
  readonly #fetch: FetchRows;
  readonly #filter: RowFilter;
  readonly #onChange: () => void;
  readonly #gone = new AbortController();
  readonly #pages = new Map<number, readonly TableRow[]>();
  readonly #asked = new Map<number, AbortController>();
  readonly #isWhole: boolean;
  #found: TableRow[] = [];
  #next: number | undefined = 1;
  #isReading = false;
  #wanted = PAGE_ROWS;
  #reading: Reading;
  /** The first search wants the rows as they are now; those after it continue in the same ones. */
  #isFresh: boolean;

  constructor(fetch: FetchRows, { filter, total, fresh }: RowsWanted, onChange: () => void) {
    this.#fetch = fetch;
    this.#filter = filter;
    this.#onChange = onChange;
    this.#isFresh = fresh;
    this.#isWhole = Object.values(filter).every((value) => value === undefined || value === '');
    this.#reading = this.#isWhole
      ? { kind: 'complete', total }
      : { kind: 'reading', scanned: 0, total };
    if (!this.#isWhole) void this.#search();
  }

  get reading(): Reading {
    return this.#reading;
  }

  /** How many positions the table has. */
  get count(): number {
    if (!this.#isWhole) return this.#found.length;
    return this.#reading.kind === 'complete' ? this.#reading.total : 0;
  }

  /** Returns the row at a position; undefined while it is being read. */
  at(place: number): TableRow | undefined {
    if (!this.#isWhole) return this.#found[place];
    return this.#pages.get(Math.floor(place / PAGE_ROWS))?.[place % PAGE_ROWS];
  }

  /** Reads what is missing at these positions, and abandons what is no longer visible. */
  want(first: number, last: number): void {
    if (!this.#isWhole) {
      this.#wanted = Math.max(this.#wanted, last + PAGE_ROWS);
      if (!this.#isReading) void this.#search();
      return;
    }
    const from = Math.floor(first / PAGE_ROWS);
    const to = Math.floor(last / PAGE_ROWS);
    for (const [page, asked] of this.#asked) if (page < from || page > to) asked.abort();
    for (let page = from; page <= to; page += 1)
      if (!this.#pages.has(page) && !this.#asked.has(page)) void this.#readPage(page);
  }

  /** Abandons whatever is in progress. */
  close(): void {
    this.#gone.abort();
    for (const asked of this.#asked.values()) asked.abort();
  }

  async #readPage(page: number): Promise<void> {
    const asked = new AbortController();
    this.#asked.set(page, asked);
    const rows: TableRow[] = [];
    let from: number | undefined = page * PAGE_ROWS + 1;
    while (from !== undefined && rows.length < PAGE_ROWS && !asked.signal.aborted) {
      const count = PAGE_ROWS - rows.length;
      const answer = await this.#fetch({ from: String(from), count: String(count) }, asked.signal);
      if (answer.kind !== 'ok') {
        if (answer.kind === 'refused') this.#reading = { kind: 'refused', error: answer.error };
        break;
      }
      rows.push(...answer.value.rows);
      from = answer.value.next;
      if (from === undefined || rows.length >= PAGE_ROWS) this.#pages.set(page, rows);
    }
    this.#asked.delete(page);
    if (!this.#gone.signal.aborted) this.#onChange();
  }

  async #search(): Promise<void> {
    this.#isReading = true;
    while (this.#next !== undefined && this.#found.length < this.#wanted) {
      const place = { from: String(this.#next), count: String(PAGE_ROWS) };
      const query = {
        ...this.#filter,
        ...place,
        ...(this.#isFresh ? { fresh: 'yes' as const } : {}),
      };
      this.#isFresh = false;
      const answer = await this.#fetch(query, this.#gone.signal);
      if (this.#gone.signal.aborted || answer.kind === 'aborted') return;
      if (answer.kind === 'refused') {
        this.#reading = { kind: 'refused', error: answer.error };
        break;
      }
      const { rows, next, scanned, total } = answer.value;
      this.#found.push(...rows);
      this.#next = next;
      this.#reading =
        next === undefined ? { kind: 'complete', total } : { kind: 'reading', scanned, total };
      this.#onChange();
    }
    this.#isReading = false;
    if (this.#reading.kind === 'reading') {
      this.#reading = { ...this.#reading, kind: 'paused' };
      this.#onChange();
    }
  }
}
