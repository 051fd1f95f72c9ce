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

/** How many rows may fail or stay unknown before the run stops. A percentage is not judged before `FAILURE_SAMPLE` rows. */
export type FailureLimit =
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'percent'; readonly percent: number };

export interface EngineOptions {
  readonly spec: ActionSpec;
  /** Calls in flight at once, at most. */
  readonly concurrency: number;
  /** Rows under way beside them, which the org's transport holds back until a connection is free. Default 0. */
  readonly ready?: number;
  /** Tries of a step after the first, for connection faults, 5xx and lost secrets; waits for a rate limit do not count. */
  readonly maxRetries: number;
  /** How many rows each wave takes, which are acted on and read back before any other; none where all go at once. */
  readonly waves: readonly number[];
  readonly maxFailures: FailureLimit;
  /** How long this invocation may take; undefined for as long as it takes. */
  readonly maxDurationMs: number | undefined;
  /** How long one call may take, as the org's transport keeps it; a stopped run waits that long for what is in flight. */
  readonly timeoutMs: number;
  readonly patience: Patience;
  readonly freshness: Freshness;
  /**
   * Why nothing may be sent any more: what earlier invocations left in doubt is settled by reading, however long that takes,
   * and then the run stops for this. Undefined where the run goes on.
   */
  readonly settleOnly?: StopReason | undefined;
}

/** How old may be what a call leaves on. Milliseconds. */
export interface Freshness {
  /** The read of its user. */
  readonly readMs: number;
  /** Its attempt in the journal. */
  readonly attemptMs: number;
}

/** Says right before a call leaves whether its user may still be acted on. */
export interface TargetJudge {
  /** Users are read before each call; otherwise nothing is known of them but their id. */
  readonly lookup: boolean;
  /** Returns why the user is skipped; undefined to act. `ownDoing`: the run itself has changed the user before. */
  readonly skipReason: (
    target: Target,
    user: User | undefined,
    ownDoing: boolean,
  ) => SkipReason | undefined;
}

/** A wave whose rows all took effect. */
export interface VerifiedWave {
  /** Counted from 1. */
  readonly wave: number;
  readonly seen: readonly SeenUser[];
  /** Rows that ended in this invocation, those of earlier waves too. */
  readonly ended: number;
}

/** What somebody says after a wave: go on with the next wave, go on to the end, or stop. */
export type GoOn = 'next-wave' | 'to-the-end' | 'stop';

export const ENGINE_DEFAULTS = {
  /** Beyond `timeoutMs`: what a stopped run has left for reading back what it sent. */
  drainMs: 15_000,
  /** Beyond that, where a user's factors are removed and the password call waits for Okta: one window of its rate limits. */
  boundMs: 60_000,
} as const;

export interface EnginePorts {
  readonly writer: OrgWriter;
  readonly journal: JournalWriter;
  /** Where secrets go; undefined for actions that bring none. */
  readonly secrets: SecretSink | undefined;
  /** Asked before each call; absent: everybody may be acted on, and nobody is read. */
  readonly judge?: TargetJudge;
  /** What earlier invocations did. */
  readonly state: RunState;
  readonly clock: Clock;
  readonly random: Random;
  readonly emit: Emit;
  /**
   * Looks at canary rows that took effect for what their users' states do not show. Returns what is wrong, for the admin, or
   * undefined where the run may go on. Rejects with the signal's reason after an abort.
   */
  readonly inspectCanary?: (
    rows: readonly CanaryRow[],
    signal: AbortSignal,
  ) => Promise<string | undefined>;
  /** Asked before a row is begun: undefined, or resolves when more events may come. */
  readonly caughtUp?: (signal: AbortSignal) => Promise<void> | undefined;
  /** Asked once a wave is verified and rows are left: whether to go on with them. Rejects on abort of the signal. */
  readonly goOn?: (wave: VerifiedWave, signal: AbortSignal) => Promise<GoOn>;
  /** Aborted: take no new work, settle what is in flight. The reason is, or has as `signal`, the SignalName or `console`. */
  readonly drain: AbortSignal;
  /** Aborted: leave now; attempts under way stay open in the journal and are settled by the next invocation. */
  readonly signal: AbortSignal;
  /** What the calls of this invocation came to; written into the journal at the end. */
  readonly traffic?: () => readonly BucketTraffic[];
}

export interface EngineEnd {
  /** Rows that ended in this invocation; `not-attempted` counts only rows that were taken up and given back. */
  readonly counts: OutcomeCounts;
  readonly stop: StopReason | undefined;
  /** Secrets issued again in this invocation because an answer was lost. */
  readonly reissued: number;
}
