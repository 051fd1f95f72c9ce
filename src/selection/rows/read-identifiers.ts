import { AppError } from '../../domain/codes/app-error.ts';
import type { AppErrorCode } from '../../domain/codes/app-error-entries.ts';
import type { Row } from '../../domain/row/row.ts';
import { inputError, sourceName } from '../input-error.ts';
import { counted, type Notice } from '../remarks/notice.ts';
import { openInput } from './open-input.ts';
import { RECOGNISE_ALL, type FilePorts } from '../selection.ts';

const MOST_LISTED = 20;

const OWN_HINTS: Partial<Record<AppErrorCode, string>> = {
  INPUT_COLUMN_MISSING:
    'The column of an --exclude file is found by its header: put a line such as Login or id above the users. --column is for --file.',
  INPUT_COLUMN_AMBIGUOUS:
    'Keep only one column of ids or logins in the --exclude file. --column is for --file.',
  INPUT_SHEET:
    'Keep only one sheet in the --exclude workbook, or save that sheet as “CSV UTF-8”. --sheet is for --file.',
  INPUT_WRONG_OBJECTS: 'Use a file of users with --exclude, with a column of ids or logins.',
  INPUT_ENCODING: 'Save it as “CSV UTF-8 (comma delimited)”. --encoding is for --file.',
};

/** Replaces a hint whose flags are for `--file`, because an exclude list has no such flags. */
function withoutFlags(error: unknown): unknown {
  const hint = error instanceof AppError ? OWN_HINTS[error.code] : undefined;
  if (!(error instanceof AppError) || hint === undefined) return error;
  const { code, message, exitCode, cause } = error;
  return new AppError(code, message, { hint, exitCode, cause });
}

/** Refuses an exclude list in which some rows name nobody, because the people they mean would not be protected. */
class Unusable {
  readonly #problems: string[] = [];
  #count = 0;

  add({ line }: Row, problem: string): void {
    this.#count += 1;
    if (this.#problems.length < MOST_LISTED) this.#problems.push(`line ${line}: ${problem}`);
  }

  throwFor(path: string): void {
    if (this.#count === 0) return;
    const rest = this.#count - this.#problems.length;
    const more = rest > 0 ? [`and ${rest} more.`] : [];
    throw inputError(
      'INPUT_CSV',
      `${sourceName(path)}: ${counted(this.#count, 'row')} of the exclude list cannot be used, so those people would not be protected: ${[...this.#problems, ...more].join('; ')}`,
      'Correct or remove these lines.',
    );
  }
}

/**
 * Refuses a sheet with formulas whose value was never stored, because a row that consists only of one is missing completely.
 */
function refuseUnvalued({ code, source, count = 0, lines = [], hint = '' }: Notice): void {
  if (code !== 'formulas') return;
  throw inputError(
    'INPUT_WORKBOOK',
    `${source}: ${counted(count, 'formula')} of the exclude list ${count === 1 ? 'has' : 'have'} no stored value (line ${lines.join(', ')}${count > lines.length ? ', …' : ''}), so those people would not be protected.`,
    hint,
  );
}

/**
 * Reads the rows of an `--exclude` file, which can have every format that `--file` can. Returns only usable rows. Rejects
 * with INPUT_CSV and the lines if any of them names nobody, and with INPUT_WORKBOOK if a formula has no stored value,
 * because the person it means would not be protected. Use the rows only after the stream has ended without an error. Rejects
 * with INPUT_* like `selectRows`.
 */
export async function* readIdentifiers(
  path: string,
  ports: FilePorts,
  signal: AbortSignal,
): AsyncGenerator<Row> {
  const onNotice = (notice: Notice): void => {
    refuseUnvalued(notice);
    ports.onNotice(notice);
  };
  const unusable = new Unusable();
  try {
    const file = await openInput(path, RECOGNISE_ALL, { ...ports, onNotice }, signal);
    try {
      for await (const { rows } of file.batches()) {
        for (const row of rows) {
          if (row.identifier.kind === 'invalid') unusable.add(row, row.identifier.problem);
          else yield row;
        }
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    throw withoutFlags(error);
  }
  unusable.throwFor(path);
}
