import type { ActionSpec } from './action.ts';
import type { Columns } from '../row/row.ts';
import type { RunFormat } from '../run/run-format.ts';
import type { UserId } from '../org/user-id.ts';
import type { Verdict } from './verdict.ts';

/** A line of plan.jsonl: a row with its verdict, which no longer changes. */
export interface PlannedRow {
  /** 1-based position in the plan; identifies the row in journal and report. */
  readonly row: number;
  readonly source: string;
  readonly line: number;
  /** The identifier as it was in the row. */
  readonly input: string;
  readonly userId: UserId | undefined;
  readonly login: string | undefined;
  readonly status: string | undefined;
  readonly providerType: string | undefined;
  readonly statusChangedMs: number | undefined;
  readonly passwordChangedMs: number | undefined;
  readonly verdict: Verdict;
  readonly columns: Columns;
}

/** A planned row that `run` will act on. */
export interface Target extends PlannedRow {
  readonly userId: UserId;
  readonly verdict: { readonly kind: 'act' };
}

export function isTarget(row: PlannedRow): row is Target {
  return row.verdict.kind === 'act' && row.userId !== undefined;
}

/** The header line of plan.jsonl. */
export interface PlanHeader {
  readonly format: RunFormat;
  readonly runId: string;
  readonly createdAt: string;
  readonly orgId: string;
  readonly host: string;
  readonly spec: ActionSpec;
}
