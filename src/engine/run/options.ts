import type { ActionSpec } from '../../domain/plan/action.ts';
import type { Clock, Random } from '../../domain/clock.ts';
import type { Emit } from '../../domain/run/event.ts';
import type { JournalWriter, RunState } from '../../domain/run/journal-record.ts';
import type { OrgWriter } from '../../domain/org/org.ts';
import type { Target } from '../../domain/plan/plan.ts';
import type { User } from '../../domain/org/user.ts';
import type { SkipReason } from '../../domain/plan/verdict.ts';
import type { OutcomeCounts } from '../../domain/row/outcome.ts';
import type { SecretSink } from '../../domain/secret-sink.ts';
import type { StopReason } from '../../domain/run/stop.ts';
import type { BucketTraffic } from '../../domain/run/summary.ts';
import type { CanaryRow, SeenUser } from './canary.ts';
import type { Patience } from '../doubt/patience.ts';

/**
 * How many rows can fail or stay unknown before the run stops. A percentage is not judged before `FAILURE_SAMPLE` rows.
 */
export type FailureLimit =
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'percent'; readonly percent: number };

export interface EngineOptions {
  readonly spec: ActionSpec;
  /** The most calls in flight at once. */
  readonly concurrency: number;
  /** Rows in progress beyond those calls, which the org's transport holds back until a connection is free. Default 0. */
  readonly ready?: number;
  /**
   * Tries of a step after the first one, for connection faults, 5xx and lost secrets. Waits for a rate limit do not count.
   */
  readonly maxRetries: number;
  /** How many rows each wave has. A wave is acted on and read back before any other row. Empty if all rows go at once. */
  readonly waves: readonly number[];
  readonly maxFailures: FailureLimit;
  /** The longest time for this invocation; undefined for no limit. */
  readonly maxDurationMs: number | undefined;
  /**
   * The longest time for one call, as the org's transport enforces it; a stopped run waits that long for calls in
   * flight.
   */
  readonly timeoutMs: number;
  readonly patience: Patience;
  readonly freshness: Freshness;
  /**
   * Why nothing more must be sent. What earlier invocations left in doubt is settled by reads, however long that takes, and
   * then the run stops for this reason. Undefined if the run continues.
   */
  readonly settleOnly?: StopReason | undefined;
}

/** How old the things that a call depends on can be. Milliseconds. */
export interface Freshness {
  /** The read of its user. */
  readonly readMs: number;
  /** Its attempt in the journal. */
  readonly attemptMs: number;
}

/** Decides directly before a call whether its user can still be acted on. */
export interface TargetJudge {
  /** Whether users are read before each call. If not, only their id is known. */
  readonly lookup: boolean;
  /**
   * Returns why the user is skipped; undefined to act on them. `ownUntilMs`: until when, by the org's clock, what the user
   * shows can be the run's own doing; undefined if the run has not changed them.
   */
  readonly skipReason: (
    target: Target,
    user: User | undefined,
    ownUntilMs: number | undefined,
  ) => SkipReason | undefined;
}

/** A wave in which every row took effect. */
export interface VerifiedWave {
  /** Counted from 1. */
  readonly wave: number;
  readonly seen: readonly SeenUser[];
  /** Rows that ended in this invocation, including those of earlier waves. */
  readonly ended: number;
}

/** The answer after a wave: continue with the next wave, continue to the end, or stop. */
export type GoOn = 'next-wave' | 'to-the-end' | 'stop';

export const ENGINE_DEFAULTS = {
  /** The time, beyond `timeoutMs`, that a stopped run has to read back what it sent. */
  drainMs: 15_000,
  /**
   * The time beyond that, if a user's factors are removed and the password call waits for Okta: one window of its rate
   * limits.
   */
  boundMs: 60_000,
} as const;

export interface EnginePorts {
  readonly writer: OrgWriter;
  readonly journal: JournalWriter;
  /** Where secrets go; undefined for actions that return none. */
  readonly secrets: SecretSink | undefined;
  /** Asked before each call. If absent, every user is acted on and none is read. */
  readonly judge?: TargetJudge;
  /** What earlier invocations did. */
  readonly state: RunState;
  readonly clock: Clock;
  readonly random: Random;
  readonly emit: Emit;
  /**
   * Checks canary rows that took effect for problems that the users' states do not show. Returns what is wrong, for the
   * admin, or undefined if the run can continue. Rejects with the signal's reason after an abort.
   */
  readonly inspectCanary?: (
    rows: readonly CanaryRow[],
    signal: AbortSignal,
  ) => Promise<string | undefined>;
  /** Asked before a row begins. Returns undefined, or a promise that resolves when more events can come. */
  readonly caughtUp?: (signal: AbortSignal) => Promise<void> | undefined;
  /** Asked after a wave is verified, if rows are left: whether to continue with them. Rejects if the signal aborts. */
  readonly goOn?: (wave: VerifiedWave, signal: AbortSignal) => Promise<GoOn>;
  /**
   * On abort, nothing new begins and calls in flight are settled. The reason is the SignalName or `console`, or has one of
   * them as `signal`.
   */
  readonly drain: AbortSignal;
  /** On abort, everything ends now. Attempts in progress stay open in the journal, and the next invocation settles them. */
  readonly signal: AbortSignal;
  /** The totals of this invocation's calls; recorded in the journal at the end. */
  readonly traffic?: () => readonly BucketTraffic[];
}

export interface EngineEnd {
  /** Rows that ended in this invocation. `not-attempted` counts only rows that were begun and given back. */
  readonly counts: OutcomeCounts;
  readonly stop: StopReason | undefined;
  /** How many secrets were issued again in this invocation because an answer was lost. */
  readonly reissued: number;
}
