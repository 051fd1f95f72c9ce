/** The time a program may know. `monotonicMs` never jumps; `nowMs` is the wall clock and may. */
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

/** Okta's clock, carried on by ours between answers. */
export interface ServerClock {
  /**
   * Takes the `Date` of an answer that has just arrived, epoch milliseconds, and our monotonic time before its
   * call was sent. An answer that was long on its way says little, and moves nothing that others said better.
   */
  readonly learn: (serverDateMs: number, sentMs: number) => void;
  /**
   * Okta's time now, epoch milliseconds; undefined before the first answer. Never ahead of Okta's own clock: `Date`
   * has whole seconds, and the way here took its time, so it may be behind by a second and that time.
   */
  readonly nowMs: () => number | undefined;
}
