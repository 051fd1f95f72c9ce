import type { Options } from 'csv-parse';
import { parse } from 'csv-parse/sync';

/** How the cells of a file are separated. */
export interface Dialect {
  readonly delimiter: string;
  readonly newlines: readonly string[];
  /** Spaces around cells are not part of them: the file has them before its quotes. */
  readonly padded: boolean;
}

/** A delimiter that nobody types, for a file with one column, whatever its cells contain. */
export const ONE_COLUMN = '\u001F';

/**
 * Excel allows 32,767 characters in a cell. A longer record is an open quote, or not CSV. The time of csv-parse grows with
 * the square of a record's length if there are quotes inside quotes.
 */
export const MOST_RECORD_CHARACTERS = 65_536;
/** Excel has 16,384 columns and lists of users a few hundred, but each column takes time in every row. */
export const MOST_COLUMNS = 2_000;

/**
 * The options of csv-parse for a dialect. Rows of other lengths and stray quotes pass, and are judged later with their line.
 */
export function parserOptions(dialect: Dialect): Options {
  return {
    delimiter: dialect.delimiter,
    record_delimiter: dialect.newlines.map((newline) => Buffer.from(newline)),
    trim: dialect.padded,
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: MOST_RECORD_CHARACTERS,
  };
}

/** Returns how the lines of the head end: only CR, if no line ends otherwise, apart from cells in quotes. */
export function newlinesOf(head: string): readonly string[] {
  const text = head.replaceAll(/"[^"]*"/g, '');
  return text.includes('\n') || !text.includes('\r') ? ['\r\n', '\n'] : ['\r'];
}

/** Returns the delimiter that an Excel `sep=;` line declares; undefined if there is none. */
export function declaredDelimiter(head: string): string | undefined {
  return /^\uFEFF?"?sep=([^"\r\n])"?[;,\t|]*(?:\r|\n|$)/i.exec(head)?.[1];
}

/** Tells whether the file writes spaces between its delimiter and its quotes. */
export function isPadded(head: string, delimiter: string): boolean {
  const blanks = delimiter === '\t' ? ' +' : '[ \\t]+';
  const mark = `\\u{${delimiter.codePointAt(0)?.toString(16) ?? '2c'}}`;
  return new RegExp(`${mark}${blanks}"[^"\\r\\n]*"[ \\t]*(?:${mark}|\\r|\\n|$)`, 'u').test(head);
}

/** Returns the first records of the head, at most `most`, without a record that the end of the head cuts off. */
export function headRecords(
  head: string,
  complete: boolean,
  dialect: Dialect,
  most: number,
): readonly (readonly string[])[] {
  const records: string[][] = [];
  try {
    parse(head, {
      ...parserOptions(dialect),
      max_record_size: MOST_RECORD_CHARACTERS / 2,
      to: most,
      on_record: (record: string[]) => {
        records.push(record);
        return null;
      },
    });
  } catch {
    // A quote stays open, and the full reading will report its line.
    return records;
  }
  if (!complete && records.length < most) records.pop();
  return records;
}
