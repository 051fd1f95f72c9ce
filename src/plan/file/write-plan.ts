import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { createOwnFile, unlink, type FileHandle } from '../../disk/own-file.ts';
import { syncFolder } from '../../disk/sync-folder.ts';
import type { PlanHeader, PlannedRow } from '../../domain/plan/plan.ts';
import { planLine } from './plan-line.ts';
import { writeError } from './plan-file-error.ts';

/** How many characters are collected before they are written. */
const PIECE_CHARS = 64 * 1024;

export interface WrittenPlan {
  /** SHA-256 (hex) of the file, byte for byte. */
  readonly digest: string;
  readonly rows: number;
  readonly bytes: number;
}

async function writeLines(
  file: FileHandle,
  header: PlanHeader,
  rows: AsyncIterable<PlannedRow>,
): Promise<WrittenPlan> {
  const hash = createHash('sha256');
  let piece = `${JSON.stringify(header)}\n`;
  let count = 0;
  let bytes = 0;
  const flush = async (): Promise<void> => {
    const buffer = Buffer.from(piece);
    piece = '';
    hash.update(buffer);
    bytes += buffer.length;
    await file.writeFile(buffer);
  };
  for await (const row of rows) {
    piece += `${planLine(row)}\n`;
    count += 1;
    if (piece.length >= PIECE_CHARS) await flush();
  }
  await flush();
  return { digest: hash.digest('hex'), rows: count, bytes };
}

/**
 * Writes plan.jsonl: the header, then one line per row as they arrive. Only its owner can read the file (0600). It never
 * replaces another file, and is on disk when this resolves. If the rows fail, the signal aborts or the disk refuses, the
 * file is removed again. Rejects with RUN_EXISTS, DISK, or whatever the rows reject with.
 */
export async function writePlan(
  path: string,
  header: PlanHeader,
  rows: AsyncIterable<PlannedRow>,
  signal: AbortSignal,
): Promise<WrittenPlan> {
  signal.throwIfAborted();
  let file: FileHandle;
  try {
    file = await createOwnFile(path);
  } catch (error) {
    throw writeError(path, error);
  }
  try {
    try {
      const written = await writeLines(file, header, rows);
      signal.throwIfAborted();
      await file.sync();
      return written;
    } finally {
      await file.close();
      await syncFolder(dirname(path));
    }
  } catch (error) {
    await unlink(path).catch(() => undefined);
    throw writeError(path, error);
  }
}
