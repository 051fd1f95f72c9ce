import type { OutcomeRecord } from '../domain/run/journal-record.ts';

const FIRST_CAPACITY = 1024;

/** The state of each row, stored in one byte. */
export const ROW_STATES = [
  'untouched',
  'open',
  'succeeded',
  'skipped',
  'failed',
  'unknown',
] as const satisfies readonly ('untouched' | 'open' | OutcomeRecord['outcome'])[];

export type RowState = (typeof ROW_STATES)[number];

const CODE = Object.fromEntries(ROW_STATES.map((state, code) => [state, code])) as Record<
  RowState,
  number
>;

/** The state of each row, and the position of its outcome record in the journal, in nine bytes per row. */
export class RowTable {
  readonly #rows: number;
  #states: Uint8Array;
  // Offsets exceed 4 GiB after tens of millions of records, and a double is exact up to 2^53.
  #offsets: Float64Array;

  /** @param rows the number of rows of the plan */
  constructor(rows: number) {
    this.#rows = rows;
    const capacity = Math.min(rows, FIRST_CAPACITY) + 1;
    this.#states = new Uint8Array(capacity);
    this.#offsets = new Float64Array(capacity);
  }

  /** Tells whether the plan has the row. */
  has(row: number): boolean {
    return row >= 1 && row <= this.#rows;
  }

  state(row: number): RowState {
    return ROW_STATES[this.#states[row] ?? 0] ?? 'untouched';
  }

  /** Byte offset of the outcome record; undefined if the row has not ended. */
  offset(row: number): number | undefined {
    return (this.#states[row] ?? 0) >= 2 ? this.#offsets[row] : undefined;
  }

  set(row: number, state: RowState, offset = 0): void {
    if (row >= this.#states.length) this.#grow(row);
    this.#states[row] = CODE[state];
    this.#offsets[row] = offset;
  }

  #grow(row: number): void {
    const capacity = Math.min(this.#rows + 1, Math.max(row + 1, this.#states.length * 2));
    const states = new Uint8Array(capacity);
    states.set(this.#states);
    this.#states = states;
    const offsets = new Float64Array(capacity);
    offsets.set(this.#offsets);
    this.#offsets = offsets;
  }
}
