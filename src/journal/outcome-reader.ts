import { openOwnFile, type FileHandle } from '../disk/own-file.ts';
import type { OutcomeRecord } from '../domain/run/journal-record.ts';
import { parseRecord } from './parse-record.ts';

const BLOCK = 256 * 1024;
const BLOCKS = 16;
const NEWLINE = 0x0a;

/**
 * Reads outcome records back from the journal by byte offset, through a cache of at most 4 MiB: records of rows that
 * are near each other in the plan are near each other in the journal.
 */
export class OutcomeReader {
  readonly #path: string;
  readonly #end: number;
  // A Map keeps its order of insertion: the first block is the one used longest ago.
  readonly #blocks = new Map<number, Buffer>();
  #handle: Promise<FileHandle> | undefined;

  /** @param end bytes of the journal that are valid */
  constructor(path: string, end: number) {
    this.#path = path;
    this.#end = end;
  }

  /** Returns the outcome at `offset`, at once where its block is at hand. */
  at(offset: number): OutcomeRecord | Promise<OutcomeRecord> {
    const start = offset - (offset % BLOCK);
    const block = this.#blocks.get(start);
    if (block !== undefined) {
      this.#blocks.delete(start);
      this.#blocks.set(start, block);
      const end = block.indexOf(NEWLINE, offset - start);
      if (end >= 0) return decode(block.toString('utf8', offset - start, end));
    }
    return this.#load(offset, start);
  }

  /** Ends reading; `at` opens the file again. */
  async close(): Promise<void> {
    const handle = await this.#handle;
    this.#handle = undefined;
    this.#blocks.clear();
    await handle?.close();
  }

  async #load(offset: number, start: number): Promise<OutcomeRecord> {
    const parts: Buffer[] = [];
    for (let at = start; at < this.#end; at += BLOCK) {
      const block = await this.#block(at);
      const from = at === start ? offset - start : 0;
      const end = block.indexOf(NEWLINE, from);
      parts.push(block.subarray(from, end < 0 ? block.length : end));
      if (end >= 0) break;
    }
    return decode(Buffer.concat(parts).toString('utf8'));
  }

  async #block(start: number): Promise<Buffer> {
    const cached = this.#blocks.get(start);
    if (cached !== undefined) return cached;
    const handle = await (this.#handle ??= openOwnFile(this.#path, 'read'));
    const block = Buffer.allocUnsafeSlow(Math.min(BLOCK, this.#end - start));
    let filled = 0;
    while (filled < block.length) {
      const { bytesRead } = await handle.read(block, filled, block.length - filled, start + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    const read = block.subarray(0, filled);
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size < BLOCKS) break;
      this.#blocks.delete(oldest);
    }
    this.#blocks.set(start, read);
    return read;
  }
}

function decode(text: string): OutcomeRecord {
  const record = parseRecord(text)?.record;
  if (record?.kind !== 'outcome') throw new Error('The journal was changed while it was read.');
  return record;
}
