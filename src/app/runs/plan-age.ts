import { AppError } from '../../domain/codes/app-error.ts';
import type { RunState } from '../../domain/run/journal-record.ts';
import type { Target } from '../../domain/plan/plan.ts';
import type { RunFile } from '../../domain/run/run-file.ts';
import { TargetsStop } from '../../engine/run/targets-stop.ts';
import type { Replay } from '../../journal/replay.ts';
import { checkPlanAge } from '../../plan/guards.ts';

/**
 * When the plan was last known to be true, by the org's clock (epoch ms): when it was made, or when the run last sent
 * something. Of a plan of format 1 that was never begun only this machine's clock told.
 */
export function planTimeMs(
  run: Pick<RunFile, 'createdAt' | 'serverTimeMs'>,
  { lastServerMs }: Pick<Replay, 'lastServerMs'>,
): number {
  if (run.serverTimeMs === undefined) return lastServerMs ?? Date.parse(run.createdAt);
  return Math.max(run.serverTimeMs, lastServerMs ?? 0);
}

/**
 * Refuses a plan that is too old by the org's clock. Where the run has attempts whose effect nobody knows yet, returns
 * the refusal instead: those are settled first. Throws PLAN_EXPIRED.
 */
export function expiredPlan(
  run: RunFile,
  replay: Replay,
  nowMs: number,
  maxAgeMs: number,
): AppError | undefined {
  try {
    checkPlanAge(planTimeMs(run, replay), nowMs, maxAgeMs);
    return undefined;
  } catch (error) {
    const isOpen = [...replay.open.values()].some(({ pending }) => pending !== undefined);
    if (!isOpen || !(error instanceof AppError)) throw error;
    return error;
  }
}

/** Passes on the targets with an attempt to settle, and then stops the run: nothing new of an old plan is sent. */
export async function* pendingOnly(
  targets: AsyncIterable<Target>,
  state: RunState,
  expired: AppError,
): AsyncGenerator<Target> {
  for await (const target of targets)
    if (state.open.get(target.row)?.pending !== undefined) yield target;
  const detail = `${expired.message} What was open has been settled. ${expired.hint}`;
  throw new TargetsStop({ kind: 'plan-expired', detail });
}
