import type { PlannedRow } from '../../domain/plan/plan.ts';
import type { RunFile } from '../../domain/run/run-file.ts';
import type { UserId } from '../../domain/org/user-id.ts';
import type { Replay } from '../../journal/replay.ts';
import { KeySet } from '../../plan/verdicts/key-set.ts';
import type { AppContext } from '../context.ts';
import { openRun } from '../runs/open-run.ts';
import type { ChainRun, Claims } from '../rerun/run-chain.ts';

/** A row that a run skipped because of its user's status. */
export interface SkippedRow {
  readonly run: RunFile;
  readonly row: PlannedRow & { readonly userId: UserId };
}

const isOfStatus = (reason: string | undefined) => reason?.startsWith('status:') === true;

/** Tells whether the row was skipped because of a status, either in the plan or just before it would have been acted on. */
async function isSkipped(row: PlannedRow, replay: Replay): Promise<boolean> {
  if (row.verdict.kind === 'skip') return isOfStatus(row.verdict.reason);
  if (replay.stateOf(row.row) !== 'ended') return false;
  const record = await replay.outcomeOf(row.row);
  return record?.outcome === 'skipped' && isOfStatus(record.reason);
}

/**
 * Returns the rows that the runs of a chain skipped because of a status, each user once, from the newest run. Users whom a
 * run has reset are left out, so iterate `claims` first. Takes a few bytes per user.
 */
export async function* skippedByStatus(
  chain: readonly ChainRun[],
  claims: Claims,
  context: AppContext,
): AsyncGenerator<SkippedRow> {
  const seen = new KeySet();
  for (const { dir, run } of chain) {
    await using opened = await openRun(dir, context, run);
    const { replay } = opened;
    const plan = await opened.plan();
    for await (const row of plan.rows) {
      context.interrupt.drain.throwIfAborted();
      const { userId } = row;
      if (userId === undefined || claims.has(userId)) continue;
      if (!(await isSkipped(row, replay)) || !seen.add(userId)) continue;
      yield { run, row: { ...row, userId } };
    }
  }
}
