/** A rate over fewer windows than these would jump; it is counted over about this long. */
const SPAN_MS = 20_000;

interface Mark {
  readonly atMs: number;
  readonly calls: number;
}

/**
 * How many calls a minute a run makes. Calls come in bursts with waits between, so the rate is told once a whole window is
 * known, and counted over whole windows.
 */
export class CallRate {
  readonly #startedMs: number;
  readonly #windowMs: number;
  readonly #spanMs: number;
  readonly #marks: Mark[] = [];

  /** `windowMs`: how long the org's windows last. */
  constructor(startedMs: number, windowMs: number) {
    this.#startedMs = startedMs;
    this.#windowMs = windowMs;
    this.#spanMs = Math.max(1, Math.ceil(SPAN_MS / windowMs)) * windowMs;
  }

  /** Takes down how many calls were made by now; times ascend. */
  mark(atMs: number, calls: number): void {
    this.#marks.push({ atMs, calls });
    // The mark before the span's beginning says where the span began.
    while ((this.#marks[1]?.atMs ?? Infinity) <= atMs - this.#spanMs) this.#marks.shift();
  }

  /** Calls a minute by `nowMs`; undefined before a window's worth is known. */
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
