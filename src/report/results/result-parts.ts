import { RESULT_COLUMNS, type ResultRow } from '../../domain/row/result.ts';
import type { Summary } from '../../domain/run/summary.ts';
import { csvLine } from './csv-text.ts';
import type { TextSink } from './text-sink.ts';

/** One form of the results. All forms are written in one pass over the rows. */
export interface ResultPart {
  readonly row: (result: ResultRow) => void;
  /** Writes what has been collected. Awaited every few rows, so that a slow disk or reader slows down the pass. */
  readonly flush: () => Promise<void>;
}

/** The original columns that a report repeats. Result columns of an earlier run are replaced by this run's. */
export function originalColumns(columns: readonly string[]): readonly string[] {
  const ours = new Set<string>(RESULT_COLUMNS);
  return columns.filter((name) => !ours.has(name));
}

function cellOf(result: ResultRow, name: string): string {
  // `hasOwn`, because a column can be called `constructor`.
  return Object.hasOwn(result.columns, name) ? (result.columns[name] ?? '') : '';
}

function csvLineOf(result: ResultRow, original: readonly string[]): string {
  const cells = original.map((name) => cellOf(result, name));
  cells.push(
    String(result.row),
    result.userId ?? '',
    result.login ?? '',
    result.outcome,
    result.reason ?? '',
    result.action,
    result.httpStatus === undefined ? '' : String(result.httpStatus),
    result.oktaErrorCode ?? '',
    result.oktaError ?? '',
    result.oktaRequestId ?? '',
    String(result.attempts),
    result.startedAt ?? '',
    result.finishedAt ?? '',
    result.runId,
  );
  return csvLine(cells);
}

/** Where the CSV goes: every row into `all`, and by outcome into the others, if they are wanted. */
export interface CsvSinks {
  readonly all: TextSink;
  /** Failed and unknown rows. */
  readonly failed?: TextSink | undefined;
  readonly notAttempted?: TextSink | undefined;
}

/** Writes rows as CSV: the original columns, then ours, the same in each file. */
export function csvPart(sinks: CsvSinks, columns: readonly string[]): ResultPart {
  const original = originalColumns(columns);
  const every = [sinks.all, sinks.failed, sinks.notAttempted].filter((sink) => sink !== undefined);
  for (const sink of every) sink.push(csvLine([...original, ...RESULT_COLUMNS]));
  return {
    row: (result) => {
      const line = csvLineOf(result, original);
      sinks.all.push(line);
      const { outcome } = result;
      if (outcome === 'failed' || outcome === 'unknown') sinks.failed?.push(line);
      if (outcome === 'not-attempted') sinks.notAttempted?.push(line);
    },
    flush: async () => {
      await Promise.all(every.map((sink) => sink.flush()));
    },
  };
}

/**
 * Writes one JSON object. Its `rows` has every row on a separate line, with the columns of results.csv as keys, and also the
 * position of the row in the input.
 */
export function jsonPart(
  sink: TextSink,
  run: { readonly runId: string; readonly columns: readonly string[] },
  /** Whether the journal's chain is intact; undefined if there is no journal yet. */
  chain?: Summary['chain'],
): ResultPart & { readonly end: () => void } {
  // Keys are written once, and as text, because a column can be called `__proto__` or `1`.
  const original = originalColumns(run.columns).map(
    (name) => [name, `${JSON.stringify(name)}:`] as const,
  );
  let first = true;
  const held = chain === undefined ? '' : `"chain":"${chain}",`;
  sink.push(`{"format":1,"runId":${quoted(run.runId)},${held}"rows":[`);
  return {
    row: (result) => {
      let line = first ? '\n{' : ',\n{';
      first = false;
      for (const [name, key] of original) line += `${key}${quoted(cellOf(result, name))},`;
      sink.push(line + ours(result));
    },
    flush: () => sink.flush(),
    end: () => sink.push('\n]}\n'),
  };
}

const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

function quoted(text: string | undefined): string {
  if (text === undefined) return 'null';
  // Most texts have nothing to escape, and to check that costs much less than to serialize them.
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}

function ours(result: ResultRow): string {
  return (
    `"_row":${result.row},"_user_id":${quoted(result.userId)},"_login":${quoted(result.login)},` +
    `"_outcome":"${result.outcome}","_reason":${quoted(result.reason)},` +
    `"_action":${quoted(result.action)},"_http_status":${result.httpStatus ?? 'null'},` +
    `"_okta_error_code":${quoted(result.oktaErrorCode)},"_okta_error":${quoted(result.oktaError)},` +
    `"_okta_request_id":${quoted(result.oktaRequestId)},"_attempts":${result.attempts},` +
    `"_started_at":${quoted(result.startedAt)},"_finished_at":${quoted(result.finishedAt)},` +
    `"_run_id":${quoted(result.runId)},"_input":${quoted(result.input)},` +
    `"_source":${quoted(result.source)},"_line":${result.line},"_detail":${quoted(result.detail)}}`
  );
}
