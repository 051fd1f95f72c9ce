import { open, type FileHandle } from 'node:fs/promises';
import type { PlanHeader, PlannedRow } from '../domain/plan.ts';
import { readPlanHeader } from './plan-header.ts';
import { damagedError, otherFormatError, readError } from './plan-file-error.ts';
import { readPlanLine } from './plan-line.ts';

const PIECE_BYTES = 256 * 1024;
/** Longer than any line a plan can have; a file without newlines is not gathered in memory. */
const MOST_LINE_CHARS = 64 * 1024 * 1024;

export interface ReadPlan {
  readonly header: PlanHeader;
  /** The rows in their order. Rejects with RUN_DAMAGED at a line that is not what was written. Each read opens the file anew. */
  readonly rows: AsyncIterable<PlannedRow>;
}

/** Reads whole lines, in the batches they come in; a last line without its newline is damage. */
async function* readLines(path: string): AsyncGenerator<readonly string[], void, undefined> {
  let file: FileHandle | undefined;
  let line = 0;
  try {
    file = await open(path, 'r');
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const buffer = Buffer.allocUnsafe(PIECE_BYTES);
    let rest = '';
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, PIECE_BYTES, null);
      let text: string;
      try {
        text = decoder.decode(buffer.subarray(0, bytesRead), { stream: bytesRead > 0 });
      } catch {
        throw damagedError(path, line + 1);
      }
      if (bytesRead === 0) break;
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > MOST_LINE_CHARS) throw damagedError(path, line + lines.length + 1);
      line += lines.length;
      if (lines.length > 0) yield lines;
    }
    if (rest !== '') throw damagedError(path, line + 1);
  } catch (error) {
    throw readError(path, error);
  } finally {
    await file?.close();
  }
}

async function* readRows(path: string): AsyncGenerator<PlannedRow, void, undefined> {
  let row = 0;
  let header = true;
  for await (const lines of readLines(path)) {
    for (const text of lines) {
      if (header) {
        header = false;
        continue;
      }
      row += 1;
      const planned = readPlanLine(text, row);
      if (planned === undefined) throw damagedError(path, row + 1);
      yield planned;
    }
  }
}

/** Opens a plan. Rejects with RUN_NOT_FOUND, RUN_FORMAT, RUN_DAMAGED (with the line), or DISK. */
export async function readPlan(path: string): Promise<ReadPlan> {
  let first: string | undefined;
  for await (const [line] of readLines(path)) {
    first = line;
    break;
  }
  const read = readPlanHeader(first ?? '');
  switch (read.kind) {
    case 'header':
      return { header: read.header, rows: { [Symbol.asyncIterator]: () => readRows(path) } };
    case 'other-format':
      throw otherFormatError(path, read.format);
    case 'damaged':
      throw damagedError(path, 1);
    default: {
      const never: never = read;
      return never;
    }
  }
}
