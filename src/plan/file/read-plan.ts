import { isUtf8 } from 'node:buffer';
import { open, type FileHandle } from 'node:fs/promises';
import { isTarget, type PlanHeader, type PlannedRow, type Target } from '../../domain/plan/plan.ts';
import { readPlanHeader } from './plan-header.ts';
import { damagedError, otherFormatError, readError } from './plan-file-error.ts';
import { readPlanLine } from './plan-line.ts';

const PIECE_BYTES = 64 * 1024;
const NEWLINE = 0x0a;
/** Longer than any line a plan can have; a file without newlines is not gathered in memory. */
const MOST_LINE_BYTES = 64 * 1024 * 1024;

export interface ReadPlan {
  readonly header: PlanHeader;
  /** The rows in their order. Rejects with RUN_DAMAGED at a line that is not what was written. Each read opens the file anew. */
  readonly rows: AsyncIterable<PlannedRow>;
  /** The rows to act on but those to be passed over, whose lines are not even parsed; without original columns, otherwise as `rows`. */
  readonly targets: (isPassedOver: (row: number) => boolean) => AsyncIterable<Target>;
}

/** Reads whole lines, in the batches they come in; a last line without its newline is damage. */
async function* readLines(path: string): AsyncGenerator<readonly string[], void, undefined> {
  let file: FileHandle | undefined;
  let line = 0;
  try {
    file = await open(path, 'r');
    let block = Buffer.allocUnsafeSlow(PIECE_BYTES);
    let held = 0;
    for (;;) {
      if (held === block.length) {
        if (held >= MOST_LINE_BYTES) throw damagedError(path, line + 1);
        const larger = Buffer.allocUnsafeSlow(block.length * 2);
        block.copy(larger, 0, 0, held);
        block = larger;
      }
      const { bytesRead } = await file.read(block, held, block.length - held, null);
      if (bytesRead === 0) break;
      const filled = held + bytesRead;
      const end = block.lastIndexOf(NEWLINE, filled - 1);
      if (end < held) {
        held = filled;
        continue;
      }
      // Checked and decoded apart: a strict decoder makes two bytes of each letter, which all that reads them pays for.
      if (!isUtf8(block.subarray(0, end))) throw damagedError(path, line + 1);
      const lines = block.toString('utf8', 0, end).split('\n');
      line += lines.length;
      yield lines;
      block.copy(block, 0, end + 1, filled);
      held = filled - end - 1;
    }
    if (held > 0) throw damagedError(path, line + 1);
  } catch (error) {
    throw readError(path, error);
  } finally {
    await file?.close();
  }
}

async function* readRows(
  path: string,
  parse: (text: string, row: number) => PlannedRow | 'passed-over' | undefined = readPlanLine,
): AsyncGenerator<PlannedRow, void, undefined> {
  let row = 0;
  let header = true;
  for await (const lines of readLines(path)) {
    for (const text of lines) {
      if (header) {
        header = false;
        continue;
      }
      row += 1;
      const planned = parse(text, row);
      if (planned === undefined) throw damagedError(path, row + 1);
      if (planned !== 'passed-over') yield planned;
    }
  }
}

async function* readTargets(
  path: string,
  isPassedOver: (row: number) => boolean,
): AsyncGenerator<Target, void, undefined> {
  const rows = readRows(path, (text, row) =>
    isPassedOver(row) ? 'passed-over' : readPlanLine(text, row, false),
  );
  for await (const row of rows) if (isTarget(row)) yield row;
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
      return {
        header: read.header,
        rows: { [Symbol.asyncIterator]: () => readRows(path) },
        targets: (isPassedOver) => readTargets(path, isPassedOver),
      };
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
