/**
 * The index of a run: on which users it acted successfully, and its state.
 *
 * It is derived from the journal and never replaces it. A line is a user, `["00u…",DONE_MS,AT_MS]`, or a checkpoint: how far
 * the journal was read, and what the index knew there. Records after the last checkpoint are read from the journal; without
 * an index, the whole journal is read. An index is never ahead of its journal. If the two do not match, the journal has lost
 * records: then the users in the index count, and the journal is damaged.
 */
import { kindAt, sizeOf } from '../../../disk/look.ts';
import { openOwnFile, type FileHandle } from '../../../disk/own-file.ts';
import type { JournalRecord } from '../../../domain/run/journal-record.ts';
import type { StopReason } from '../../../domain/run/stop.ts';
import { TRAILER_LENGTH, type JournalHead } from '../../../journal/chain.ts';
import { readLines } from '../../../journal/line-reader.ts';
import { readRecords } from '../../../journal/read-records.ts';
import type { RunDirectory } from '../../../journal/directory/run-directory.ts';
import { emptyCheckpoint, IndexFold, type Checkpoint, type Success } from './index-fold.ts';
import { indexCheckpoint, indexHeader } from './index-schema.ts';

/**
 * How much of the end is searched for the last checkpoint. No batch of lines is longer than this, including its checkpoint.
 */
const TAIL_BYTES = 4 * 1024 * 1024;
const CHECKPOINT = '{"bytes":';

/** What the index and the journal say about a run. */
export interface ReadIndex {
  readonly checkpoint: Checkpoint;
  /** Bytes of the journal after the index's last checkpoint. */
  readonly behindBytes: number;
  /** Where the valid part of the index file ends; 0 if none of it is valid. */
  readonly goodBytes: number;
  /** The journal is damaged, and only what comes before the damage is returned. */
  readonly isBroken: boolean;
}

/** Opens one of our own files for reading; undefined if it is missing. */
async function openOwn(path: string): Promise<FileHandle | undefined> {
  return openOwnFile(path, 'read').catch(() => undefined);
}

async function textAt(handle: FileHandle, start: number, length: number): Promise<string> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, start);
  return buffer.toString('utf8', 0, bytesRead);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Found {
  readonly checkpoint: Checkpoint;
  /** Where its line ends in the index. */
  readonly endBytes: number;
}

/** Finds the last checkpoint of an index of this run. */
async function findCheckpoint(path: string, runId: string): Promise<Found | undefined> {
  const handle = await openOwn(path);
  if (handle === undefined) return undefined;
  try {
    const { size } = await handle.stat();
    const [first = ''] = (await textAt(handle, 0, Math.min(size, 1024))).split('\n');
    const header = indexHeader.safeParse(parsed(first));
    if (!header.success || header.data.runId !== runId) return undefined;
    const start = Math.max(0, size - TAIL_BYTES);
    const tail = Buffer.from(await textAt(handle, start, size - start));
    for (let end = tail.lastIndexOf('\n'); end > 0;) {
      const before = tail.lastIndexOf('\n', end - 1);
      const line = tail.toString('utf8', before + 1, end);
      const read = line.startsWith(CHECKPOINT)
        ? indexCheckpoint.safeParse(parsed(line)).data
        : undefined;
      if (read !== undefined) {
        const { stop, ...rest } = read;
        const checkpoint = { ...rest, ...(stop && { stop: stop as unknown as StopReason }) };
        return { checkpoint, endBytes: size - tail.length + end + 1 };
      }
      end = before;
    }
    return undefined;
  } finally {
    await handle.close();
  }
}

/** Tells whether a checkpoint belongs to this journal: the record before it must end with its link. */
async function fits(journal: string, { bytes, link }: Checkpoint): Promise<boolean> {
  if (bytes === 0) return false;
  const handle = await openOwn(journal);
  if (handle === undefined) return false;
  try {
    const start = bytes - TRAILER_LENGTH - 1;
    if (start < 0) return false;
    return (
      (await textAt(handle, start, TRAILER_LENGTH + 1)).split('"').at(-2) === link &&
      (await textAt(handle, bytes - 1, 1)) === '\n'
    );
  } finally {
    await handle.close();
  }
}

