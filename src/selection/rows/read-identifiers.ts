import { AppError } from '../../domain/codes/app-error.ts';
import type { AppErrorCode } from '../../domain/codes/app-error-entries.ts';
import type { Row } from '../../domain/row/row.ts';
import { inputError, sourceName } from '../input-error.ts';
import { counted } from '../remarks/notice.ts';
import { openCsv } from './open-csv.ts';
import { RECOGNISE_ALL, type FileOptions, type FilePorts } from '../selection.ts';

const MOST_LISTED = 20;

const OWN_HINTS: Partial<Record<AppErrorCode, string>> = {
  INPUT_COLUMN_MISSING:
    'A file of --exclude is recognised by its header: put a line such as Login or id above the users. --column is for --file.',
  INPUT_COLUMN_AMBIGUOUS:
    'Leave in the file of --exclude the one column of ids or logins that is meant. --column is for --file.',
  INPUT_WRONG_OBJECTS: 'Give --exclude a file of users, with a column of ids or logins.',
  INPUT_ENCODING: 'Save it as “CSV UTF-8 (comma delimited)”. --encoding is for --file.',
};

/** Flags say how to read `--file`; what an exclude list needs stands in the file. */
function withoutFlags(error: unknown): unknown {
  const hint = error instanceof AppError ? OWN_HINTS[error.code] : undefined;
  if (!(error instanceof AppError) || hint === undefined) return error;
  const { code, message, exitCode, cause } = error;
  return new AppError(code, message, { hint, exitCode, cause });
}

/**
 * Reads the rows of an `--exclude` file, which takes every shape that `--file` takes. Gives usable rows alone, and rejects
 * with INPUT_CSV and the lines where any names nobody: the person it means would not be spared. Use the rows only when the
 * stream has ended well. Rejects with INPUT_* like `selectRows`.
 */
export async function* readIdentifiers(
  path: string,
  ports: FilePorts,
  signal: AbortSignal,
  options: FileOptions = RECOGNISE_ALL,
): AsyncGenerator<Row> {
  const file = await openCsv(path, options, ports, signal).catch((error: unknown) => {
    throw withoutFlags(error);
  });
  const problems: string[] = [];
  let unusable = 0;
  try {
    for await (const { rows } of file.batches()) {
      for (const row of rows) {
        if (row.identifier.kind !== 'invalid') {
          yield row;
          continue;
        }
        unusable += 1;
        if (problems.length < MOST_LISTED) {
          problems.push(`line ${row.line}: ${row.identifier.problem}`);
        }
      }
    }
  } finally {
    await file.close();
  }
  if (unusable === 0) return;
  const more = unusable > problems.length ? [`and ${unusable - problems.length} more.`] : [];
  throw inputError(
    'INPUT_CSV',
    `${sourceName(path)}: ${counted(unusable, 'row')} of the exclude list cannot be used, so the people they mean would not be spared: ${[...problems, ...more].join('; ')}`,
    'Correct or remove these lines.',
  );
}
