import type { Failure } from './failure.ts';

/** The facts of one HTTP exchange, for the journal and the report. */
export interface CallFacts {
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  /** Okta's clock (`Date` header) in the answer, epoch milliseconds. */
  readonly serverTimeMs: number | undefined;
  readonly durationMs: number;
  /** How the secret in its answer is stored, as the sink returned it. */
  readonly kept?: string;
}

/** How a call ended: with a value, or with a failure, which is a value too. Calls throw only for an abort or a bug. */
export type Answer<T> =
  | { readonly kind: 'ok'; readonly value: T; readonly call: CallFacts }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly call: CallFacts };
