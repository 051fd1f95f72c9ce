import type { BucketTraffic } from '../run/summary.ts';
import type { WaitCause } from '../run/wait.ts';
import type { BucketLimit } from './org.ts';

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

/** A bucket begins to wait. */
export interface Pause {
  readonly bucket: string;
  readonly waitMs: number;
  readonly cause: WaitCause;
}

/** Decides when the next call of a bucket may start; one for all workers of a process. */
export interface Pacing {
  /** Resolves when a call of the bucket may start; rejects with the signal's reason on abort. First come, first served. */
  readonly enter: (bucket: string, signal: AbortSignal) => Promise<Permit>;
  /** Whether one more call of the bucket would wait for nothing but the end of a call in flight. */
  readonly isOpen: (bucket: string) => boolean;
  /** What each bucket's headers last said. */
  readonly limits: () => readonly BucketLimit[];
  readonly traffic: () => readonly BucketTraffic[];
}
