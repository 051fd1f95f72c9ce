import { EXIT, exitCodeOfRun } from '../../domain/codes/exit-code.ts';
import type { RunState } from '../../domain/run/journal-record.ts';
import type { StopReason } from '../../domain/run/stop.ts';
import type { FailureLimit } from './options.ts';

/** The totals of the run, over all its invocations: durable outcomes only. */
export interface Tally {
  /** Rows that have ended, without those skipped during the run. */
  readonly ended: number;
  /** Failed and unknown rows. */
  readonly failed: number;
  /** Rows that failed because Okta has no such user. */
  readonly notFound: number;
}

/** The totals of earlier invocations. */
export function tallyOf({ counts, notFound = 0 }: RunState): Tally {
  if (counts === undefined) return { ended: 0, failed: 0, notFound };
  const failed = counts.failed + counts.unknown;
  return { ended: counts.succeeded + failed, failed, notFound };
}

/** A percentage of failures is not judged before this many outcomes, because it would mean little. */
export const FAILURE_SAMPLE = 20;

/** The run continues no matter how many rows fail. */
export const NO_LIMIT: FailureLimit = { kind: 'percent', percent: 100 };

/** Decides after each outcome why the run must stop; undefined if it continues. */
export function judgeOutcomes(tally: Tally, limit: FailureLimit): StopReason | undefined {
  const { ended, failed, notFound } = tally;
  // By allowing every row to fail, the admin has said that the list is right.
  const allMayFail = limit.kind === 'percent' && limit.percent >= 100;
  if (ended >= FAILURE_SAMPLE && notFound === ended && !allMayFail)
    return { kind: 'all-not-found', ended };
  const over =
    limit.kind === 'count'
      ? failed > limit.count
      : ended >= FAILURE_SAMPLE && failed * 100 > limit.percent * ended;
  return over ? { kind: 'failure-share', failed, ended } : undefined;
}

/** Exit codes in order of precedence: 6 before 5 before 130 and 143, before 7. */
const WEIGHT: readonly number[] = [EXIT.auth, EXIT.refused, EXIT.sigint, EXIT.sigterm];

function weightOf(stop: StopReason): number {
  const at = WEIGHT.indexOf(exitCodeOfRun({ stop, failedOrUnknown: 0, notAttempted: 1 }));
  return at < 0 ? WEIGHT.length : at === 3 ? 2 : at;
}

/** Returns which of two stop reasons the run reports: the more severe one, or the earlier one if they are equal. */
export function graver(first: StopReason | undefined, second: StopReason): StopReason {
  return first === undefined || weightOf(second) < weightOf(first) ? second : first;
}
