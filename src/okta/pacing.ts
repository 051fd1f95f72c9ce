import type { BucketTraffic } from '../domain/run/summary.ts';
import type { BucketLimit } from '../domain/org/org.ts';

/** What one answer says about its bucket. A missing or malformed header is undefined. */
export interface RateObservation {
  readonly status: number | undefined;
  readonly limit: number | undefined;
  readonly remaining: number | undefined;
  /** `X-Rate-Limit-Reset`, epoch milliseconds (the header has whole seconds). */
  readonly resetMs: number | undefined;
  /** The `Date` header, epoch milliseconds (whole seconds). */
  readonly serverDateMs: number | undefined;
}

/** The right to start one call. `end` must be called exactly once, whatever became of the call. */
export interface Permit {
  /** `undefined`: nothing came back (the call failed on the way, or was not sent). `sent` false returns the budget. */
  readonly end: (observation: RateObservation | undefined, sent?: boolean) => void;
}

/** Decides when the next call of a bucket may start; one for all workers of a process. */
export interface Pacing {
  /** Resolves when a call of the bucket may start; rejects with the signal's reason on abort. First come, first served. */
  readonly enter: (bucket: string, signal: AbortSignal) => Promise<Permit>;
  /** Whether calls of the bucket wait for nothing but a free connection, however many there are at the gate. */
  readonly isOpen?: (bucket: string) => boolean;
  readonly limits: () => readonly BucketLimit[];
  readonly traffic: () => readonly BucketTraffic[];
  readonly serverNowMs: () => number | undefined;
  /**
   * Says how many more calls of the bucket the run is going to make, repeats left out. Optional: with it no call of a window is
   * kept back that the last window could not make up for.
   */
  readonly expect?: (bucket: string, calls: number) => void;
}
