import { openOwnFile, type FileHandle } from '../../../disk/own-file.ts';
import type { RunDirectory } from '../../../journal/directory/run-directory.ts';
import { IndexFold, type Success } from './index-fold.ts';
import { readRunIndex, type TakeRecord } from './run-index.ts';

/** Updates the index of a run while its journal grows. */
export interface IndexWriter {
  /** Folds a record that has just become durable. Never throws. */
  readonly take: TakeRecord;
  /** Writes what is left. Never rejects: what is missing is read from the journal next time. */
  readonly close: () => Promise<void>;
}

/**
 * How many users are collected before they are written. After a crash, at most this number is read from the journal again.
 */
const USERS_PER_WRITE = 200;
const RECORDS_PER_WRITE = 1000;

const lineOf = ({ userId, doneMs, atMs }: Success) => `${JSON.stringify([userId, doneMs, atMs])}\n`;

async function openIndex(path: string, keepBytes: number): Promise<FileHandle> {
  const handle = await openOwnFile(path, 'write');
  try {
    await handle.truncate(keepBytes);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

class RunIndexWriter implements IndexWriter {
  readonly #file: FileHandle;
  readonly #fold: IndexFold;
  #position: number;
  #lines: string[] = [];
  #records = 0;
  #writing: Promise<void> = Promise.resolve();
  #dead = false;

  constructor(file: FileHandle, fold: IndexFold, position: number) {
    this.#file = file;
    this.#fold = fold;
    this.#position = position;
  }

  readonly take: TakeRecord = (record, bytes, link) => {
    if (this.#dead) return;
    const success = this.#fold.take(record, bytes, link);
    this.#records += 1;
    if (success !== undefined) this.#lines.push(lineOf(success));
    if (this.#lines.length >= USERS_PER_WRITE || this.#records >= RECORDS_PER_WRITE) this.write();
  };

  /** Writes the collected lines and the state of the index, after the write in progress. */
  write(more: readonly string[] = []): void {
    const checkpoint = `${JSON.stringify(this.#fold.checkpoint())}\n`;
    const bytes = Buffer.from([...more, ...this.#lines, checkpoint].join(''));
    this.#lines = [];
    this.#records = 0;
    this.#writing = this.#writing.then(async () => {
      if (this.#dead) return;
      try {
        const { bytesWritten } = await this.#file.write(bytes, 0, bytes.length, this.#position);
        // A full disk can accept a part of it without an error.
        if (bytesWritten < bytes.length) this.#dead = true;
        this.#position += bytesWritten;
      } catch {
        // The journal has everything, so an index that cannot be written is only behind.
        this.#dead = true;
      }
    });
  }

  close = async (): Promise<void> => {
    if (this.#records > 0) this.write();
    await this.#writing;
    await this.#file.close().catch(() => undefined);
  };
}

/**
 * Opens the index of a run that this process has locked, and updates it from its journal. Rejects if the file cannot be
 * written, in which case a run continues without it.
 */
export async function openRunIndex(
  place: Pick<RunDirectory, 'path'>,
  runId: string,
): Promise<IndexWriter> {
  const news: string[] = [];
  const read = await readRunIndex(place, runId, {
    onNew: (success) => news.push(lineOf(success)),
  });
  const file = await openIndex(place.path('index'), read.goodBytes);
  const writer = new RunIndexWriter(file, new IndexFold(read.checkpoint), read.goodBytes);
  const header = read.goodBytes === 0 ? [`${JSON.stringify({ format: 1, runId })}\n`] : [];
  if (header.length > 0 || read.behindBytes > 0) writer.write([...header, ...news]);
  return writer;
}
