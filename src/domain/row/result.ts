import type { Outcome } from './outcome.ts';
import type { Columns } from './row.ts';

/** A row of results.csv and results.json: its original columns and how it ended. */
export interface ResultRow {
  readonly columns: Columns;
  readonly row: number;
  readonly source: string;
  readonly line: number;
  readonly input: string;
  readonly userId: string | undefined;
  readonly login: string | undefined;
  readonly outcome: Outcome;
  readonly reason: string | undefined;
  /** The reason in one plain sentence, if the plan has one. */
  readonly detail?: string | undefined;
  readonly action: string;
  readonly httpStatus: number | undefined;
  readonly oktaErrorCode: string | undefined;
  readonly oktaError: string | undefined;
  readonly oktaRequestId: string | undefined;
  readonly attempts: number;
  readonly startedAt: string | undefined;
  readonly finishedAt: string | undefined;
  readonly runId: string;
}

/** The columns that okta-reset adds to the original ones, in their order in results.csv. */
export const RESULT_COLUMNS = [
  '_row',
  '_user_id',
  '_login',
  '_outcome',
  '_reason',
  '_action',
  '_http_status',
  '_okta_error_code',
  '_okta_error',
  '_okta_request_id',
  '_attempts',
  '_started_at',
  '_finished_at',
  '_run_id',
] as const;
