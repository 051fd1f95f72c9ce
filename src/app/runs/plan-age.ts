import { AppError } from '../../domain/codes/app-error.ts';
import { isInDoubt } from '../../domain/run/journal-record.ts';
import type { RunFile } from '../../domain/run/run-file.ts';
import type { StopReason } from '../../domain/run/stop.ts';
import type { Replay } from '../../journal/replay.ts';
import { checkPlanAge } from '../../plan/guards.ts';

/**
 * Returns when the plan was last known to be right, by the org's clock (epoch ms): when it was made, or when the run last
 * sent something. For a plan of format 1 that was never begun, only this machine's clock is known.
 */
export function planTimeMs(
  run: Pick<RunFile, 'createdAt' | 'serverTimeMs'>,
  { lastServerMs }: Pick<Replay, 'lastServerMs'>,
): number {
  if (run.serverTimeMs === undefined) return lastServerMs ?? Date.parse(run.createdAt);
  return Math.max(run.serverTimeMs, lastServerMs ?? 0);
}

/**
 * Refuses a plan that is too old by the org's clock. If the run has attempts whose effect is not known yet, returns the stop
 * that follows once those are settled. Throws PLAN_EXPIRED.
 */
export function expiredPlan(
  run: RunFile,
  replay: Replay,
  nowMs: number,
  maxAgeMs: number,
): StopReason | undefined {
  try {
    checkPlanAge(planTimeMs(run, replay), nowMs, maxAgeMs);
    return undefined;
  } catch (error) {
    if (![...replay.open.values()].some(isInDoubt) || !(error instanceof AppError)) throw error;
    const detail = `${error.message} What was open has been checked in Okta. ${error.hint}`;
    return { kind: 'plan-expired', detail };
  }
}
