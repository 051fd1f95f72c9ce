import { EXIT, exitCodeOfRun } from '../domain/exit-code.ts';
import type { StopReason } from '../domain/stop.ts';
import type { FailureLimit } from './options.ts';

/** What this sitting has come to: durable outcomes only. */
export interface Tally {
  /** Rows that ended, those skipped on the way left out. */
  readonly ended: number;
  /** Failed and unknown. */
  readonly failed: number;
  /** Failed because Okta knows no such user. */
  readonly notFound: number;
}

/** Outcomes before a share of failures says anything; a percentage is not judged earlier. */
export const FAILURE_SAMPLE = 20;

/** Judges after each outcome whether the run goes on; undefined if it does. */
export function judgeOutcomes(tally: Tally, limit: FailureLimit): StopReason | undefined {
  const { ended, failed, notFound } = tally;
  if (ended >= FAILURE_SAMPLE && notFound === ended) return { kind: 'all-not-found', ended };
  const over =
    limit.kind === 'count'
      ? failed > limit.count
      : ended >= FAILURE_SAMPLE && failed * 100 > limit.percent * ended;
  return over ? { kind: 'failure-share', failed, ended } : undefined;
}

/** Exit codes from the one that counts most: 6 before 5 before 130/143 before 7. */
const WEIGHT: readonly number[] = [EXIT.auth, EXIT.refused, EXIT.sigint, EXIT.sigterm];

function weightOf(stop: StopReason): number {
  const at = WEIGHT.indexOf(exitCodeOfRun({ stop, failedOrUnknown: 0, notAttempted: 0 }));
  return at < 0 ? WEIGHT.length : at === 3 ? 2 : at;
}

/** Of two reasons to stop, returns the one the run is remembered by: the graver one, the earlier of equals. */
export function graver(first: StopReason | undefined, second: StopReason): StopReason {
  return first === undefined || weightOf(second) < weightOf(first) ? second : first;
}
