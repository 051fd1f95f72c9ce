import Bottleneck from 'bottleneck';
import { LIMITS } from './limits.ts';

/** The pace that the admin has set for the calls of one bucket. */
export interface OwnPaceRules {
  readonly perMinute?: number | undefined;
  readonly perHour?: number | undefined;
}

/** Returns the milliseconds between two calls with which both limits hold; 0 without a limit. */
export function spacingMs({ perMinute = Infinity, perHour = Infinity }: OwnPaceRules): number {
  const { ownPaceMarginMs } = LIMITS;
  return Math.max((60_000 + ownPaceMarginMs) / perMinute, (3_600_000 + ownPaceMarginMs) / perHour);
}

/** Spreads calls evenly. `onTurn` is called when a call that had to wait for its turn can start. */
export class OwnPace {
  readonly everyMs: number;
  readonly #limiter: Bottleneck;
  readonly #onTurn: () => void;
  #asked = false;
  #turn = false;
  #givenBack = false;

  constructor(everyMs: number, onTurn: () => void) {
    this.everyMs = everyMs;
    this.#limiter = new Bottleneck({ minTime: everyMs });
    this.#onTurn = onTurn;
  }

  /** Tells whether a call can start now. A turn that `onTurn` does not use expires, so that no burst follows a delay. */
  take(): boolean {
    const mayStart = this.#turn || this.#givenBack;
    this.#turn = false;
    this.#givenBack = false;
    // Only a closed limiter drops a request.
    if (!mayStart && !this.#asked) this.#ask().catch(() => undefined);
    return mayStart;
  }

  /** Gives back the turn of a call that was not sent. The next call can use it until there is another turn. */
  giveBack(): void {
    this.#givenBack = true;
  }

  close(): void {
    void this.#limiter.stop({ dropWaitingJobs: true });
  }

  async #ask(): Promise<void> {
    this.#asked = true;
    await this.#limiter.schedule(() => Promise.resolve());
    this.#asked = false;
    this.#turn = true;
    this.#onTurn();
    this.#turn = false;
  }
}
