/**
 * The write-ahead log of a run.
 *
 * Invariants:
 * - Records are in the file in the order of the `append` calls, numbered from 1 without gaps, each chained to the one before
 *   (see chain.ts).
 * - An append resolves when its record is on disk, never earlier.
 * - After any disk error the journal is dead: every waiting and later append rejects with the same `AppError` DISK. Replay
 *   judges what the failed batch left in the file, not this process.
 * - A torn tail is cut off before the first new record.
 */
import type { AppendFile, Appender } from '../domain/append-file.ts';
import { AppError } from '../domain/codes/app-error.ts';
import type { JournalRecord, JournalWriter } from '../domain/run/journal-record.ts';
import { chainLine, TRAILER_LENGTH, trailerOf, type JournalHead } from './chain.ts';
import { diskError } from '../disk/disk-error.ts';
import { groupCommit } from '../disk/append/group-commit.ts';

/**
 * Called with each record that has become durable, in order, with its length in bytes including the newline, and its link.
 */
export type OnDurable = (record: JournalRecord, bytes: number, link: string) => void;

interface Underway {
  readonly record: JournalRecord;
  readonly bytes: number;
  readonly link: string;
}

export interface Journal extends JournalWriter {
  /** Waits for the appended records, then closes the file. Rejects if one could not be stored. */
  readonly close: () => Promise<void>;
}

class ChainedJournal implements Journal {
  readonly #appender: Appender;
  readonly #onDurable: OnDurable | undefined;
  #underway: Underway[] = [];
  #records: number;
  #link: string;

  constructor(file: AppendFile, path: string, head: JournalHead, onDurable?: OnDurable) {
    this.#appender = groupCommit(file, path, onDurable && ((lines) => this.#durable(lines)));
    this.#onDurable = onDurable;
    this.#records = head.records;
    this.#link = head.link;
  }

  append(record: JournalRecord): Promise<void> {
    this.#records += 1;
    const { line, link } = chainLine(this.#link, this.#records, record);
    this.#link = link;
    if (this.#onDurable !== undefined)
      this.#underway.push({ record, bytes: Buffer.byteLength(line), link });
    return this.#appender.append(line);
  }

  close(): Promise<void> {
    return this.#appender.close();
  }

  #durable(lines: number): void {
    const durable = this.#underway;
    this.#underway = durable.splice(lines);
    for (const { record, bytes, link } of durable) this.#onDurable?.(record, bytes, link);
  }
}

/** Tells whether a file still ends with the record of `head`, whose link covers all records before it too. */
async function endsWith(file: AppendFile, { bytes, records, link }: JournalHead): Promise<boolean> {
  if (records === 0) return true;
  const start = bytes - TRAILER_LENGTH - 1;
  const end = Buffer.from(await file.readAt(start, TRAILER_LENGTH + 1)).toString('latin1');
  return end === `${trailerOf(link)}\n`;
}

/**
 * Opens the journal after the records of `head`, which replay has verified while this process has the run's lock. The
 * journal owns the file. Errors: `AppError` DISK; RUN_DAMAGED if the file no longer contains those records.
 */
export async function openJournal(options: {
  readonly file: AppendFile;
  readonly head: JournalHead;
  /** Names the file in errors. */
  readonly path: string;
  readonly onDurable?: OnDurable;
}): Promise<Journal> {
  const { file, head, path, onDurable } = options;
  if (file.size < head.bytes) {
    await file.close().catch(() => undefined);
    throw new AppError('RUN_DAMAGED', `${path} has become shorter since it was read.`, {
      hint: 'Another program changes the run directory. Stop it, and restore the journal from a copy.',
    });
  }
  if (!(await endsWith(file, head))) {
    await file.close().catch(() => undefined);
    throw new AppError('RUN_DAMAGED', `${path} is not the file that was read.`, {
      hint: 'Another program changes the run directory. Stop it, and restore the journal from a copy.',
    });
  }
  if (file.size > head.bytes) {
    try {
      await file.truncate(head.bytes);
      await file.sync();
    } catch (error) {
      await file.close().catch(() => undefined);
      throw diskError(`cut the incomplete last record off ${path}`, error);
    }
  }
  return new ChainedJournal(file, path, head, onDurable);
}
