import { RESULT_COLUMNS, type ResultRow } from '../domain/result.ts';
import { csvText } from './csv-text.ts';
import type { TextSink } from './text-sink.ts';

/** One face of the results. All faces are fed in one pass over the rows. */
export interface ResultPart {
  readonly row: (result: ResultRow) => void;
  /** Hands on what has gathered; awaited every so many rows, so that a slow disk or reader slows the pass. */
  readonly flush: () => Promise<void>;
}

/** The original columns a report repeats: an earlier run's result columns give way to this run's. */
export function originalColumns(columns: readonly string[]): readonly string[] {
  const ours = new Set<string>(RESULT_COLUMNS);
  return columns.filter((name) => !ours.has(name));
}

function cellOf(result: ResultRow, name: string): string {
  // `hasOwn`: a column may be called `constructor`.
  return Object.hasOwn(result.columns, name) ? (result.columns[name] ?? '') : '';
}

function cells(result: ResultRow, original: readonly string[]): string[] {
  return [
    ...original.map((name) => cellOf(result, name)),
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
  ];
}

/** Writes the rows that `takes` accepts as CSV: original columns, then ours. */
export function csvPart(
  sink: TextSink,
  columns: readonly string[],
  takes: (result: ResultRow) => boolean,
): ResultPart {
  const original = originalColumns(columns);
  let records: string[][] = [[...original, ...RESULT_COLUMNS]];
  return {
    row: (result) => {
      if (takes(result)) records.push(cells(result, original));
    },
    flush: async () => {
      if (records.length > 0) sink.push(csvText(records));
      records = [];
      await sink.flush();
    },
  };
}

/**
 * Writes one JSON object whose `rows` hold every row on a line of its own, with the columns of results.csv as keys
 * and, beyond them, where the row stood in the input.
 */
export function jsonPart(
  sink: TextSink,
  run: { readonly runId: string; readonly columns: readonly string[] },
): ResultPart & { readonly end: () => void } {
  // Keys are written once, and as text, since a column may be called `__proto__` or `1`.
  const original = originalColumns(run.columns).map(
    (name) => [name, `${JSON.stringify(name)}:`] as const,
  );
  let first = true;
  sink.push(`{"format":1,"runId":${JSON.stringify(run.runId)},"rows":[`);
  return {
    row: (result) => {
      let line = first ? '\n{' : ',\n{';
      first = false;
      for (const [name, key] of original) {
        line += `${key}${JSON.stringify(cellOf(result, name))},`;
      }
      sink.push(line + JSON.stringify(ours(result)).slice(1));
    },
    flush: () => sink.flush(),
    end: () => sink.push('\n]}\n'),
  };
}

function ours(result: ResultRow) {
  return {
    _row: result.row,
    _user_id: result.userId ?? null,
    _login: result.login ?? null,
    _outcome: result.outcome,
    _reason: result.reason ?? null,
    _action: result.action,
    _http_status: result.httpStatus ?? null,
    _okta_error_code: result.oktaErrorCode ?? null,
    _okta_error: result.oktaError ?? null,
    _okta_request_id: result.oktaRequestId ?? null,
    _attempts: result.attempts,
    _started_at: result.startedAt ?? null,
    _finished_at: result.finishedAt ?? null,
    _run_id: result.runId,
    _input: result.input,
    _source: result.source,
    _line: result.line,
    _detail: result.detail ?? null,
  };
}
