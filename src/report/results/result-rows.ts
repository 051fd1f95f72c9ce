import { changesUser } from '../../domain/plan/step.ts';
import type { OpenRow, OutcomeRecord } from '../../domain/run/journal-record.ts';
import type { PlannedRow } from '../../domain/plan/plan.ts';
import { isTarget } from '../../domain/plan/plan.ts';
import type { ResultRow } from '../../domain/row/result.ts';
import type { RunFile } from '../../domain/run/run-file.ts';
import type { RunRecords } from '../../domain/run/run-records.ts';
import { HALF_DONE, INTERRUPTED, JOURNAL_DAMAGED, UNREADABLE, UNSETTLED } from './reasons.ts';

type Ending = Pick<
  ResultRow,
  | 'outcome'
  | 'reason'
  | 'detail'
  | 'httpStatus'
  | 'oktaErrorCode'
  | 'oktaError'
  | 'oktaRequestId'
  | 'attempts'
  | 'startedAt'
  | 'finishedAt'
>;

const NOTHING = {
  reason: undefined,
  detail: undefined,
  httpStatus: undefined,
  oktaErrorCode: undefined,
  oktaError: undefined,
  oktaRequestId: undefined,
  attempts: 0,
  startedAt: undefined,
  finishedAt: undefined,
} as const;

function endingOfRecord(record: OutcomeRecord): Ending {
  return {
    outcome: record.outcome,
    reason: record.reason,
    detail: undefined,
    httpStatus: record.status,
    oktaErrorCode: record.oktaCode,
    oktaError: record.message,
    oktaRequestId: record.requestId,
    attempts: record.attempts,
    startedAt: record.startedAt,
    finishedAt: record.at,
  };
}

function reasonOfOpenRow(open: OpenRow | undefined): string {
  if (open === undefined || open.pending !== undefined) return UNSETTLED;
  // Attempts that had no effect leave the user unchanged.
  return open.stepsApplied.some(changesUser) ? HALF_DONE : INTERRUPTED;
}

function endingOfOpenRow(open: OpenRow | undefined): Ending {
  const reason = reasonOfOpenRow(open);
  return {
    ...NOTHING,
    outcome: reason === INTERRUPTED ? 'not-attempted' : 'unknown',
    reason,
    attempts: open?.attempts ?? 0,
    startedAt: open?.startedAt,
  };
}

async function endingOf(row: PlannedRow, records: RunRecords): Promise<Ending> {
  const state = records.stateOf(row.row);
  // Nobody knows what was done after the damage, so such a row might have ended.
  if (state !== 'ended' && records.chain === 'broken') {
    const { attempts = 0, startedAt } = records.openRow(row.row) ?? {};
    return { ...NOTHING, outcome: 'unknown', reason: JOURNAL_DAMAGED, attempts, startedAt };
  }
  switch (state) {
    case 'untouched':
      return { ...NOTHING, outcome: 'not-attempted' };
    case 'open':
      return endingOfOpenRow(records.openRow(row.row));
    case 'ended': {
      const found = records.outcomeOf(row.row);
      const record = found instanceof Promise ? await found : found;
      return record === undefined
        ? { ...NOTHING, outcome: 'unknown', reason: UNREADABLE }
        : endingOfRecord(record);
    }
    default: {
      const never: never = state;
      return never;
    }
  }
}

function plannedEnding(row: PlannedRow): Ending | undefined {
  if (row.verdict.kind === 'skip') {
    const { reason, detail } = row.verdict;
    return { ...NOTHING, outcome: 'skipped', reason, detail };
  }
  return isTarget(row) ? undefined : { ...NOTHING, outcome: 'skipped', reason: 'invalid-id' };
}

/**
 * Returns every planned row once, in plan order, with how it ended. Without records (nothing was run yet), rows to act on
 * are `not-attempted`.
 */
export async function* resultRows(
  run: RunFile,
  rows: AsyncIterable<PlannedRow>,
  records: RunRecords | undefined,
): AsyncGenerator<ResultRow, void, undefined> {
  const { runId } = run;
  const { action } = run.spec;
  for await (const row of rows) {
    const planned = plannedEnding(row);
    const ending =
      planned ??
      (records === undefined
        ? { ...NOTHING, outcome: 'not-attempted' as const }
        : await endingOf(row, records));
    yield {
      columns: row.columns,
      row: row.row,
      source: row.source,
      line: row.line,
      input: row.input,
      userId: row.userId,
      login: row.login,
      action,
      runId,
      ...ending,
    };
  }
}
