/** The clocks of the program. `monotonicMs` never jumps; `nowMs` is the wall clock and can jump. */
export interface Clock {
  /** Wall-clock time in epoch milliseconds. */
  readonly nowMs: () => number;
  /** Milliseconds since an arbitrary start; unaffected by changes of the wall clock. */
  readonly monotonicMs: () => number;
  /** Resolves after `ms`; rejects with `signal.reason` as soon as the signal aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** A source of randomness in [0, 1). */
export type Random = () => number;

/** Okta's clock, kept running by our own between answers. */
export interface ServerClock {
  /**
   * Learns from the `Date` of an answer that has just arrived (epoch milliseconds), and from our monotonic time before its
   * call was sent. A slow answer says little about the time, so it does not replace what faster ones said.
   */
  readonly learn: (serverDateMs: number, sentMs: number) => void;
  /**
   * Okta's time now in epoch milliseconds; undefined before the first answer. It is never ahead of Okta's clock. It can be
   * behind by one second, because `Date` is in whole seconds, plus the time that the answer took.
   */
  readonly nowMs: () => number | undefined;
}
