/** How many windows the rate is counted over; over fewer, it would jump. */
const SPAN_MS = 20_000;

interface Mark {
  readonly atMs: number;
  readonly calls: number;
}

/**
 * How many calls a minute a run makes. Calls come in bursts with waits between them, so the rate is known after the
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
    this.#spanMs = Math.max(1, Math.ceil(SPAN_MS / windowMs)) * windowMs;
  }

  /** Records how many calls were made by now; times ascend. */
  mark(atMs: number, calls: number): void {
    this.#marks.push({ atMs, calls });
    // The mark before the beginning of the span says where the span began.
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
