import { openOwnFile, type FileHandle } from '../disk/own-file.ts';
import { AppError } from '../domain/codes/app-error.ts';
import type { OutcomeRecord } from '../domain/run/journal-record.ts';
import { linkOf, type JournalHead } from './chain.ts';
import { parseRecord } from './parse-record.ts';

const BLOCK = 256 * 1024;
const BLOCKS = 16;
const NEWLINE = 0x0a;

/** Makes the error of a journal that has changed since it was checked. */
export function changedWhileRead(path: string): AppError {
  return new AppError('RUN_DAMAGED', `${path} was changed while it was read.`, {
    hint: 'Find out what changes files in the run’s folder, then run the same command again.',
  });
}

/** The state of the chain about every 256 KiB of a replay, from which later reads can be checked. */
export class ChainMarks {
  readonly #marks: JournalHead[];
  #lastMark: JournalHead;
  #head: JournalHead;

  constructor(from: JournalHead) {
    this.#marks = [from];
    this.#lastMark = from;
    this.#head = from;
  }

  /** Records the state of the journal after a record. */
  advance(head: JournalHead): void {
    this.#head = head;
    if (head.bytes - this.#lastMark.bytes < BLOCK) return;
    this.#marks.push(head);
    this.#lastMark = head;
  }

  /** Returns the marks around a byte: where a check begins, and where it must arrive. */
  around(offset: number): readonly [from: JournalHead, to: JournalHead] {
    let low = 0;
    let high = this.#marks.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#marks[middle]?.bytes ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return [this.#marks[low] ?? this.#head, this.#marks[low + 1] ?? this.#head];
  }
}

/**
 * Reads outcome records back from the journal by byte offset, through a cache of about 4 MiB. Records of rows that are near
 * each other in the plan are near each other in the journal too. Whatever is read is checked against the chain again.
 */
export class OutcomeReader {
  readonly #path: string;
  readonly #marks: ChainMarks;
  // A Map keeps the order of insertion, so the first block is the one that was used longest ago.
  readonly #blocks = new Map<number, Buffer>();
  #handle: Promise<FileHandle> | undefined;

  constructor(path: string, marks: ChainMarks) {
    this.#path = path;
    this.#marks = marks;
  }

  /**
   * Returns the outcome at `offset`, at once if its block is in memory. Rejects with RUN_DAMAGED if the file was
   * changed.
   */
  at(offset: number): OutcomeRecord | Promise<OutcomeRecord> {
    const [from, to] = this.#marks.around(offset);
    const block = this.#blocks.get(from.bytes);
    if (block?.length !== to.bytes - from.bytes) return this.#load(offset, from, to);
    this.#blocks.delete(from.bytes);
    this.#blocks.set(from.bytes, block);
    return this.#decode(block, offset - from.bytes);
  }

  /** Ends reading. `at` would open the file again. */
  async close(): Promise<void> {
    const handle = await this.#handle;
    this.#handle = undefined;
    this.#blocks.clear();
    await handle?.close();
  }

  async #load(offset: number, from: JournalHead, to: JournalHead): Promise<OutcomeRecord> {
    const handle = await (this.#handle ??= openOwnFile(this.#path, 'read'));
    const block = Buffer.allocUnsafeSlow(to.bytes - from.bytes);
    let filled = 0;
    while (filled < block.length) {
      const length = block.length - filled;
      const { bytesRead } = await handle.read(block, filled, length, from.bytes + filled);
      if (bytesRead === 0) throw changedWhileRead(this.#path);
      filled += bytesRead;
    }
    this.#check(block, from.link, to.link);
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size < BLOCKS) break;
      this.#blocks.delete(oldest);
    }
    this.#blocks.set(from.bytes, block);
    return this.#decode(block, offset - from.bytes);
  }

  #check(block: Buffer, first: string, last: string): void {
    let link: string | undefined = first;
    for (let start = 0; link !== undefined && start < block.length;) {
      const end = block.indexOf(NEWLINE, start);
      link = end < 0 ? undefined : linkOf(link, block, start, end)?.link;
      start = end + 1;
    }
    if (link !== last) throw changedWhileRead(this.#path);
  }

  #decode(block: Buffer, start: number): OutcomeRecord {
    const record = parseRecord(
      block.toString('utf8', start, block.indexOf(NEWLINE, start)),
    )?.record;
    if (record?.kind !== 'outcome') throw changedWhileRead(this.#path);
    return record;
  }
}
