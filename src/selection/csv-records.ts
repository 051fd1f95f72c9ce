import { CsvError, parse } from 'csv-parse';
import { MOST_RECORD_CHARACTERS, parserOptions, type Dialect } from './dialect.ts';
import { inputError, sourceName } from './input-error.ts';

/** Records of one chunk; `lines[i]` is the 1-based line on which `records[i]` starts. */
export interface RecordBatch {
  readonly records: readonly (readonly string[])[];
  readonly lines: readonly number[];
}

/** Bytes without the end of a record after which a file is no list of users. */
const MOST_RECORD_BYTES = 8 * 1024 * 1024;

const SWALLOWED_ROW = /[\r\n]\s*"?00u[A-Za-z0-9]{17}/;

function newlinesIn(cells: readonly string[], newlines: RegExp): number {
  let count = 0;
  for (const cell of cells) count += cell.match(newlines)?.length ?? 0;
  return count;
}

/** A quote that nobody closed takes the next rows into its cell, and may be closed by one of theirs. */
function hasSwallowedRows(cells: readonly string[]): boolean {
  return cells.some(
    (cell) => (cell.startsWith('"') && /[\r\n]/.test(cell)) || SWALLOWED_ROW.test(cell),
  );
}

function openQuote(path: string, line: number, cause?: unknown): Error {
  return inputError(
    'INPUT_CSV',
    `${sourceName(path)}, line ${line}: a quote (") is opened and not closed.`,
    `Close or remove the quote on line ${line}, or export the file again.`,
    cause,
  );
}

function tooLong(path: string, line: number, cause?: unknown): Error {
  return inputError(
    'INPUT_CSV',
    `${sourceName(path)}, line ${line}: the row is longer than ${MOST_RECORD_CHARACTERS} characters.`,
    `An open quote on line ${line}, or not a CSV file. Mend the line, or export the file again.`,
    cause,
  );
}

/**
 * Splits a file into records, chunk by chunk, memory flat whatever its length. Rejects with INPUT_CSV and the line where
 * a quote stays open or a record has no end.
 */
export async function* readRecords(
  path: string,
  chunks: AsyncIterable<Buffer>,
  dialect: Dialect,
): AsyncGenerator<RecordBatch> {
  let records: string[][] = [];
  let lines: number[] = [];
  let parserLine = 0;
  let nextLine = 1;
  let failure: Error | undefined;
  const newlines = dialect.newlines[0] === '\r' ? /\r/g : /\r\n|\n/g;
  const parser = parse({
    ...parserOptions(dialect),
    on_record: (cells: string[], context) => {
      records.push(cells);
      lines.push(nextLine);
      // csv-parse counts CRLF inside quotes twice; its count tells only that the record has several lines.
      if (context.lines > parserLine + 1) {
        if (hasSwallowedRows(cells)) failure ??= openQuote(path, nextLine);
        nextLine += newlinesIn(cells, newlines);
      }
      parserLine = context.lines;
      nextLine += 1;
      return null;
    },
  });
  // Errors arrive with the callbacks below; without a listener the stream would throw them as well.
  parser.on('error', (error) => (failure ??= parseFailure(path, nextLine, error)));
  parser.resume();
  let silentBytes = 0;
  try {
    for await (const chunk of chunks) {
      if (chunk.length === 0) continue;
      await new Promise<void>((resolve) => {
        parser.write(chunk, (error) => {
          if (error) failure ??= parseFailure(path, nextLine, error);
          resolve();
        });
      });
      silentBytes = records.length > 0 ? 0 : silentBytes + chunk.length;
      if (silentBytes > MOST_RECORD_BYTES) failure ??= tooLong(path, nextLine);
      if (records.length > 0 && failure === undefined) {
        yield { records, lines };
        records = [];
        lines = [];
      }
      if (failure !== undefined) throw failure;
    }
    await new Promise<void>((resolve) => {
      parser.once('close', resolve).once('end', resolve);
      parser.end();
    });
    if (failure !== undefined) throw failure;
    if (records.length > 0) yield { records, lines };
  } finally {
    parser.destroy();
  }
}

function parseFailure(path: string, line: number, error: Error): Error {
  if (!(error instanceof CsvError)) return error;
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') return openQuote(path, line, error);
  if (error.code === 'CSV_MAX_RECORD_SIZE') return tooLong(path, line, error);
  return inputError(
    'INPUT_CSV',
    `${sourceName(path)}, line ${line}: not well-formed CSV.`,
    `Look at line ${line}, name the --delimiter, or export the file again.`,
    error,
  );
}
