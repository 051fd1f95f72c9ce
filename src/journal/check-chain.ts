import { openOwnFile } from '../disk/own-file.ts';
import type { JournalRecord } from '../domain/run/journal-record.ts';
import { emptyHead, type JournalHead } from './chain.ts';
import { readRecords } from './read-records.ts';

/** How much of a malformed line is read to find its row. */
const MOST_LINE_BYTES = 64 * 1024;

/** The state of a journal, checked from its first record on. */
export interface ChainCheck {
  /** After the requested number of records; undefined if there are fewer. */
  readonly at: JournalHead | undefined;
  /** After all valid records. */
  readonly end: JournalHead;
  /** The first wrong line, and the row it is about. */
  readonly fault:
    | { readonly line: number; readonly row: number | undefined; readonly problem: string }
    | undefined;
}

/** Returns the row that a line is about, whatever else is wrong with the line. */
async function rowIn(path: string, offset: number): Promise<number | undefined> {
  const handle = await openOwnFile(path, 'read');
  try {
    const block = Buffer.alloc(MOST_LINE_BYTES);
    const { bytesRead } = await handle.read(block, 0, block.length, offset);
    const [line = ''] = block.toString('latin1', 0, bytesRead).split('\n', 1);
    const [, row] = /"row":(\d{1,9})[,}]/.exec(line) ?? [];
    return row === undefined ? undefined : Number(row);
  } finally {
    await handle.close();
  }
}

/**
 * Checks the chain of a journal, and passes on each record after the first `records`. A missing file has no records. Rejects
 * with the system's error, FILE_NOT_YOURS, or `signal.reason` after an abort.
 */
export async function checkChain(
  path: string,
  { runId, records }: { readonly runId: string; readonly records: number },
  onAfter: (record: JournalRecord) => void,
  signal: AbortSignal,
): Promise<ChainCheck> {
  let at = records === 0 ? emptyHead(runId) : undefined;
  const read = await readRecords(
    path,
    emptyHead(runId),
    (record, after) => {
      if (after.records === records) at = after;
      else if (after.records > records) onAfter(record);
      return undefined;
    },
    { signal },
  );
  const { head: end, problem } = read;
  if (problem === undefined) return { at, end, fault: undefined };
  const row = await rowIn(path, end.bytes);
  return { at, end, fault: { line: end.records + 1, row, problem } };
}
