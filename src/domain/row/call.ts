import type { Failure } from './failure.ts';

/** What is known about one HTTP exchange, for journal and report. */
export interface CallFacts {
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  /** Okta's clock (`Date` header) at the answer, epoch milliseconds. */
  readonly serverTimeMs: number | undefined;
  readonly durationMs: number;
  /** How the secret of its answer is stored: the result of the sink. */
  readonly kept?: string;
}

/** The end of a call: a value, or a failure as a value. Calls throw only on an abort or a bug. */
export type Answer<T> =
  | { readonly kind: 'ok'; readonly value: T; readonly call: CallFacts }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly call: CallFacts };
