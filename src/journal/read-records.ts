import type { JournalRecord } from '../domain/run/journal-record.ts';
import { linkOf, type JournalHead } from './chain.ts';
import { readLines } from './line-reader.ts';
import { parseRecord } from './parse-record.ts';

/**
 * Called with a record that continues the chain, and the state of the journal after it. Returns what is wrong with the
 * record, if anything.
 */
export type TakeRecord = (
  record: JournalRecord,
  after: JournalHead,
  offset: number,
) => string | undefined;

/** How far a journal was read, and why no further. */
export interface ReadRecords {
  /** Where the valid records end. */
  readonly head: JournalHead;
  /** What is wrong with the next record; undefined if the file ends there. */
  readonly problem: string | undefined;
  /** How many bytes come after the last newline. */
  readonly tornBytes: number;
}

/**
 * Reads the records of a journal after `from`, and checks each against the chain. Reads at most `until` records, if given. A
 * missing file has none. Rejects with the system's error, or `signal.reason` after an abort.
 */
export async function readRecords(
  path: string,
  from: JournalHead,
  take: TakeRecord,
  {
    signal,
    until = Infinity,
  }: { readonly signal?: AbortSignal | undefined; readonly until?: number } = {},
): Promise<ReadRecords> {
  const { runId } = from;
  let { bytes, records, link } = from;
  let problem: string | undefined;
  const problemOf = (body: string | undefined, after: string | undefined, offset: number) => {
    if (body === undefined || after === undefined)
      return 'it does not continue the chain of records';
    const parsed = parseRecord(`${body}}`);
    if (parsed === undefined) return 'it is not a record';
    if (parsed.seq !== records + 1) return `its number is not ${records + 1}`;
    return take(parsed.record, { runId, bytes, records: records + 1, link: after }, offset);
  };
  const read = await readLines(
    path,
    (block, start, end, offset) => {
      if (records >= until) return false;
      const next = linkOf(link, block, start, end);
      const before = bytes;
      bytes = offset + end - start + 1;
      problem = problemOf(next?.body, next?.link, offset);
      if (problem !== undefined) {
        bytes = before;
        return false;
      }
      records += 1;
      link = next?.link ?? link;
      return true;
    },
    signal,
    from.bytes,
  );
  if (read.overlong) problem ??= 'it is longer than any record';
  return { head: { runId, bytes, records, link }, problem, tornBytes: read.tornBytes };
}
