import {
  providerNamed,
  STATE_COLUMNS,
  statusNamed,
  type StateColumn,
  type UserTable,
  type UserView,
} from './user-table.ts';

type State = Readonly<Record<StateColumn, number>>;

interface Change {
  readonly index: number;
  readonly timeMs: number;
  /** The user as they were before the change at that time. */
  readonly state: State;
}

/**
 * Users as they were: what Okta's search does not know yet, and what a lagging read still shows. Keeps the state before each
 * change of the last `keepMs`, or nothing if that is 0.
 */
export class UserHistory {
  readonly #table: UserTable;
  readonly #keepMs: number;
  /** All of them, oldest first. A Set would go through the places of removed ones each time. */
  #changes: Change[] = [];
  #oldest = 0;
  /** The same changes by user, oldest first. */
  readonly #byUser = new Map<number, Change[]>();

  constructor(table: UserTable, keepMs: number) {
    this.#table = table;
    this.#keepMs = keepMs;
  }

  /** Call it before a user changes. */
  keep(index: number, nowMs: number): void {
    if (this.#keepMs === 0) return;
    this.#forget(nowMs);
    const state = Object.fromEntries(
      STATE_COLUMNS.map((column) => [column, this.#table.value(column, index)]),
    ) as State;
    const change = { index, timeMs: nowMs, state };
    this.#changes.push(change);
    const own = this.#byUser.get(index);
    if (own === undefined) this.#byUser.set(index, [change]);
    else own.push(change);
  }

  #forget(nowMs: number): void {
    for (;;) {
      const oldest = this.#changes[this.#oldest];
      if (oldest === undefined || oldest.timeMs > nowMs - this.#keepMs) break;
      this.#oldest += 1;
      const own = this.#byUser.get(oldest.index);
      own?.shift();
      if (own?.length === 0) this.#byUser.delete(oldest.index);
    }
    if (this.#oldest < 1024 || this.#oldest * 2 < this.#changes.length) return;
    this.#changes = this.#changes.slice(this.#oldest);
    this.#oldest = 0;
  }

  /** All users as they were `lagMs` before `nowMs`, but at most `keepMs` back. */
  view(nowMs: number, lagMs: number): UserView {
    if (lagMs === 0 || this.#keepMs === 0) return this.#table;
    this.#forget(nowMs);
    const table = this.#table;
    const seenMs = nowMs - lagMs;
    const value = (column: StateColumn, index: number): number => {
      const unseen = this.#byUser.get(index)?.find(({ timeMs }) => timeMs > seenMs);
      return unseen?.state[column] ?? table.value(column, index);
    };
    return {
      value,
      statusOf: (index) => statusNamed(value('status', index)),
      providerOf: (index) => providerNamed(value('provider', index)),
      createdS: (index) => table.createdS(index),
    };
  }
}
