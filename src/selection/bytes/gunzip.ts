import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { inputError, sourceName } from '../input-error.ts';

/**
 * Lists of users unpack to 5 to 80 times their size, and deflate can reach 1,032 times. A file that grows more than this is
 * not a list.
 */
const MOST_GROWTH = 100;
/** Up to this size, no growth is harmful. */
const HARMLESS_BYTES = 1024 * 1024;
const PIECE_BYTES = 4 * 1024;

/** Tells whether bytes begin like gzip (RFC 1952, deflate). */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b && head[2] === 0x08;
}

function damaged(path: string, cause: unknown): Error {
  return inputError(
    'INPUT_UNREADABLE',
    `${sourceName(path)} is a gzip archive that is damaged or cut off.`,
    'Copy or export it again. gzip -t FILE checks it.',
    cause,
  );
}

function isZlibError(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('Z_')
  );
}

/**
 * Unpacks gzip as it arrives. Rejects with INPUT_UNREADABLE for a damaged archive and for one that unpacks to more than 100
 * times its size, and with any error of the bytes themselves.
 */
export async function* gunzip(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let packed = 0;
  let unpacked = 0;
  const counted = async function* () {
    for await (const chunk of bytes) {
      // In small pieces, so that the counted size is close to the unpacked one.
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
        const piece = chunk.subarray(at, at + PIECE_BYTES);
        packed += piece.length;
        yield piece;
      }
    }
  };
  const unpacking = createGunzip();
  // Errors are thrown by the iteration below.
  pipeline(Readable.from(counted(), { highWaterMark: 1 }), unpacking, () => undefined);
  try {
    for await (const chunk of unpacking as AsyncIterable<Uint8Array>) {
      unpacked += chunk.length;
      if (unpacked > HARMLESS_BYTES && unpacked > packed * MOST_GROWTH) {
        throw inputError(
          'INPUT_UNREADABLE',
          `${sourceName(path)} unpacks to more than ${MOST_GROWTH} times its size, which is too much for a list of users.`,
          'Unpack it yourself (gunzip), and check it first.',
        );
      }
      yield chunk;
    }
  } catch (error) {
    throw isZlibError(error) ? damaged(path, error) : error;
  }
}
