import { createHash } from 'node:crypto';
import { openOwnFile } from './own-file.ts';

const BLOCK_BYTES = 1024 * 1024;

/** The digest of a file, or of its first bytes. */
export interface Digest {
  /** Size of the whole file. */
  readonly size: number;
  /** How many bytes the digest covers. */
  readonly bytes: number;
  /** SHA-256, hex. */
  readonly sha256: string;
}

/**
 * Computes the digest of one of our own files, or of its first `upTo` bytes, one block at a time. Rejects with
 * FILE_NOT_YOURS, the system's error, or `signal.reason` after an abort.
 */
export async function digestOwnFile(
  path: string,
  { upTo = Infinity, signal }: { readonly upTo?: number; readonly signal: AbortSignal },
): Promise<Digest> {
  // Nothing is written to it, so it is harmless if it has other names.
  const handle = await openOwnFile(path, 'read', { manyNames: true });
  try {
    const { size } = await handle.stat();
    const block = Buffer.allocUnsafe(Math.max(1, Math.min(BLOCK_BYTES, size)));
    const hash = createHash('sha256');
    let bytes = 0;
    while (bytes < upTo) {
      signal.throwIfAborted();
      const wanted = Math.min(block.length, upTo - bytes);
      const { bytesRead } = await handle.read(block, 0, wanted, bytes);
      if (bytesRead === 0) break;
      hash.update(block.subarray(0, bytesRead));
      bytes += bytesRead;
    }
    return { size, bytes, sha256: hash.digest('hex') };
  } finally {
    await handle.close();
  }
}
