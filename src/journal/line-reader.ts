import { systemCode } from '../disk/disk-error.ts';
import { openOwnFile } from '../disk/own-file.ts';

const FIRST_BLOCK = 1024 * 1024;
const LONGEST_LINE = 16 * 1024 * 1024;
const NEWLINE = 0x0a;

/** Called for each complete line, which is `bytes[start, end)` without the newline. Returns false to stop. */
export type OnLine = (bytes: Buffer, start: number, end: number, offset: number) => boolean;

export interface ReadLines {
  /** How many bytes come after the last newline. */
  readonly tornBytes: number;
  /** A line was longer than any record can be, and reading stopped there. */
  readonly overlong: boolean;
}

/**
 * Reads a file line by line in blocks from byte `from` on, without a string or object per line. A missing file has no
 * lines. Rejects with the system's error, or `signal.reason` after an abort.
 */
export async function readLines(
  path: string,
  onLine: OnLine,
  signal?: AbortSignal,
  from = 0,
): Promise<ReadLines> {
  let handle;
  try {
    handle = await openOwnFile(path, 'read');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return { tornBytes: 0, overlong: false };
    throw error;
  }
  try {
    const { size } = await handle.stat();
    let block = Buffer.allocUnsafe(Math.min(FIRST_BLOCK, Math.max(0, size - from) + 1));
    let held = 0;
    let position = from;
    for (;;) {
      signal?.throwIfAborted();
      if (held === block.length) {
        if (held >= LONGEST_LINE) return { tornBytes: 0, overlong: true };
        const larger = Buffer.allocUnsafe(block.length * 2);
        block.copy(larger, 0, 0, held);
        block = larger;
      }
      const { bytesRead } = await handle.read(block, held, block.length - held, position);
      if (bytesRead === 0) return { tornBytes: held, overlong: false };
      const blockStart = position - held;
      position += bytesRead;
      const filled = held + bytesRead;
      const whole = block.subarray(0, filled);
      let start = 0;
      for (;;) {
        const end = whole.indexOf(NEWLINE, start === 0 ? held : start);
        if (end < 0) break;
        if (!onLine(block, start, end, blockStart + start))
          return { tornBytes: 0, overlong: false };
        start = end + 1;
      }
      block.copy(block, 0, start, filled);
      held = filled - start;
    }
  } finally {
    await handle.close();
  }
}
