import { AppError } from '../../domain/codes/app-error.ts';
import { restoreCell } from '../../domain/row/cell.ts';
import { OUTCOMES, type Outcome } from '../../domain/row/outcome.ts';
import type { RESULT_COLUMNS } from '../../domain/row/result.ts';
import type { Row } from '../../domain/row/row.ts';
import { cleanCell } from './identifier.ts';
import { inputError, quoted, sourceName } from '../input-error.ts';
import { notResults } from '../layout/layout-error.ts';
import { openInput } from './open-input.ts';
import type { ResultIndexes } from './results-header.ts';
import { RECOGNISE_ALL, type FilePorts } from '../selection.ts';

/** A row of a results file that can be selected again, as it was in its source, with how it ended. */
export interface EarlierRow {
  readonly row: Row;
  readonly outcome: Outcome;
  readonly reason: string | undefined;
  readonly action: string | undefined;
  readonly userId: string | undefined;
  readonly login: string | undefined;
  readonly httpStatus: number | undefined;
  readonly oktaErrorCode: string | undefined;
  readonly oktaRequestId: string | undefined;
  readonly runId: string | undefined;
  /** The number of the row in the run that it came from. */
  readonly earlierRow: number | undefined;
}

type OwnColumn = (typeof RESULT_COLUMNS)[number];

function outcomeOf(path: string, line: number, text: string | undefined): Outcome {
  const name = text?.toLowerCase();
  const outcome = OUTCOMES.find((each) => each === name);
  if (outcome !== undefined) return outcome;
  throw inputError(
    'INPUT_CSV',
    `${sourceName(path)}, line ${line}: ${quoted(text ?? '')} in _outcome is none of ${OUTCOMES.join(', ')}.`,
    'Use the run directory instead of the file: okta-reset rerun reports/RUN. Or correct the line.',
  );
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function earlierRow(
  path: string,
  row: Row,
  cells: readonly string[],
  indexes: ResultIndexes,
): EarlierRow {
  const text = (column: OwnColumn): string | undefined => {
    const index = indexes.get(column);
    const cell = index === undefined ? '' : cleanCell(restoreCell(cells[index] ?? ''));
    return cell === '' ? undefined : cell;
  };
  return {
    row,
    outcome: outcomeOf(path, row.line, text('_outcome')),
    reason: text('_reason'),
    action: text('_action'),
    userId: text('_user_id'),
    login: text('_login'),
    httpStatus: numberOf(text('_http_status')),
    oktaErrorCode: text('_okta_error_code'),
    oktaRequestId: text('_okta_request_id'),
    runId: text('_run_id'),
    earlierRow: numberOf(text('_row')),
  };
}

/** Replaces the hint about `--sheet`, which is only for lists of users. */
function withoutSheetFlag(error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== 'INPUT_SHEET') return error;
  const { code, message, exitCode, cause } = error;
  const hint = 'Keep only the sheet of results in the workbook, or save that sheet as “CSV UTF-8”.';
  return new AppError(code, message, { hint, exitCode, cause });
}

/**
 * Reads a results.csv, failed.csv or not-attempted.csv, even after a spreadsheet has saved it with other delimiters, another
 * encoding, or columns in another order. Rejects with INPUT_CSV if the file is none of these or a row has no outcome, and
 * with INPUT_* like `selectRows`.
 */
export async function* readResults(
  path: string,
  ports: FilePorts,
  signal: AbortSignal,
): AsyncGenerator<EarlierRow> {
  // A rerun reads the file twice, but asks only once which sheet is meant.
  const unasked = { ...ports, askSheet: undefined };
  const file = await openInput(path, RECOGNISE_ALL, unasked, signal, 'results').catch(
    (error: unknown) => {
      throw withoutSheetFlag(error);
    },
  );
  try {
    const indexes = file.layout.results;
    if (indexes === undefined) throw notResults(path, file.layout.titles);
    for await (const { rows, records } of file.batches()) {
      for (const [index, row] of rows.entries()) {
        yield earlierRow(path, row, records[index] ?? [], indexes);
      }
    }
  } finally {
    await file.close();
  }
}
