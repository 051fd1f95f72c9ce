/**
 * The hash chain of a journal, and the shape of its lines.
 *
 * A line is `{"seq":N,` + the record's fields + `,"chain":"LINK"}`. LINK is the SHA-256 (hex) of the previous link
 * followed by the line's own bytes up to `,"chain"`; the first previous link is the SHA-256 of a prefix and the run id.
 * So a changed, lost, moved or foreign line shows, save at the very end. The chain has no key: it makes damage and
 * careless edits evident, not a forger who recomputes it.
 */
import { hash } from 'node:crypto';
import type { JournalRecord } from '../domain/run/journal-record.ts';

const SEED = 'okta-reset journal 1 ';

/** Length of a link: SHA-256 in hex. */
export const LINK_LENGTH = 64;

const BEFORE_LINK = ',"chain":"';
const AFTER_LINK = '"}';

/** Bytes of a line after its body: the link and what stands around it, without the newline. */
export const TRAILER_LENGTH = BEFORE_LINK.length + LINK_LENGTH + AFTER_LINK.length;

/** Returns what a line ends with, after its body and before the newline. */
export function trailerOf(link: string): string {
  return `${BEFORE_LINK}${link}${AFTER_LINK}`;
}

/** Where a journal ends: what the next record is chained to. */
export interface JournalHead {
  readonly runId: string;
  /** Bytes of the valid records. */
  readonly bytes: number;
  /** Records so far; the next one's sequence number is one more. */
  readonly records: number;
  readonly link: string;
}

/** Returns the head of a journal with no records yet. */
export function emptyHead(runId: string): JournalHead {
  return { runId, bytes: 0, records: 0, link: hash('sha256', SEED + runId, 'hex') };
}

/** Returns a record as its line, newline included, and the new link. */
export function chainLine(
  previousLink: string,
  seq: number,
  record: JournalRecord,
): { readonly line: string; readonly link: string } {
  const body = `{"seq":${seq},${JSON.stringify(record).slice(1, -1)}`;
  const link = hash('sha256', previousLink + body, 'hex');
  return { line: `${body}${trailerOf(link)}\n`, link };
}

/** Checks raw lines against the chain, one after the other, without decoding them. */
export class ChainReader {
  #scratch = Buffer.allocUnsafe(4096);
  #link: string;

  constructor(link: string) {
    this.#link = link;
    this.#scratch.write(link, 0, 'latin1');
  }

  /** The link of the last line that was accepted. */
  get link(): string {
    return this.#link;
  }

  /** Accepts the line `bytes[start, end)` if it continues the chain. */
  accept(bytes: Buffer, start: number, end: number): boolean {
    const bodyEnd = end - TRAILER_LENGTH;
    if (bodyEnd <= start) return false;
    const length = LINK_LENGTH + bodyEnd - start;
    if (length > this.#scratch.length) {
      const larger = Buffer.allocUnsafe(length * 2);
      this.#scratch.copy(larger, 0, 0, LINK_LENGTH);
      this.#scratch = larger;
    }
    bytes.copy(this.#scratch, LINK_LENGTH, start, bodyEnd);
    const link = hash('sha256', this.#scratch.subarray(0, length), 'hex');
    if (bytes.toString('latin1', bodyEnd, end) !== trailerOf(link)) return false;
    this.#link = link;
    const linkStart = bodyEnd + BEFORE_LINK.length;
    bytes.copy(this.#scratch, 0, linkStart, linkStart + LINK_LENGTH);
    return true;
  }
}
