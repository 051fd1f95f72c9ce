import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readError } from './plan-file-error.ts';

const PIECE_BYTES = 1024 * 1024;

/** Returns the SHA-256 (hex) of a plan file, byte for byte. Rejects with RUN_NOT_FOUND or DISK. */
export async function digestPlan(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    const stream: AsyncIterable<Uint8Array> = createReadStream(path, {
      highWaterMark: PIECE_BYTES,
    });
    for await (const piece of stream) hash.update(piece);
  } catch (error) {
    throw readError(path, error);
  }
  return hash.digest('hex');
}
