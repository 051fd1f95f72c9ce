/** From here on the mean so far tells more than a first burst does: Okta's windows last as long. */
const WINDOW_MS = 60_000;
const FEWEST = 20;

export interface Standing {
  readonly nowMs: number;
  /** Rows that ended in this sitting, and those still to come. */
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
  #endMs: number | undefined;
  #openMs = 0;

  constructor(startedMs: number, limitPerWindow: number | undefined) {
    this.#startedMs = startedMs;
    this.#limitPerWindow = limitPerWindow;
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
    if (this.#endMs !== undefined && nowMs - this.#openMs < WINDOW_MS) {
      return nowMs < this.#endMs ? this.#endMs - nowMs : undefined;
    }
    const elapsedMs = nowMs - this.#startedMs;
    const within = this.#limitPerWindow === undefined || here + left <= this.#limitPerWindow;
    return within || elapsedMs >= WINDOW_MS ? (elapsedMs / here) * left : undefined;
  }
}
