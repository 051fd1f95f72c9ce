import { close, constants, fdatasync, ftruncate, fstat, open, writeSync } from 'node:fs';
import { open as openHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { AppendFile, Appender } from '../domain/append-file.ts';
import { diskError } from './disk-error.ts';
import { groupCommit } from './group-commit.ts';
import { syncFolder } from './sync-folder.ts';

const openAsync = promisify(open);
const statAsync = promisify(fstat);
const syncAsync = promisify(fdatasync);
const truncateAsync = promisify(ftruncate);
const closeAsync = promisify(close);

const { O_APPEND, O_CREAT, O_RDWR } = constants;
const FILE_MODE = 0o600;
const TAIL_BLOCK = 64 * 1024;
const NEWLINE = 0x0a;

async function openForAppend(path: string): Promise<{ fd: number; size: number }> {
  try {
    const fd = await openAsync(path, O_RDWR | O_APPEND | O_CREAT, FILE_MODE);
    try {
      const { size } = await statAsync(fd);
      if (size === 0) await syncFolder(dirname(path));
      return { fd, size };
    } catch (error) {
      await closeAsync(fd).catch(() => undefined);
      throw error;
    }
  } catch (error) {
    throw diskError(`open ${path} for writing`, error);
  }
}

function appendFile(fd: number, size: number): AppendFile {
  return {
    size,
    // A write of a few kilobytes into the page cache is cheaper than the way to a thread and back; the sync is the wait.
    write: (bytes) =>
      new Promise((resolve) => {
        resolve(writeSync(fd, bytes));
      }),
    sync: () => syncAsync(fd),
    truncate: (length) => truncateAsync(fd, length),
    close: () => closeAsync(fd),
  };
}

/** Opens a real file for appending; creates it 0600 and makes its name durable. Errors: `AppError` DISK. */
export async function openAppendFile(path: string): Promise<AppendFile> {
  const { fd, size } = await openForAppend(path);
  return appendFile(fd, size);
}

async function endOfLastLine(path: string, size: number): Promise<number> {
  const handle = await openHandle(path, 'r');
  try {
    const block = Buffer.allocUnsafe(TAIL_BLOCK);
    for (let end = size; end > 0;) {
      const start = Math.max(0, end - TAIL_BLOCK);
      const { bytesRead } = await handle.read(block, 0, end - start, start);
      const at = block.subarray(0, bytesRead).lastIndexOf(NEWLINE);
      if (at >= 0) return start + at + 1;
      end = start;
    }
    return 0;
  } finally {
    await handle.close();
  }
}

/** `OpenLines` on real files: group commit, 0600, an incomplete last line (never durable) cut off. */
export async function openLines(path: string): Promise<Appender> {
  const file = await openAppendFile(path);
  try {
    const end = await endOfLastLine(path, file.size);
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
