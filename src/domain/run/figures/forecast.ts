const FEWEST = 20;

export interface Standing {
  readonly nowMs: number;
  /** Rows that ended in this invocation, and rows that are left. */
  readonly here: number;
  readonly left: number;
}

/**
 * Estimates when a run will be done. Calls come in bursts with waits between them, so a rate counts only over complete
 * bursts and their waits. There is no estimate before the first wait, because the limit would prove it wrong.
 */
export class Forecast {
  readonly #startedMs: number;
  readonly #limitPerWindow: number | undefined;
  readonly #windowMs: number;
  #endMs: number | undefined;
  #openMs = 0;

  /** `windowMs`: after this time, the mean so far is more accurate than the first burst. */
  constructor(startedMs: number, limitPerWindow: number | undefined, windowMs: number) {
    this.#startedMs = startedMs;
    this.#limitPerWindow = limitPerWindow;
    this.#windowMs = windowMs;
  }

  /** All calls wait until `untilMs`. */
  pause({ nowMs, here, left }: Standing, untilMs: number): void {
    if (here < FEWEST || untilMs <= nowMs) return;
    // No wait is needed after the last burst.
    const meanMs = ((untilMs - this.#startedMs) / here) * left - (untilMs - nowMs);
    this.#openMs = untilMs;
    this.#endMs = untilMs + Math.max(0, meanMs);
  }

  /** Returns the time left in ms; undefined if it cannot be estimated yet. */
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
