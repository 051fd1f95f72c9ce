import type { Clock } from '../../domain/clock.ts';
import { BOUNDS } from '../api/bounds.ts';

/** Reports a state that changes often, at most once per interval, and always the newest. */
export class Telling {
  readonly #clock: Clock;
  readonly #tell: () => void;
  #lastMs = -Infinity;
  #isWaiting = false;

  constructor(clock: Clock, tell: () => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** Reports it soon. */
  soon(): void {
    if (this.#isWaiting) return;
    const waitMs = this.#lastMs + BOUNDS.tellEveryMs - this.#clock.monotonicMs();
    if (waitMs <= 0) {
      this.now();
      return;
    }
    this.#isWaiting = true;
    void this.#clock.sleep(waitMs).then(() => {
      if (this.#isWaiting) this.now();
    });
  }

  /** Reports it at once. */
  now(): void {
    this.#isWaiting = false;
    this.#lastMs = this.#clock.monotonicMs();
    this.#tell();
  }
}
