/**
 * The hash chain of a journal, and the form of its lines.
 *
 * A line is `{"seq":N,` + the record's fields + `,"chain":"LINK"}`. LINK is the SHA-256 (hex) of the previous link followed
 * by the line's own bytes up to `,"chain"`; the first previous link is the SHA-256 of a prefix and the run id. So a line
 * that was changed, lost, moved or added shows, except at the very end. The chain has no key: it shows damage and careless
 * edits, but not a forger who calculates it again.
 */
import { hash } from 'node:crypto';
import type { JournalRecord } from '../domain/run/journal-record.ts';

const SEED = 'okta-reset journal 1 ';

/** Length of a link: SHA-256 in hex. */
const LINK_LENGTH = 64;

const BEFORE_LINK = ',"chain":"';
const AFTER_LINK = '"}';

/** How many bytes a line has after its body: the link and the characters around it, without the newline. */
export const TRAILER_LENGTH = BEFORE_LINK.length + LINK_LENGTH + AFTER_LINK.length;

/** Returns the end of a line, after its body and before the newline. */
export function trailerOf(link: string): string {
  return `${BEFORE_LINK}${link}${AFTER_LINK}`;
}

/** The end of a journal, which the next record is chained to. */
export interface JournalHead {
  readonly runId: string;
  /** The length of the valid records in bytes. */
  readonly bytes: number;
  /** The number of records so far. The next sequence number is one more. */
  readonly records: number;
  readonly link: string;
}

/** Returns the head of a journal that has no records yet. */
export function emptyHead(runId: string): JournalHead {
  return { runId, bytes: 0, records: 0, link: hash('sha256', SEED + runId, 'hex') };
}

/** Formats a record as its line, including the newline, and returns the new link. */
export function chainLine(
  previousLink: string,
  seq: number,
  record: JournalRecord,
): { readonly line: string; readonly link: string } {
  const body = `{"seq":${seq},${JSON.stringify(record).slice(1, -1)}`;
  const link = hash('sha256', previousLink + body, 'hex');
  return { line: `${body}${trailerOf(link)}\n`, link };
}

/** Returns the body and link of a line if `bytes[start, end)` continues the chain after the link `previous`. */
export function linkOf(
  previous: string,
  bytes: Buffer,
  start: number,
  end: number,
): { readonly body: string; readonly link: string } | undefined {
  const line = bytes.toString('utf8', start, end);
  if (line.length <= TRAILER_LENGTH) return undefined;
  const body = line.slice(0, -TRAILER_LENGTH);
  const link = hash('sha256', previous + body, 'hex');
  return line.endsWith(trailerOf(link)) ? { body, link } : undefined;
}
