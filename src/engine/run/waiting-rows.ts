import type { Clock } from '../../domain/clock.ts';

/** The most rows that can wait for a time, an effect, or their directory's agent. Each takes about one kilobyte. */
const MOST_WAITING = 5000;
/** The same while the org answers no write, because each row that begins then would only add one in doubt. */
const mostInSilence = (places: number): number => Math.max(64, 8 * places);

/** The rows that wait without a place. Their number is bounded: ask `isFull` before a row begins. */
export class WaitingRows {
  readonly #clock: Clock;
  readonly #inSilence: number;
  #waiting = 0;

  constructor(clock: Clock, places: number) {
    this.#clock = clock;
    this.#inSilence = mostInSilence(places);
  }

  /** @param silent the org currently answers no write */
  isFull(silent: boolean): boolean {
    return this.#waiting >= (silent ? this.#inSilence : MOST_WAITING);
  }

  /** Resolves after a time; rejects when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void> {
    return this.hold(this.#clock.sleep(ms, signal));
  }

  /** Counts a row that waits for something other than a time. */
  async hold<T>(awaited: Promise<T>): Promise<T> {
    this.#waiting += 1;
    try {
      return await awaited;
    } finally {
      this.#waiting -= 1;
    }
  }
}
