import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { openOwnFile } from '../../disk/own-file.ts';
import { isTarget, type PlanHeader, type PlannedRow, type Target } from '../../domain/plan/plan.ts';
import { checkDigest } from '../guards.ts';
import { digestPlan, type PlanBlock } from './digest.ts';
import { readPlanHeader } from './plan-header.ts';
import { damagedError, otherFormatError, readError, swappedError } from './plan-file-error.ts';
import { readPlanLine } from './plan-line.ts';

const NEWLINE = 0x0a;

/** A plan that was read completely once, so that later reads can be checked against that. */
export interface ReadPlan {
  readonly header: PlanHeader;
  /** How many rows are to be acted on. */
  readonly targetCount: number;
  /**
   * Returns the rows in order, each after its block was checked to be unchanged. Rejects with RUN_DAMAGED at a line that
   * okta-reset did not write, and with PLAN_CHANGED if the file has changed. Each read opens the file again.
   */
  readonly rows: AsyncIterable<PlannedRow>;
  /** Returns the rows from this one on (1 is the first), without reading earlier blocks. */
  readonly rowsFrom: (row: number) => AsyncIterable<PlannedRow>;
  /**
   * Returns the rows to act on, except those to be passed over, whose lines are not even parsed. They have no original
   * columns. Otherwise like `rows`.
   */
  readonly targets: (isPassedOver: (row: number) => boolean) => AsyncIterable<Target>;
}

/** A plan file, and what its first reading recorded. */
interface Kept {
  readonly path: string;
  readonly blocks: readonly PlanBlock[];
}

/** The lines of a block, and the row of the first one. */
interface BlockLines {
  readonly firstRow: number;
  readonly lines: readonly string[];
}

/** Counts the lines of a block before the first one that is not UTF-8. */
function linesOfText(block: Buffer): number {
  const lines = block.toString('latin1').split('\n');
  return lines.findIndex((line) => !isUtf8(Buffer.from(line, 'latin1')));
}

/**
 * Reads complete lines, one block at a time, and checks that they have not changed since the first reading. A last line
 * without a newline is damage.
 */
async function* readLines(
  path: string,
  blocks: readonly PlanBlock[],
): AsyncGenerator<BlockLines, void, undefined> {
  const file = await openOwnFile(path, 'read').catch(async (error: unknown) => {
    throw await readError(path, error);
  });
  try {
    const most = blocks.reduce((longest, { bytes }) => Math.max(longest, bytes), 0);
    const buffer = Buffer.allocUnsafeSlow(most);
    for (const { start, bytes, firstLine, digest } of blocks) {
      let filled = 0;
      while (filled < bytes) {
        const { bytesRead } = await file.read(buffer, filled, bytes - filled, start + filled);
        if (bytesRead === 0) throw swappedError(path, firstLine);
        filled += bytesRead;
      }
      const block = buffer.subarray(0, bytes);
      if (!createHash('sha256').update(block).digest().equals(digest))
        throw swappedError(path, firstLine);
      // Checked and decoded separately, because a strict decoder makes two bytes of each letter, which slows down everything
      // that reads them.
      if (!isUtf8(block)) throw damagedError(path, firstLine + linesOfText(block));
      const end = bytes - 1;
      const lines = block.toString('utf8', 0, end).split('\n');
      if (block[end] !== NEWLINE) throw damagedError(path, firstLine + lines.length - 1);
      yield { firstRow: firstLine - 1, lines };
    }
  } catch (error) {
    throw await readError(path, error);
  } finally {
    await file.close();
  }
}

async function* readRows(
  { path, blocks }: Kept,
  parse: (text: string, row: number) => PlannedRow | 'passed-over' | undefined = readPlanLine,
): AsyncGenerator<PlannedRow, void, undefined> {
  for await (const { firstRow, lines } of readLines(path, blocks)) {
    for (const [place, text] of lines.entries()) {
      const row = firstRow + place;
      const planned = parse(text, row);
      if (planned === undefined) throw damagedError(path, row + 1);
      if (planned !== 'passed-over') yield planned;
    }
  }
}

function readRowsFrom({ path, blocks }: Kept, from: number): AsyncIterable<PlannedRow> {
  const first = blocks.findLastIndex(({ firstLine }) => firstLine - 1 <= from);
  const kept = { path, blocks: blocks.slice(Math.max(0, first)) };
  return readRows(kept, (text, row) => (row < from ? 'passed-over' : readPlanLine(text, row)));
}

/** Tells whether every row of a block is passed over, so that it is not even read. */
function isAllPassedOver({ firstLine, rows }: PlanBlock, isPassedOver: (row: number) => boolean) {
  const firstRow = firstLine - 1;
  for (let row = firstRow; row < firstRow + rows; row += 1) if (!isPassedOver(row)) return false;
  // A last line without a newline is damage, and must be found.
  return rows > 0;
}

async function* readTargets(
  { path, blocks }: Kept,
  isPassedOver: (row: number) => boolean,
): AsyncGenerator<Target, void, undefined> {
  const wanted = blocks.filter((block) => !isAllPassedOver(block, isPassedOver));
  const rows = readRows({ path, blocks: wanted }, (text, row) =>
    isPassedOver(row) ? 'passed-over' : readPlanLine(text, row, false),
  );
  for await (const row of rows) if (isTarget(row)) yield row;
}

/**
 * Reads a plan completely, and keeps a digest of each block of its rows. Rejects with PLAN_CHANGED if it is not the one that
 * `agreed` names, with RUN_NOT_FOUND, RUN_FORMAT, RUN_DAMAGED (with the line), FILE_NOT_YOURS, or DISK, and with
 * `signal.reason` after an abort.
 */
export async function readPlan(
  path: string,
  agreed?: { readonly planDigest: string },
  signal?: AbortSignal,
): Promise<ReadPlan> {
  const { digest, targets: targetCount, header, blocks } = await digestPlan(path, signal);
  if (agreed !== undefined) checkDigest(agreed, digest);
  const kept: Kept = { path, blocks };
  const read = readPlanHeader(header ?? '');
  switch (read.kind) {
    case 'header':
      return {
        header: read.header,
        targetCount,
        rows: { [Symbol.asyncIterator]: () => readRows(kept) },
        rowsFrom: (row) => readRowsFrom(kept, row),
        targets: (isPassedOver) => readTargets(kept, isPassedOver),
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
