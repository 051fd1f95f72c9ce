import type { StopReason } from '../../domain/run/stop.ts';

/** If this many first rows are refused in the same way, and nothing else was answered, the users are not the cause. */
export const FIRST_ROWS = 5;
/** If this many consecutive rows are refused in the same way in the middle of a run, a role was taken away. */
export const SUSPECTS_IN_A_ROW = 25;

interface Held {
  readonly stop: StopReason;
  /** Ends the row as failed after all. */
  readonly release: () => void;
  /** Gives the row back without an end. */
  readonly leave: () => void;
}

/**
 * Distinguishes “this user is out of reach” from “this credential can reach nobody”: Okta has one code for both (E0000006).
 * Until a write is accepted, or refused for another reason, rows with this refusal are held. If no other answer comes, the
 * run stops and gives the held rows back, so that they are acted on after the role is restored. If an earlier invocation
 * has had a write accepted, no row is held: otherwise a run whose last rows are all out of reach would never end.
 */
export class CommonRefusal {
  readonly #onStop: (stop: StopReason) => void;
  #held: Held[] = [];
  #over: boolean;
  #condemned = false;
  #inARow = 0;

  constructor(onStop: (stop: StopReason) => void, acceptedBefore: boolean) {
    this.#onStop = onStop;
    this.#over = acceptedBefore;
  }

  get holding(): number {
    return this.#held.length;
  }

  /** Holds a row that was refused for a reason that might affect every row. Exactly one of its functions will be called. */
  suspect(row: Held): void {
    this.#inARow += 1;
    if (this.#condemned) {
      row.leave();
      return;
    }
    if (this.#over) {
      row.release();
      if (this.#inARow >= SUSPECTS_IN_A_ROW) this.#onStop(row.stop);
      return;
    }
    this.#held.push(row);
    const alike = this.#held.filter((held) => held.stop.kind === row.stop.kind).length;
    if (alike >= FIRST_ROWS) this.condemn();
  }

  /** Releases the held rows, because a write was accepted, or refused for another reason. */
  clear(): void {
    this.#inARow = 0;
    if (this.#over) return;
    this.#over = true;
    this.release();
  }

  /** Ends the held rows as failed, because they are too few to decide. */
  release(): void {
    const held = this.#held;
    this.#held = [];
    for (const row of held) row.release();
  }

  /** Stops the run for the last held row's reason and gives all held rows back. */
  condemn(): void {
    const held = this.#held;
    const last = held.at(-1);
    if (last === undefined) return;
    this.#held = [];
    this.#condemned = true;
    this.#onStop(last.stop);
    for (const row of held) row.leave();
  }
}
