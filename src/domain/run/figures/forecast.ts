const FEWEST = 20;

export interface Standing {
  readonly nowMs: number;
  /** Rows that ended in this invocation, and those still to come. */
  readonly here: number;
  readonly left: number;
}

/**
 * Foretells when a run will be done. Calls come in bursts with waits between, so a rate counts only over whole bursts
 * and their waits; before the first wait nothing is foretold that the limit would spoil.
 */
export class Forecast {
  readonly #startedMs: number;
  readonly #limitPerWindow: number | undefined;
  readonly #windowMs: number;
  #endMs: number | undefined;
  #openMs = 0;

  /** `windowMs`: from here on the mean so far tells more than a first burst does. */
  constructor(startedMs: number, limitPerWindow: number | undefined, windowMs: number) {
    this.#startedMs = startedMs;
    this.#limitPerWindow = limitPerWindow;
    this.#windowMs = windowMs;
  }

  /** All calls wait until `untilMs`. */
  pause({ nowMs, here, left }: Standing, untilMs: number): void {
    if (here < FEWEST || untilMs <= nowMs) return;
    // The last burst needs no wait after it.
    const meanMs = ((untilMs - this.#startedMs) / here) * left - (untilMs - nowMs);
    this.#openMs = untilMs;
    this.#endMs = untilMs + Math.max(0, meanMs);
  }

  /** Returns how long it will take from now, in ms; undefined where that cannot be told yet. */
  leftMs({ nowMs, here, left }: Standing): number | undefined {
    if (left === 0 || here < FEWEST) return undefined;
    if (this.#endMs !== undefined && nowMs - this.#openMs < this.#windowMs) {
      return nowMs < this.#endMs ? this.#endMs - nowMs : undefined;
    }
    const elapsedMs = nowMs - this.#startedMs;
    const within = this.#limitPerWindow === undefined || here + left <= this.#limitPerWindow;
    return within || elapsedMs >= this.#windowMs ? (elapsedMs / here) * left : undefined;
  }
}
