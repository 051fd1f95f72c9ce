import { stepsOf } from '../../domain/plan/action.ts';
import type { ActionSpec } from '../../domain/plan/action.ts';
import { STEPS, type Step } from '../../domain/plan/step.ts';
import type { CallFacts } from '../../domain/row/call.ts';
import type { Failure } from '../../domain/row/failure.ts';
import type { AnswerFacts, AttemptRecord, OpenRow } from '../../domain/run/journal-record.ts';
import type { Target } from '../../domain/plan/plan.ts';
import type { User } from '../../domain/org/user.ts';
import type { Mark } from '../doubt/judgement.ts';

/**
 * Where a row stands between two events (transition.ts says how it moves):
 * - `ready`: nothing is pending; the first of `steps` may be sent
 * - `settling`: what became of the attempt `mark` is unknown; the user is being read
 * - `checking-state`, `checking-recipient`: nothing is pending; the user is read once before the row goes on
 * - `checking-secret`: the secret of `mark` is kept; the user is read to learn whether it is the one that holds
 * - `checking-directory`: a directory refused the temporary password of `mark`; the user is read to learn whether it is set
 * - `asking`: the System Log is asked what became of `mark`
 */
export type Phase =
  | 'ready'
  | 'settling'
  | 'checking-state'
  | 'checking-recipient'
  | 'checking-secret'
  | 'checking-directory'
  | 'asking';

/** What is known of an attempt in doubt. Times are by the org's clock. */
export interface Doubt {
  /** Its age counts from here. */
  readonly sinceMs: number;
  /** When the first read began that could have shown any effect, and showed none. */
  readonly quietMs: number | undefined;
  /** The user's state would show an effect, and shows none. */
  readonly showsNone: boolean;
}

/** A moment by both clocks: one stands still while a laptop sleeps, the other may be set. Milliseconds. */
export interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/** How long ago a moment was, by the clock that says longer. */
export function ageMs(since: Moment, now: Moment): number {
  return Math.max(now.monotonicMs - since.monotonicMs, now.wallMs - since.wallMs);
}

/** The answer that brought a secret. */
export interface KeptSecret {
  /** When it came, by the org's clock. */
  readonly answeredMs: number;
  readonly facts: AnswerFacts;
  /** Reads that showed the password before it. */
  readonly looks: number;
}

/** What is known of a row under way. Replaced, never changed. */
export interface Progress {
  readonly phase: Phase;
  readonly target: Target;
  /** Left to do, the current one first. */
  readonly steps: readonly Step[];
  /** Durable attempts of the row so far, over all steps and sittings. */
  readonly attempts: number;
  readonly startedAt: string | undefined;
  readonly before: AttemptRecord['before'];
  /** The attempt whose end is not written down yet. */
  readonly mark: Mark | undefined;
  /** The first attempt of the current step in this sitting: what the user's state is held against after a refusal. */
  readonly firstMark: Mark | undefined;
  /** Counted tries of the current step that failed. */
  readonly tries: number;
  /** Rate-limit answers in a row. */
  readonly throttles: number;
  /** The settling of `mark`; undefined where it is not in doubt. */
  readonly doubt: Doubt | undefined;
  /** An attempt of the row was in doubt before: a secret of its may have been overtaken. */
  readonly doubted: boolean;
  /** The secret of `mark` that is on disk, while it is looked after whether it holds. */
  readonly kept: KeptSecret | undefined;
  /** When the user was last read to be acted on; undefined where that is to be done. */
  readonly looked: Moment | undefined;
  /** The run has changed the user's password before: what the user shows is its own doing. */
  readonly ownDoing: boolean;
  /** Reads in a row that brought no answer. */
  readonly readTries: number;
  readonly reissued: number;
  /** Why the last write of the current step did not succeed. */
  readonly failure: Failure | undefined;
}

function beforeOf(user: {
  readonly status: string | undefined;
  readonly statusChangedMs: number | undefined;
  readonly passwordChangedMs: number | undefined;
}): AttemptRecord['before'] {
  const { status, statusChangedMs, passwordChangedMs } = user;
  return { status, statusChangedMs, passwordChangedMs };
}

/** Returns the progress with what a read has just shown of the user, for the marks of attempts to come. */
export function withUser(progress: Progress, user: User): Progress {
  return { ...progress, before: beforeOf(user) };
}

/** A row nobody has touched. */
export function freshProgress(target: Target, steps: readonly Step[]): Progress {
  return {
    phase: 'ready',
    target,
    steps,
    attempts: 0,
    startedAt: undefined,
    before: beforeOf(target),
    mark: undefined,
    firstMark: undefined,
    tries: 0,
    throttles: 0,
    doubt: undefined,
    doubted: false,
    kept: undefined,
    looked: undefined,
    ownDoing: false,
    readTries: 0,
    reissued: 0,
    failure: undefined,
  };
}

/** Okta's answer to the attempt that is to be settled, as the journal kept it; it decides nothing by its text. */
function refusalOf({ pending, answer }: OpenRow): Failure | undefined {
  if (pending === undefined || answer?.status === undefined) return undefined;
  const { status, oktaCode, message = '', requestId } = answer;
  const known = { status, oktaCode, message, requestId };
  return {
    ...{ kind: 'okta', ...known, insufficientScope: false, throttle: undefined },
    effect: 'possible',
  };
}

/** A row that an earlier sitting began: its applied steps are done, and its pending attempt is to be settled. */
export function resumedProgress(target: Target, spec: ActionSpec, open: OpenRow): Progress {
  const applied = new Set(open.stepsApplied);
  let steps = stepsOf(spec).filter((step) => !applied.has(step));
  const { pending } = open;
  // A temporary password that arrived would have ended the row: the org only expired the old one.
  if (applied.has('temp-password') && pending?.step !== 'temp-password')
    steps = ['temp-password-split'];
  if (pending !== undefined && !steps.includes(pending.step)) steps = [pending.step, ...steps];
  return {
    ...freshProgress(target, steps),
    phase: pending === undefined ? 'ready' : 'settling',
    doubted: open.attempts > 0,
    ownDoing: open.stepsApplied.some((step) => STEPS[step].touchesPassword),
    attempts: open.attempts,
    startedAt: open.startedAt,
    mark: pending,
    firstMark: pending,
    failure: refusalOf(open),
  };
}

/** What the journal keeps of an answer or a failure. */
export function factsOf(end: CallFacts | Failure | undefined): AnswerFacts {
  if (end === undefined) return {};
  const facts: { -readonly [Fact in keyof AnswerFacts]: AnswerFacts[Fact] } = {};
  if (end.status !== undefined) facts.status = end.status;
  if ('kind' in end) {
    if (end.kind === 'okta' && end.oktaCode !== undefined) facts.oktaCode = end.oktaCode;
    if (end.message !== '') facts.message = end.message;
  }
  if (end.requestId !== undefined) facts.requestId = end.requestId;
  if ('kept' in end) facts.secret = end.kept;
  return facts;
}
