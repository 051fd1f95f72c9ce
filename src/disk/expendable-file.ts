import type { FileHandle } from 'node:fs/promises';
import { AppError } from '../domain/codes/app-error.ts';
import { systemCode } from './disk-error.ts';
import { openOwnFile } from './own-file.ts';
import { writeAll } from './write-all.ts';

const PIECE_CHARS = 4096;

/** A file that nothing depends on: whatever cannot be written to it is dropped, and nobody waits for it. */
export interface ExpendableFile {
  readonly write: (text: string) => void;
  /** Writes what is left and closes the file. Never rejects. */
  readonly close: () => Promise<void>;
}

function whyLost(error: unknown): string {
  return error instanceof AppError ? error.message : (systemCode(error) ?? 'unknown error');
}

/**
 * Opens one of our own files (0600) for appending text that can be lost. After the first failure, whether of the disk or
 * because the file is not ours, nothing more is written. `onLost` is called once with the reason, as the system's code or as
 * words.
 */
export function openExpendableFile(path: string, onLost: (why: string) => void): ExpendableFile {
  let held = '';
  let isLost = false;
  let writing: Promise<void> | undefined;
  const lose = (error: unknown) => {
    if (isLost) return;
    isLost = true;
    onLost(whyLost(error));
  };
  const opening: Promise<FileHandle | undefined> = openOwnFile(path, 'append').catch(
    (error: unknown) => {
      lose(error);
      return undefined;
    },
  );
  const flush = async (): Promise<void> => {
    const file = await opening;
    while (file !== undefined && !isLost && held !== '') {
      const bytes = Buffer.from(held);
      held = '';
      await writeAll(async (rest) => (await file.write(rest)).bytesWritten, bytes).catch(lose);
    }
    writing = undefined;
  };
  return {
    write: (text) => {
      if (isLost) return;
      held += text;
      if (held.length >= PIECE_CHARS) writing ??= flush();
    },
    close: async () => {
      await (writing ?? flush());
      await (await opening)?.close().catch(lose);
    },
  };
}
