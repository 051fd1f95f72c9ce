import {
  providerNamed,
  STATE_COLUMNS,
  statusNamed,
  type StateColumn,
  type UserTable,
  type UserView,
} from './user-table.ts';

type State = Readonly<Record<StateColumn, number>>;

interface Past {
  readonly index: number;
  readonly timeMs: number;
  /** As it was before the change of that time. */
  readonly state: State;
}

/**
 * What Okta's search does not know yet: it reads a copy that lags behind. Keeps the state before each change of the last
 * `lagMs`, and nothing where there is no lag.
 */
export class SearchLag {
  readonly #table: UserTable;
  readonly #lagMs: number;
  #past: Past[] = [];
  #oldest = 0;

  constructor(table: UserTable, lagMs: number) {
    this.#table = table;
    this.#lagMs = lagMs;
  }

  /** To be called before a user changes. */
  keep(index: number, nowMs: number): void {
    if (this.#lagMs === 0) return;
    this.#forget(nowMs);
    const state = Object.fromEntries(
      STATE_COLUMNS.map((column) => [column, this.#table.value(column, index)]),
    ) as State;
    this.#past.push({ index, timeMs: nowMs, state });
  }

  #forget(nowMs: number): void {
    while ((this.#past[this.#oldest]?.timeMs ?? Number.POSITIVE_INFINITY) <= nowMs - this.#lagMs)
      this.#oldest += 1;
    if (this.#oldest < 1024 || this.#oldest * 2 < this.#past.length) return;
    this.#past = this.#past.slice(this.#oldest);
    this.#oldest = 0;
  }

  /** All users as the search sees them at this time. */
  view(nowMs: number): UserView {
    if (this.#lagMs === 0) return this.#table;
    this.#forget(nowMs);
    const table = this.#table;
    const unseen = new Map<number, State>();
    for (const { index, state } of this.#past.slice(this.#oldest))
      if (!unseen.has(index)) unseen.set(index, state);
    const value = (column: StateColumn, index: number): number =>
      unseen.get(index)?.[column] ?? table.value(column, index);
    return {
      value,
      statusOf: (index) => statusNamed(value('status', index)),
      providerOf: (index) => providerNamed(value('provider', index)),
      createdS: (index) => table.createdS(index),
    };
  }
}