/** Folds the rest of the journal into the state of `from`. Returns whether it is damaged there. */
async function foldTail(
  path: string,
  fold: IndexFold,
  from: JournalHead,
  onSuccess: (success: Success) => void,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { problem } = await readRecords(
    path,
    from,
    (record, after) => {
      const success = fold.take(record, after.bytes - fold.bytes, after.link);
      if (success !== undefined) onSuccess(success);
      return undefined;
    },
    { signal },
  );
  return problem !== undefined;
}

/** Parses a user's line: the id and the time of the success. */
function readSuccess(line: string): Success | undefined {
  if (!line.startsWith('[')) return undefined;
  const value = parsed(line);
  if (!Array.isArray(value)) return undefined;
  const [userId, doneMs, atMs] = value as readonly unknown[];
  return typeof userId === 'string' && typeof doneMs === 'number' && typeof atMs === 'number'
    ? { userId, doneMs, atMs }
    : undefined;
}

async function readSuccesses(
  path: string,
  endBytes: number,
  onSuccess: (success: Success) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  await readLines(
    path,
    (bytes, start, end, offset) => {
      if (offset >= endBytes) return false;
      const success = readSuccess(bytes.toString('utf8', start, end));
      if (success !== undefined) onSuccess(success);
      return true;
    },
    signal,
  );
}

/**
 * Reads the state of a run from its index, and from the records that its journal has after it. `onSuccess` is called with
 * each user on whom it acted successfully, in no order, and perhaps twice for some. Rejects with FILE_NOT_YOURS, the
 * system's error, or `signal.reason`.
 */
export async function readRunIndex(
  { path }: Pick<RunDirectory, 'path'>,
  runId: string,
  options: {
    readonly onSuccess?: (success: Success) => void;
    /** Called with each success that the index does not have yet. */
    readonly onNew?: (success: Success) => void;
    readonly signal?: AbortSignal;
  } = {},
): Promise<ReadIndex> {
  const { onSuccess, onNew, signal } = options;
  const found = await findCheckpoint(path('index'), runId);
  const size = await sizeOf(path('journal'));
  // Something that is at this path but is not a file says nothing about the run, which must not be treated as never begun.
  if (size === undefined && (await kindAt(path('journal'))) !== undefined)
    await (await openOwnFile(path('journal'), 'read')).close();
  const good =
    found !== undefined && (await fits(path('journal'), found.checkpoint)) ? found : undefined;
  const isLost = found !== undefined && good === undefined && found.checkpoint.records > 0;
  const from = good?.checkpoint ?? emptyCheckpoint(runId);
  const fold = new IndexFold(from);
  if (found !== undefined && onSuccess !== undefined)
    await readSuccesses(path('index'), found.endBytes, onSuccess, signal);
  if (size === undefined)
    return { checkpoint: from, behindBytes: 0, goodBytes: 0, isBroken: isLost };
  const tell = (success: Success) => {
    onSuccess?.(success);
    onNew?.(success);
  };
  const isBroken = await foldTail(path('journal'), fold, { ...from, runId }, tell, signal);
  return {
    checkpoint: fold.checkpoint(),
    behindBytes: fold.bytes - from.bytes,
    goodBytes: good?.endBytes ?? 0,
    isBroken: isBroken || isLost,
  };
}

/** Returns how many records the index of a run has read from its journal; 0 if that is not known. Never rejects. */
export async function indexedRecords(
  { path }: Pick<RunDirectory, 'path'>,
  runId: string,
): Promise<number> {
  const found = await findCheckpoint(path('index'), runId).catch(() => undefined);
  return found?.checkpoint.records ?? 0;
}

/** A record as the journal has made it durable. */
export type TakeRecord = (record: JournalRecord, bytes: number, link: string) => void;
