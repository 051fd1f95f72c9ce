/**
 * A resend: a run over users whom a follow-up found to be stuck. It is tied to the runs that reset them in the same way as a
 * rerun.
 */
import type { PlannedRow } from '../../domain/plan/plan.ts';
import type { Row } from '../../domain/row/row.ts';
import type { RunFile } from '../../domain/run/run-file.ts';
import type { UserId } from '../../domain/org/user-id.ts';
import { openRunDirectory } from '../../journal/directory/run-directory.ts';
import type { Repeat } from '../../plan/verdicts/repeats.ts';
import { withoutSecrets } from '../../selection/layout/left-out.ts';
import type { AppContext } from '../context.ts';
import type { TakenFollowup } from './followup.ts';
import { skippedByStatus } from './skipped-rows.ts';
import type { FollowupState } from './followup-state.ts';
import type { ReadParents } from '../rerun/parent-runs.ts';
import type { Who } from '../plan/plan-input.ts';
import { claimsOf } from '../rerun/run-chain.ts';
import { refuseRunning } from '../run/run-lock.ts';

/** Users who can still use what the last reset sent them, which another reset would make invalid. */
const CAN_STILL_ACT: ReadonlySet<FollowupState | undefined> = new Set(['waiting'] as const);

export interface Resend {
  readonly who: Extract<Who, { readonly kind: 'rows' }>;
  /**
   * Tells whether the follow-up found that a success of another run had no lasting result: the link has expired, the email
   * bounced, or the org shows no trace.
   */
  readonly followsUp: (userId: string, repeat: Repeat) => boolean;
}

/**
 * Makes the rows of a resend: the chosen users, from the run of their newest reset, with their original columns. Reading
 * them rejects with RUN_LOCKED if another process is working on a run of the chain.
 */
export function resendOf(
  dir: string,
  { chosen, chain }: Pick<TakenFollowup, 'chosen' | 'chain'>,
  force: boolean,
  context: AppContext,
): Resend {
  const parents: ReadParents = new Map();
  const looked = new Set(chain.map(({ run }) => run.runId));
  const take = (run: RunFile, row: PlannedRow & { readonly userId: UserId }): Row => {
    const of = chain.find((each) => each.run.runId === run.runId);
    const parent = parents.get(run.runId);
    if (parent !== undefined) parent.taken += 1;
    else if (of !== undefined)
      parents.set(run.runId, { dir: of.dir, records: of.records, left: 0, taken: 1 });
    return {
      source: `run ${run.runId}`,
      line: row.row,
      identifier: { kind: 'id', value: row.userId },
      columns: run.format === 1 ? withoutSecrets(row.columns) : row.columns,
    };
  };
  async function* rows(): AsyncGenerator<Row> {
    for (const each of chain) await refuseRunning(await openRunDirectory(each.dir), context, force);
    const claims = claimsOf(chain, context);
    for await (const { run, row } of claims) if (chosen.has(row.userId)) yield take(run, row);
    for await (const { run, row } of skippedByStatus(chain, claims, context))
      if (chosen.has(row.userId)) yield take(run, row);
  }
  return {
    who: {
      kind: 'rows',
      rows,
      asTyped: ['followup', dir, '--resend'],
      parents,
      dirs: chain.map((each) => each.dir),
    },
    followsUp: (userId, repeat) =>
      looked.has(repeat.runId) && !CAN_STILL_ACT.has(chosen.get(userId)),
  };
}
