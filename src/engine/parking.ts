import type { Clock } from '../domain/clock.ts';

/** Rows that wait for a time (a retry, a second look), at most; beyond it no new row is begun. */
const parkedAtMost = (concurrency: number): number => Math.max(64, 8 * concurrency);
/** Rows that wait for their directory's agent, at most: the other lanes go on that far. */
const MAX_DEFERRED = 5000;

/** A wait of a row. */
export interface Wait {
  readonly ms: number;
  /** Ends the wait early. */
  readonly signal: AbortSignal;
  /** It waits for its directory, not for itself. */
  readonly deferred: boolean;
}

/** Where rows wait for a time without holding a place. Bounded: whoever begins rows asks `isFull` first. */
export class Parking {
  readonly #clock: Clock;
  readonly #atMost: number;
  #parked = 0;
  #deferred = 0;

  constructor(clock: Clock, concurrency: number) {
    this.#clock = clock;
    this.#atMost = parkedAtMost(concurrency);
  }

  /** @param others rows that wait elsewhere and count as well */
  isFull(others: number): boolean {
    return this.#parked + others >= this.#atMost || this.#deferred >= MAX_DEFERRED;
  }

  /** Resolves when the time is over; rejects when the signal aborts. */
  async wait({ ms, signal, deferred }: Wait): Promise<void> {
    const step = deferred ? 0 : 1;
    this.#parked += step;
    this.#deferred += 1 - step;
    try {
      await this.#clock.sleep(ms, signal);
    } finally {
      this.#parked -= step;
      this.#deferred -= 1 - step;
    }
  }
}
