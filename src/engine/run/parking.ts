import type { Clock } from '../../domain/clock.ts';

/** Rows that wait, at most: for a time, for an effect, for their directory's agent. About a kilobyte each. */
const MOST_PARKED = 5000;
/** The same while the org answers no write: every row begun then would only be one more in doubt. */
const mostInSilence = (places: number): number => Math.max(64, 8 * places);

/** Where rows wait without holding a place. Bounded: whoever begins rows asks `isFull` first. */
export class Parking {
  readonly #clock: Clock;
  readonly #inSilence: number;
  #parked = 0;

  constructor(clock: Clock, places: number) {
    this.#clock = clock;
    this.#inSilence = mostInSilence(places);
  }

  /** @param silent the org answers no write at present */
  isFull(silent: boolean): boolean {
    return this.#parked >= (silent ? this.#inSilence : MOST_PARKED);
  }

  /** Resolves when the time is over; rejects when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void> {
    return this.hold(this.#clock.sleep(ms, signal));
  }

  /** Counts a row that waits for something else than a time. */
  async hold<T>(awaited: Promise<T>): Promise<T> {
    this.#parked += 1;
    try {
      return await awaited;
    } finally {
      this.#parked -= 1;
    }
  }
}
