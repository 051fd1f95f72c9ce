import { stepsOf } from '../../domain/plan/action.ts';
import type { Preview } from '../../domain/plan/preview.ts';
import type { PlanTally } from './plan-tally.ts';
import { stepCall, STEPS } from '../../domain/plan/step.ts';
import type { WarningTerms } from './warning-terms.ts';
import { warningsOf } from './warnings.ts';

export interface PreviewTerms extends Omit<WarningTerms, 'rows' | 'targets' | 'found' | 'counts'> {
  readonly tally: PlanTally;
  /** Reads that the plan took. */
  readonly reads: number;
  /** Calls per window that the org states to this credential for `/api/v1/users`; undefined if it has not stated it yet. */
  readonly limitPerWindow: number | undefined;
  readonly windowMs: number;
  /** Nobody has observed how long the org's windows last. */
  readonly windowAssumed: boolean;
  /** Percentage of the limit that the run will use. */
  readonly ratePercent: number;
  /** How long a call in doubt is watched, at most. */
  readonly doubtMs: number;
  /** Returns the time for this number of calls of the bucket, in milliseconds; undefined if it cannot be estimated. */
  readonly estimateMs: (calls: number) => number | undefined;
}

/** Makes what a person bases the decision on, from what was counted while the plan was made. */
export function makePreview(terms: PreviewTerms): Preview {
  const { tally, spec, limitPerWindow, windowMs, ratePercent } = terms;
  const { rows, targets, found, targetCounts: counts } = tally;
  const steps = stepsOf(spec);
  const calls = targets * steps.length;
  return {
    rows,
    targets,
    skipped: tally.skipped,
    statusByProvider: tally.statusByProvider,
    sample: tally.sample,
    calls: steps.map((step) => stepCall(step, spec)),
    warnings: warningsOf({ ...terms, rows, targets, found, counts }),
    estimate: {
      calls,
      durationMs: calls === 0 ? 0 : terms.estimateMs(calls),
      limitPerWindow:
        limitPerWindow === undefined || limitPerWindow <= 0 ? undefined : limitPerWindow,
      windowMs,
      ...(terms.windowAssumed ? { windowAssumed: true } : {}),
      ratePercent,
      // A step that is safe to repeat is sent again at once.
      ...(steps.every((step) => STEPS[step].repeatable) ? {} : { doubtMs: terms.doubtMs }),
    },
    reads: terms.reads,
  };
}
