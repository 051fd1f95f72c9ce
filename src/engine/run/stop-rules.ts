import { EXIT, exitCodeOfRun } from '../../domain/codes/exit-code.ts';
import type { RunState } from '../../domain/run/journal-record.ts';
import type { StopReason } from '../../domain/run/stop.ts';
import type { FailureLimit } from './options.ts';

/** What the run has come to, over all its invocations: durable outcomes only. */
export interface Tally {
  /** Rows that ended, those skipped on the way left out. */
  readonly ended: number;
  /** Failed and unknown. */
  readonly failed: number;
  /** Failed because Okta knows no such user. */
  readonly notFound: number;
}

/** What earlier invocations have come to. */
export function tallyOf({ counts, notFound = 0 }: RunState): Tally {
  if (counts === undefined) return { ended: 0, failed: 0, notFound };
  const failed = counts.failed + counts.unknown;
  return { ended: counts.succeeded + failed, failed, notFound };
}

/** Outcomes before a share of failures says anything; a percentage is not judged earlier. */
export const FAILURE_SAMPLE = 20;

/** Whatever fails, the run goes on. */
export const NO_LIMIT: FailureLimit = { kind: 'percent', percent: 100 };

/** Judges after each outcome whether the run goes on; undefined if it does. */
export function judgeOutcomes(tally: Tally, limit: FailureLimit): StopReason | undefined {
  const { ended, failed, notFound } = tally;
  // An admin who allows that all fail has said that the list is right.
  const allMayFail = limit.kind === 'percent' && limit.percent >= 100;
  if (ended >= FAILURE_SAMPLE && notFound === ended && !allMayFail)
    return { kind: 'all-not-found', ended };
  const over =
    limit.kind === 'count'
      ? failed > limit.count
      : ended >= FAILURE_SAMPLE && failed * 100 > limit.percent * ended;
  return over ? { kind: 'failure-share', failed, ended } : undefined;
}

/** Exit codes from the one that counts most: 6 before 5 before 130/143 before 7. */
const WEIGHT: readonly number[] = [EXIT.auth, EXIT.refused, EXIT.sigint, EXIT.sigterm];

function weightOf(stop: StopReason): number {
  const at = WEIGHT.indexOf(exitCodeOfRun({ stop, failedOrUnknown: 0, notAttempted: 1 }));
  return at < 0 ? WEIGHT.length : at === 3 ? 2 : at;
}

/** Of two reasons to stop, returns the one the run is remembered by: the graver one, the earlier of equals. */
export function graver(first: StopReason | undefined, second: StopReason): StopReason {
  return first === undefined || weightOf(second) < weightOf(first) ? second : first;
}
