import { CsvError, Parser } from 'csv-parse';
import {
  MOST_COLUMNS,
  MOST_RECORD_CHARACTERS,
  parserOptions,
  type Dialect,
} from '../layout/dialect.ts';
import { inputError, sourceName } from '../input-error.ts';
import { tooWide } from '../layout/layout-error.ts';

/** The records of one chunk. `lines[i]` is the 1-based line on which `records[i]` starts. */
export interface RecordBatch {
  readonly records: readonly (readonly string[])[];
  readonly lines: readonly number[];
  /** The line after the last record, in a file whose records can have several lines. */
  readonly nextLine?: number;
}

/** After this many bytes without the end of a record, a file is not a list of users. */
const MOST_RECORD_BYTES = 1024 * 1024;
const PIECE_BYTES = 16 * 1024;

// Only spaces within one line: if line breaks were among them, the time would grow with the square of a cell's length.
const SWALLOWED_ROW = /[\r\n][^\S\r\n]*"?00u[A-Za-z0-9]{17}/;

function newlinesIn(cells: readonly string[], newlines: RegExp): number {
  let count = 0;
  for (const cell of cells) {
    if (cell.includes('\n') || cell.includes('\r')) count += cell.match(newlines)?.length ?? 0;
  }
  return count;
}

/**
 * Tells whether a quote that is never closed has taken the next rows into its cell. The parser then ends the cell at the
 * next quote and keeps the first one as text, while a cell that really begins with a quote has its quotes doubled in the
 * file.
 */
function hasSwallowedRows(cells: readonly string[], raw: () => string): boolean {
  let text: string | undefined;
  // Cells are in the same order as in the file, so each search starts after the previous cell.
  let from = 0;
  return cells.some((cell) => {
    if (SWALLOWED_ROW.test(cell)) return true;
    if (!cell.startsWith('"') || !/[\r\n]/.test(cell)) return false;
    text ??= raw();
    const written = `"${cell.replaceAll('"', '""')}"`;
    const at = text.indexOf(written, from);
    from = at + written.length;
    return at < 0;
  });
}

function openQuote(path: string, line: number, cause?: unknown): Error {
  return inputError(
    'INPUT_CSV',
    `${sourceName(path)}, line ${line}: a quote (") is not closed.`,
    `Close or remove the quote on line ${line}, or export the file again.`,
    cause,
  );
}

function tooLong(path: string, line: number, cause?: unknown): Error {
  return inputError(
    'INPUT_CSV',
    `${sourceName(path)}, line ${line}: the row is longer than ${MOST_RECORD_CHARACTERS} characters.`,
    `An open quote on line ${line}, or not a CSV file. Correct the line, or export the file again.`,
    cause,
  );
}

/** Finds the line of each record. */
class LineCounter {
  readonly #path: string;
  readonly #newlines: RegExp;
  /** Whether there was a record with several lines. Until then, the parser's own count is enough. */
  #hasLongRecords = false;
  /** The line on which the next record starts. */
  next = 1;

  constructor(path: string, dialect: Dialect) {
    this.#path = path;
    this.#newlines = dialect.newlines[0] === '\r' ? /\r/g : /\r\n|\n/g;
  }

  /**
   * `parserLine` is the line that the parser has reached, with CRLF inside quotes counted twice. `raw` is the records'
   * bytes.
   */
  linesOf(
    records: readonly (readonly string[])[],
    parserLine: number,
    raw: () => string,
  ): readonly number[] {
    if (parserLine > this.next + records.length) this.#hasLongRecords = true;
    const lines: number[] = [];
    for (const cells of records) {
      if (cells.length > MOST_COLUMNS) throw tooWide(this.#path);
      lines.push(this.next);
      if (this.#hasLongRecords) {
        const inside = newlinesIn(cells, this.#newlines);
        if (inside > 0 && hasSwallowedRows(cells, raw)) throw openQuote(this.#path, this.next);
        this.next += inside;
      }
      this.next += 1;
    }
    return lines;
  }
}

/** In pieces, because many records at once outlive the first pass of the garbage collector and cost it twice as much. */
async function* inPieces(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES)
      yield chunk.subarray(at, at + PIECE_BYTES);
  }
}

/**
 * csv-parse, from which records are taken as it finds them. To pass each one through a stream takes as long as to find it.
 */
class RecordParser extends Parser {
  #records: string[][] = [];

  constructor(dialect: Dialect) {
    super(parserOptions(dialect));
    this.#takeAnyLength();
  }

  /**
   * For each record whose length differs from the first one's, csv-parse makes an error with its stack and a copy of the
   * record, and then drops it: 20 times the work of reading the record. If told that every length is expected, it makes
   * none.
   */
  #takeAnyLength(): void {
    const { state } = this as unknown as { readonly state?: { readonly record: unknown[] } };
    if (state === undefined) return;
    Object.defineProperty(state, 'expectedRecordLength', {
      get: () => state.record.length,
      set: () => undefined,
    });
  }

  override push(record: string[] | null): boolean {
    if (record === null) return super.push(null);
    this.#records.push(record);
    return true;
  }

  /** Returns the records found since the last call. */
  found(): readonly string[][] {
    const records = this.#records;
    this.#records = [];
    return records;
  }
}

/**
 * Splits a file into records, chunk by chunk, with constant memory whatever its length. Rejects with INPUT_CSV and the line,
 * if a quote stays open or a record never ends.
 */
export async function* readRecords(
  path: string,
  chunks: AsyncIterable<Buffer>,
  dialect: Dialect,
): AsyncGenerator<RecordBatch> {
  const parser = new RecordParser(dialect);
  const counter = new LineCounter(path, dialect);
  // Errors come with the callbacks below. Without a listener, the stream would throw them as well.
  let broken: Error | undefined;
  parser.on('error', (error) => (broken ??= error));
  /** The bytes of the file from some point before the current record. */
  let recent: Buffer[] = [];
  let recentText: string | undefined;
  const raw = (): string => (recentText ??= Buffer.concat(recent).toString());
  const take = (): RecordBatch => {
    const records = parser.found();
    const lines = counter.linesOf(records, parser.info.lines, raw);
    return { records, lines, nextLine: counter.next };
  };
  let silentBytes = 0;
  try {
    for await (const chunk of inPieces(chunks)) {
      recent.push(chunk);
      recentText = undefined;
      const error = await new Promise<unknown>((resolve) => {
        parser.write(chunk, (failure) => resolve(failure));
      });
      const batch = take();
      if (batch.records.length > 0) {
        recent = [chunk];
        recentText = undefined;
        yield batch;
      }
      if (error) throw parseFailure(path, counter.next, error);
      silentBytes = batch.records.length > 0 ? 0 : silentBytes + chunk.length;
      if (silentBytes > MOST_RECORD_BYTES) throw tooLong(path, counter.next);
    }
    await new Promise<void>((resolve) => {
      parser.once('prefinish', resolve).once('close', resolve);
      parser.end();
    });
    const batch = take();
    if (batch.records.length > 0) yield batch;
    if (broken !== undefined) throw parseFailure(path, counter.next, broken);
  } finally {
    parser.destroy();
  }
}

function parseFailure(path: string, line: number, error: unknown): Error {
  if (!(error instanceof CsvError))
    return error instanceof Error ? error : new Error(String(error));
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') return openQuote(path, line, error);
  if (error.code === 'CSV_MAX_RECORD_SIZE') return tooLong(path, line, error);
  return inputError(
    'INPUT_CSV',
    `${sourceName(path)}, line ${line}: not well-formed CSV.`,
    `Look at line ${line}, name the --delimiter, or export the file again.`,
    error,
  );
}
