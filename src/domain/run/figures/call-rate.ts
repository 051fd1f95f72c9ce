/** The rate is counted over this long, because over a shorter time it would jump. */
const SPAN_MS = 20_000;

interface Mark {
  readonly atMs: number;
  readonly calls: number;
}

/**
 * How many calls a minute a run makes. Calls come in bursts with waits between them, so the rate is known only after the
 * first complete window, and is counted over complete windows.
 */
export class CallRate {
  readonly #startedMs: number;
  readonly #windowMs: number;
  readonly #spanMs: number;
  readonly #marks: Mark[] = [];

  /** `windowMs`: the length of the org's windows. */
  constructor(startedMs: number, windowMs: number) {
    this.#startedMs = startedMs;
    this.#windowMs = windowMs;
    this.#spanMs = Math.ceil(SPAN_MS / windowMs) * windowMs;
  }

  /** Records how many calls were made by now. Times must ascend. */
  mark(atMs: number, calls: number): void {
    this.#marks.push({ atMs, calls });
    // The last mark before the span tells how many calls came before it.
    while ((this.#marks[1]?.atMs ?? Infinity) <= atMs - this.#spanMs) this.#marks.shift();
  }

  /** Returns the calls a minute by `nowMs`; undefined until one window is complete. */
  perMinute(nowMs: number, calls: number): number | undefined {
    const windows = Math.floor((nowMs - this.#startedMs) / this.#windowMs);
    if (windows < 1) return undefined;
    const spanMs = Math.min(windows * this.#windowMs, this.#spanMs);
    const fromMs = nowMs - spanMs;
    const before = this.#marks.findLast(({ atMs }) => atMs <= fromMs) ?? this.#marks[0];
    if (before === undefined || nowMs <= before.atMs) return undefined;
    return ((calls - before.calls) / (nowMs - before.atMs)) * 60_000;
  }
}
