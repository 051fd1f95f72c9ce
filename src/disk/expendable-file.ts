import { closeSync, openSync, write } from 'node:fs';
import { promisify } from 'node:util';
import { systemCode } from './disk-error.ts';
import { writeAll } from './write-all.ts';

const writeAsync = promisify(write);
const FILE_MODE = 0o600;
const PIECE_CHARS = 4096;

/** A file that nothing depends on: what cannot be written to it is dropped, and nobody waits for it. */
export interface ExpendableFile {
  readonly write: (text: string) => void;
  /** Hands on what is left and closes the file. Never rejects. */
  readonly close: () => Promise<void>;
}

/**
 * Opens a file (0600) for appending text that may be lost. After the first failure of the disk nothing more is written;
 * `onLost` hears of it once, with the system's code.
 */
export function openExpendableFile(path: string, onLost: (code: string) => void): ExpendableFile {
  let fd: number | undefined;
  let held = '';
  let writing: Promise<void> | undefined;
  const lose = (error: unknown) => {
    if (fd === undefined) return;
    const lost = fd;
    fd = undefined;
    held = '';
    try {
      closeSync(lost);
    } catch {
      // What it was to keep is lost already.
    }
    onLost(systemCode(error) ?? 'unknown error');
  };
  try {
    fd = openSync(path, 'a', FILE_MODE);
  } catch (error) {
    onLost(systemCode(error) ?? 'unknown error');
  }
  const flush = async (): Promise<void> => {
    while (fd !== undefined && held !== '') {
      const open = fd;
      const bytes = Buffer.from(held);
      held = '';
      await writeAll(async (rest) => (await writeAsync(open, rest)).bytesWritten, bytes).catch(
        lose,
      );
    }
    writing = undefined;
  };
  return {
    write: (text) => {
      if (fd === undefined) return;
      held += text;
      if (held.length >= PIECE_CHARS) writing ??= flush();
    },
    close: async () => {
      await (writing ?? flush());
      if (fd === undefined) return;
      const last = fd;
      fd = undefined;
      try {
        closeSync(last);
      } catch (error) {
        onLost(systemCode(error) ?? 'unknown error');
      }
    },
  };
}
