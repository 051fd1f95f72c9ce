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
