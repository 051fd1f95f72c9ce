import { writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AppendFile, Appender } from '../../domain/append-file.ts';
import { diskError } from '../disk-error.ts';
import { groupCommit } from './group-commit.ts';
import { openOwnFile } from '../own-file.ts';
import { syncFolder } from '../sync-folder.ts';

const TAIL_BLOCK = 64 * 1024;
const NEWLINE = 0x0a;

interface Opened {
  readonly handle: FileHandle;
  readonly size: number;
}

async function openForAppend(path: string): Promise<Opened> {
  try {
    const handle = await openOwnFile(path, 'append');
    try {
      const { size } = await handle.stat();
      if (size === 0) await syncFolder(dirname(path));
      return { handle, size };
    } catch (error) {
      await handle.close().catch(() => undefined);
      throw error;
    }
  } catch (error) {
    throw diskError(`open ${path} for writing`, error);
  }
}

function appendFile({ handle, size }: Opened): AppendFile {
  const readAt = async (start: number, length: number) => {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, start);
    return buffer.subarray(0, bytesRead);
  };
  return {
    size,
    readAt,
    // A write of a few kilobytes into the page cache costs less than passing it to a thread. The sync is what takes time.
    write: (bytes) =>
      new Promise((resolve) => {
        resolve(writeSync(handle.fd, bytes));
      }),
    sync: () => handle.datasync(),
    truncate: (length) => handle.truncate(length),
    close: () => handle.close(),
  };
}

/**
 * Opens one of our own files for appending. Creates it with mode 0600 and makes its name durable. Errors: `AppError`
 * FILE_NOT_YOURS, DISK.
 */
export async function openAppendFile(path: string): Promise<AppendFile> {
  return appendFile(await openForAppend(path));
}

async function endOfLastLine({ readAt, size }: AppendFile): Promise<number> {
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - TAIL_BLOCK);
    const at = (await readAt(start, end - start)).lastIndexOf(NEWLINE);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return 0;
}

/** `OpenLines` on real files, with group commit, mode 0600, and without an incomplete last line, which was never durable. */
export async function openLines(path: string): Promise<Appender> {
  const file = await openAppendFile(path);
  try {
    const end = await endOfLastLine(file);
    if (end < file.size) {
      await file.truncate(end);
      await file.sync();
    }
    return groupCommit(file, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    throw diskError(`open ${path} for writing`, error);
  }
}
