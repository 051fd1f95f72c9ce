import { createHash, type Hash } from 'node:crypto';
import { openOwnFile } from '../../disk/own-file.ts';
import { damagedError, readError } from './plan-file-error.ts';

const PIECE_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;
/** A block ends with the line that fills it: 1,000 rows, or fewer if they are long, so that a block fits in memory. */
const BLOCK_ROWS = 1000;
const BLOCK_BYTES = 1024 * 1024;
/** Longer than any line of a plan, so a file without newlines is not collected in memory. */
const MOST_LINE_BYTES = 64 * 1024 * 1024;
const MOST_HEADER_BYTES = 64 * 1024;

/**
 * A text that is in the line of every row to act on, and in no other: quotes in a text are escaped, and no column contains
 * an object, so a column named `verdict` is not counted.
 */
const ACT = Buffer.from('"verdict":"act","columns":{');
/** How much of it can be at the end of a piece, or at the beginning of the next one. */
const CUT_BYTES = ACT.length - 1;

/** Counts the rows to act on in a plan file that is read in pieces, wherever the pieces begin. */
export class ActCounter {
  count = 0;
  /** The end of the previous piece, to find what was cut between two pieces. */
  #tail: Uint8Array = new Uint8Array();

  push(piece: Buffer): void {
    this.#countIn(Buffer.concat([this.#tail, piece.subarray(0, CUT_BYTES)]));
    this.#countIn(piece);
    this.#tail = Buffer.concat([this.#tail, piece.subarray(-CUT_BYTES)]).subarray(-CUT_BYTES);
  }

  #countIn(bytes: Buffer): void {
    for (let at = bytes.indexOf(ACT); at >= 0; at = bytes.indexOf(ACT, at + ACT.length))
      this.count += 1;
  }
}

/** A part of a plan file that has its own digest: complete lines, except after the last newline. */
export interface PlanBlock {
  /** Where it begins in the file. */
  readonly start: number;
  readonly bytes: number;
  /** The 1-based number of its first line. */
  readonly firstLine: number;
  readonly rows: number;
  /** SHA-256 of its bytes. */
  readonly digest: Buffer;
}

export interface PlanDigest {
  /** SHA-256 (hex) of the file, byte for byte. */
  readonly digest: string;
  /** Rows to act on. */
  readonly targets: number;
  /** The first line, which is part of the digest; undefined if the file is empty. */
  readonly header: string | undefined;
  /** Everything after the header, in order, so that later reads can be compared with this one. */
  readonly blocks: readonly PlanBlock[];
}

/** Cuts a plan that is read in pieces into its header and blocks of rows. Keeps one digest per block in memory. */
class BlockCutter {
  readonly blocks: PlanBlock[] = [];
  header: string | undefined;
  #headerParts: Buffer[] = [];
  #hash: Hash = createHash('sha256');
  #start = 0;
  #bytes = 0;
  #lineBytes = 0;
  #rows = 0;
  #firstLine = 1;

  push(piece: Buffer): void {
    let from = 0;
    for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, at + 1)) {
      this.#lineBytes = 0;
      if (this.header === undefined) {
        this.#endHeader(piece.subarray(from, at));
        from = at + 1;
        continue;
      }
      this.#rows += 1;
      if (this.#rows < BLOCK_ROWS && this.#bytes + at - from < BLOCK_BYTES) continue;
      this.#take(piece.subarray(from, at + 1));
      this.#endBlock();
      from = at + 1;
    }
    const rest = piece.subarray(from);
    if (this.header === undefined) this.#headerParts.push(Buffer.from(rest));
    else this.#take(rest);
    this.#lineBytes += rest.length;
  }

  /** Whether a line is longer than any line of a plan. */
  get isOverlong(): boolean {
    return this.#lineBytes > (this.header === undefined ? MOST_HEADER_BYTES : MOST_LINE_BYTES);
  }

  /** The 1-based number of the line that is being read. */
  get line(): number {
    return this.#firstLine + this.#rows;
  }

  end(): void {
    if (this.#bytes > 0) this.#endBlock();
  }

  #endHeader(last: Buffer): void {
    const header = Buffer.concat([...this.#headerParts, last]);
    this.header = header.toString('utf8');
    this.#start += header.length + 1;
    this.#firstLine += 1;
  }

  #take(bytes: Buffer): void {
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
  }

  #endBlock(): void {
    this.blocks.push({
      start: this.#start,
      bytes: this.#bytes,
      firstLine: this.#firstLine,
      rows: this.#rows,
      digest: this.#hash.digest(),
    });
    this.#hash = createHash('sha256');
    this.#start += this.#bytes;
    this.#firstLine += this.#rows;
    this.#bytes = 0;
    this.#rows = 0;
  }
}

/**
 * Reads a plan file once, completely, without parsing its rows. Rejects with RUN_NOT_FOUND, RUN_DAMAGED, FILE_NOT_YOURS or
 * DISK, and with `signal.reason` after an abort.
 */
export async function digestPlan(path: string, signal?: AbortSignal): Promise<PlanDigest> {
  const hash = createHash('sha256');
  const acts = new ActCounter();
  const cutter = new BlockCutter();
  try {
    const file = await openOwnFile(path, 'read');
    try {
      const block = Buffer.allocUnsafeSlow(PIECE_BYTES);
      for (;;) {
        signal?.throwIfAborted();
        const { bytesRead } = await file.read(block, 0, block.length, null);
        if (bytesRead === 0) break;
        const piece = block.subarray(0, bytesRead);
        hash.update(piece);
        acts.push(piece);
        cutter.push(piece);
        if (cutter.isOverlong) throw damagedError(path, cutter.line);
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw await readError(path, error);
  }
  cutter.end();
  const { header, blocks } = cutter;
  return { digest: hash.digest('hex'), targets: acts.count, header, blocks };
}
