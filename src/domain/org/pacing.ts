import type { BucketTraffic } from '../run/summary.ts';
import type { WaitCause } from '../run/wait.ts';
import type { BucketLimit } from './org.ts';

/** What one answer says about its bucket. A header that is missing or malformed is undefined. */
export interface RateObservation {
  readonly status: number | undefined;
  readonly limit: number | undefined;
  readonly remaining: number | undefined;
  /** `X-Rate-Limit-Reset`, epoch milliseconds (the header is in whole seconds). */
  readonly resetMs: number | undefined;
  /** The `Date` header, epoch milliseconds (whole seconds). */
  readonly serverDateMs: number | undefined;
}

/** The permission to start one call. `end` must be called exactly once, whatever happened to the call. */
export interface Permit {
  /** `undefined`: no answer came (the call failed, or was not sent). `sent` false gives the call back to the budget. */
  readonly end: (observation: RateObservation | undefined, sent?: boolean) => void;
}

/** A bucket begins to wait. */
export interface Pause {
  readonly bucket: string;
  readonly waitMs: number;
  readonly cause: WaitCause;
}

/** Decides when the next call of a bucket starts; one instance for all workers of a process. */
export interface Pacing {
  /**
   * Resolves when a call of the bucket can start; rejects with the signal's reason on abort. First come, first served.
   */
  readonly enter: (bucket: string, signal: AbortSignal) => Promise<Permit>;
  /** Tells whether one more call of the bucket would wait only for another call to end. */
  readonly isOpen: (bucket: string) => boolean;
  /** What each bucket's headers last said. */
  readonly limits: () => readonly BucketLimit[];
  readonly traffic: () => readonly BucketTraffic[];
}
