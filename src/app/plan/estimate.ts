import type { BucketRules } from '../../pacing/bucket.ts';
import { spacingMs } from '../../pacing/own-pace.ts';
import type { OwnPaceRules } from '../../pacing/own-pace.ts';
import { shareOf } from '../../pacing/window.ts';

/** What an estimate is based on. `limit` undefined: the org does not state one. */
export interface EstimateInput extends BucketRules, OwnPaceRules {
  readonly calls: number;
  readonly limit: number | undefined;
  readonly latencyMs: number;
  readonly concurrency: number;
}

/**
 * Returns the time that calls of one bucket take, in milliseconds: the whole windows before the last one opens, and the
 * calls of that last window; or what the concurrency or our own pace allows, if that takes longer.
 */
export function estimateMs(input: EstimateInput): number {
  const { calls, limit, windowMs, ratePercent, latencyMs, concurrency } = input;
  if (calls <= 0) return 0;
  const inARow = (count: number) => Math.ceil(count / concurrency) * latencyMs;
  const own = (calls - 1) * spacingMs(input) + latencyMs;
  if (limit === undefined) return Math.max(inARow(calls), own);
  const share = shareOf(limit, ratePercent);
  const windows = Math.ceil(calls / share) - 1;
  return Math.max(windows * windowMs + inARow(calls - windows * share), inARow(calls), own);
}
