import { failureCodeOf } from '../../../app/runs/run-content.ts';
import type { RunTable, SeenRow } from '../../../app/runs/run-tables.ts';
import { NOT_HANDED_OUT, type HandOut } from '../../../app/secrets/hand-outs.ts';
import { mainStepOf } from '../../../domain/plan/action.ts';
import { STEPS, type SecretKind } from '../../../domain/plan/step.ts';
import type { Clock } from '../../../domain/clock.ts';
import type { RunFile } from '../../../domain/run/run-file.ts';
import { BOUNDS } from '../../api/bounds.ts';
import type { ROWS } from '../../api/requests.ts';
import type { Rows, TableRow } from '../../api/run-answers.ts';
import type { z } from 'zod';

export type RowsRequest = z.output<typeof ROWS>;

/** How often a scan checks whether it was canceled, or has taken long enough. */
const LOOK_EVERY = 128;
const PAGE = 100;

/** Returns the kind of secret that a row of a run can return, if any. */
export const secretOf = ({ spec }: Pick<RunFile, 'spec'>): SecretKind | undefined =>
  STEPS[mainStepOf(spec)].brings(spec);

/** A row as the table shows it. */
export function tableRow(
  { planned, result }: SeenRow,
  secret: SecretKind | undefined,
  handOut: HandOut = NOT_HANDED_OUT,
): TableRow {
  const { row, input, userId, login, outcome, reason, attempts, finishedAt, columns } = result;
  const kind = brought(result, secret);
  return {
    ...{ row, input, userId, login, outcome, reason, attempts, finishedAt, columns },
    status: planned.status,
    verdict: planned.verdict.kind,
    detail: result.detail,
    error: result.oktaErrorCode,
    message: result.oktaError,
    requestId: result.oktaRequestId,
    handover: kind && { kind, ...handOut },
  };
}

/** Returns what there is to hand over for a row; undefined if there is nothing. */
const brought = ({ outcome }: SeenRow['result'], secret: SecretKind | undefined) =>
  outcome === 'succeeded' ? secret : undefined;

const words = (text: string | undefined): ReadonlySet<string> | undefined =>
  text === undefined || text === '' ? undefined : new Set(text.split(','));

function hasText({ planned, result }: SeenRow, wanted: string): boolean {
  const has = (text: string | undefined) => text?.toLowerCase().includes(wanted) === true;
  const { input, userId, login, outcome, reason, detail, columns } = result;
  if (has(login) || has(input) || has(userId) || has(planned.status) || has(outcome)) return true;
  if (has(reason) || has(detail) || has(result.oktaErrorCode)) return true;
  if (has(result.oktaError) || has(result.oktaRequestId)) return true;
  for (const name in columns) if (has(columns[name])) return true;
  return false;
}

/** Makes the filter of a request. A row must match all of it, and is converted for the page only then. */
function filterOf(
  request: RowsRequest,
  secret: SecretKind | undefined,
  handOuts: ReadonlyMap<number, HandOut>,
): (seen: SeenRow) => boolean {
  const { verdict, handed } = request;
  const search = request.search?.trim().toLowerCase() ?? '';
  const reasons = words(request.reason);
  const outcomes = words(request.outcome);
  const errors = words(request.error);
  return (seen) => {
    const { row, outcome, reason } = seen.result;
    return (
      (verdict === undefined || seen.planned.verdict.kind === verdict) &&
      (reasons === undefined || (reason !== undefined && reasons.has(reason))) &&
      (outcomes === undefined || outcomes.has(outcome)) &&
      (errors === undefined ||
        ((outcome === 'failed' || outcome === 'unknown') &&
          errors.has(failureCodeOf(seen.result)))) &&
      (handed === undefined ||
        (brought(seen.result, secret) !== undefined &&
          (handOuts.get(row)?.handedOverAt !== undefined) === (handed === 'yes'))) &&
      (search === '' || hasText(seen, search))
    );
  };
}

/**
 * Searches a run for the rows of a request, from a row on, until the page is full or a person would no longer wait. `next`
 * then says where to continue. Memory does not grow with the rows. Rejects with `signal.reason` after an abort.
 */
export async function scanRows(
  table: RunTable,
  request: RowsRequest,
  {
    clock,
    signal,
    handOuts,
  }: {
    readonly clock: Clock;
    readonly signal: AbortSignal;
    readonly handOuts: ReadonlyMap<number, HandOut>;
  },
): Promise<Rows> {
  const { from = 1, count = PAGE } = request;
  const secret = secretOf(table.run);
  const wants = filterOf(request, secret, handOuts);
  const untilMs = clock.monotonicMs() + BOUNDS.scanMs;
  const rows: TableRow[] = [];
  const total = table.run.rows;
  let scanned = from - 1;
  for await (const seen of table.rows(Math.max(1, from))) {
    scanned = seen.result.row;
    if (wants(seen)) rows.push(tableRow(seen, secret, handOuts.get(scanned)));
    if (rows.length >= count) break;
    if (scanned % LOOK_EVERY !== 0) continue;
    signal.throwIfAborted();
    if (clock.monotonicMs() >= untilMs) break;
  }
  return { rows, scanned, total, next: scanned < total ? scanned + 1 : undefined };
}
