import type { StopReason } from '../../domain/run/stop.ts';

/** So many first rows refused alike, and none otherwise: it is not the users. */
export const FIRST_ROWS = 5;
/** So many rows in a row refused alike in the middle of a run: a role was taken away. */
export const SUSPECTS_IN_A_ROW = 25;

interface Held {
  readonly stop: StopReason;
  /** Ends the row as failed after all. */
  readonly release: () => void;
  /** Gives the row back without an end. */
  readonly leave: () => void;
}

/**
 * Tells “this user is out of reach” from “this credential reaches nobody”: Okta has one code for both (E0000006).
 * Until one write was granted or refused for another reason, rows refused so are held; if only such come, the run
 * stops and the held rows are given back, so that they are acted on once the role is given back.
 */
export class CommonRefusal {
  readonly #onStop: (stop: StopReason) => void;
  #held: Held[] = [];
  #over = false;
  #condemned = false;
  #inARow = 0;

  constructor(onStop: (stop: StopReason) => void) {
    this.#onStop = onStop;
  }

  get holding(): number {
    return this.#held.length;
  }

  /** A row was refused for what may be everybody's matter. Exactly one of its functions will be called. */
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

  /** A write was granted, or refused for a reason of its own. */
  clear(): void {
    this.#inARow = 0;
    if (this.#over) return;
    this.#over = true;
    this.release();
  }

  /** Ends the held rows as failed: too few to tell. */
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
