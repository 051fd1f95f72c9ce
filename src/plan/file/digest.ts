import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readError } from './plan-file-error.ts';

const PIECE_BYTES = 1024 * 1024;

/**
 * What stands in the line of a row to act on, and in no other: quotes in a text are escaped, and no column holds an
 * object, so that a column that is called `verdict` counts nothing.
 */
const ACT = Buffer.from('"verdict":"act","columns":{');

/** Counts the rows to act on in a plan file that comes piece by piece, however it is cut. */
export class ActCounter {
  count = 0;
  /** The end of the piece before: what was cut between two pieces is found there. */
  #tail: Uint8Array = new Uint8Array();

  push(piece: Buffer): void {
    const seam = Buffer.concat([this.#tail, piece.subarray(0, ACT.length - 1)]);
    this.#countIn(seam);
    this.#countIn(piece);
    const end = piece.length < ACT.length - 1 ? Buffer.concat([this.#tail, piece]) : piece;
    this.#tail = Uint8Array.from(end.subarray(Math.max(0, end.length - ACT.length + 1)));
  }

  #countIn(bytes: Buffer): void {
    for (let at = bytes.indexOf(ACT); at >= 0; at = bytes.indexOf(ACT, at + ACT.length))
      this.count += 1;
  }
}

export interface PlanDigest {
  /** SHA-256 (hex) of the file, byte for byte. */
  readonly digest: string;
  /** Rows to act on. */
  readonly targets: number;
}

/** Reads a plan file once, whole, without parsing it. Rejects with RUN_NOT_FOUND or DISK. */
export async function digestPlan(path: string): Promise<PlanDigest> {
  const hash = createHash('sha256');
  const acts = new ActCounter();
  try {
    const stream: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: PIECE_BYTES });
    for await (const piece of stream) {
      hash.update(piece);
      acts.push(piece);
    }
  } catch (error) {
    throw readError(path, error);
  }
  return { digest: hash.digest('hex'), targets: acts.count };
}
