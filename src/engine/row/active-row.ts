import { mainStepOf, producesSecrets, stepsOf } from '../../domain/plan/action.ts';
import type { ActionSpec } from '../../domain/plan/action.ts';
import { changesUser, STEPS, type Step } from '../../domain/plan/step.ts';
import type { CallFacts } from '../../domain/row/call.ts';
import type { Failure } from '../../domain/row/failure.ts';
import type { AnswerFacts, AttemptRecord, OpenRow } from '../../domain/run/journal-record.ts';
import type { Target } from '../../domain/plan/plan.ts';
import type { User } from '../../domain/org/user.ts';
import type { Mark } from '../doubt/judgement.ts';
import { lastEffectMs, type Patience } from '../doubt/patience.ts';

/** What is known about an attempt whose effect is unknown. Times are by the org's clock. */
export interface Doubt {
  readonly mark: Mark;
  /** The age of the attempt counts from this time. */
  readonly sinceMs: number;
  /** When the first read began that could have shown an effect but showed none. */
  readonly quietMs: number | undefined;
}

/** What a row is doing (its transitions are in transition.ts). `readTries` counts consecutive reads without an answer. */
export type RowState =
  /** Nothing is pending: the first of its steps can be sent. */
  | { readonly kind: 'ready'; readonly readTries: number }
  /** The request of this attempt is in progress, or its end is not recorded yet. */
  | { readonly kind: 'sent'; readonly mark: Mark }
  /** The effect of the attempt is unknown: the user is being read. */
  | { readonly kind: 'settling'; readonly doubt: Doubt; readonly readTries: number }
  /** A directory refused a temporary password: the user is read to find out whether it is set anyway. */
  | { readonly kind: 'checking-directory'; readonly doubt: Doubt; readonly readTries: number }
  /** The secret of the attempt is on disk: the user is read to find out whether it is the valid one. */
  | {
      readonly kind: 'checking-secret';
      readonly mark: Mark;
      readonly kept: KeptSecret;
      readonly readTries: number;
    }
  /** Okta refused the step because of the user's state, or has only just emailed the user: the user is read once. */
  | { readonly kind: 'checking-state'; readonly readTries: number }
  | { readonly kind: 'checking-recipient'; readonly readTries: number }
  /** The System Log is asked about the attempt. `showsNone`: the user's data would show an effect, but shows none. */
  | { readonly kind: 'asking'; readonly doubt: Doubt; readonly showsNone: boolean };

/** The states in which the user of the row is read. */
export type ReadingState = Extract<RowState, { kind: 'settling' | `checking-${string}` }>;

/** The answer that returned a secret. */
export interface KeptSecret {
  /** When it arrived, by the org's clock. */
  readonly answeredMs: number;
  readonly facts: AnswerFacts;
  /** How many reads showed the earlier password. */
  readonly looks: number;
}

/** The results so far of the current step's tries. */
export interface StepTries {
  /** The first attempt in this invocation. After a refusal, the user's state is compared with it. */
  readonly firstMark: Mark | undefined;
  /** Failed tries that count against `maxRetries`. */
  readonly failed: number;
  /** Consecutive rate-limit answers. */
  readonly throttles: number;
  /** Why the last try did not succeed. */
  readonly failure: Failure | undefined;
}

export const UNTRIED: StepTries = {
  firstMark: undefined,
  failed: 0,
  throttles: 0,
  failure: undefined,
};

/** A moment by two clocks: one stops while a laptop sleeps, the other can be changed. Milliseconds. */
export interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/** Returns how long ago a moment was, by whichever clock shows the longer time. */
export function ageMs(since: Moment, now: Moment): number {
  return Math.max(now.monotonicMs - since.monotonicMs, now.wallMs - since.wallMs);
}

/** A row that has begun. Replaced, never changed. */
export interface ActiveRow {
  readonly target: Target;
  readonly state: RowState;
  /** The steps still to do, the current one first. */
  readonly steps: readonly Step[];
  /** The step that was done last; undefined if none was. */
  readonly after: Step | undefined;
  /** The main step has taken effect, and its secret is stored if it has one. */
  readonly mainDone: boolean;
  /** The first attempt of the main step in this invocation. */
  readonly mainMark: Mark | undefined;
  /** Why a step was skipped for a user in this status; undefined if none was. */
  readonly leftOut: string | undefined;
  readonly tries: StepTries;
  /** Durable attempts so far, over all steps and invocations. */
  readonly attempts: number;
  readonly startedAt: string | undefined;
  readonly before: AttemptRecord['before'];
  /** When the user was last read before a call; undefined if a read is needed. */
  readonly looked: Moment | undefined;
  /** The run itself has changed the user: it caused what the user shows, and the remaining steps must be done. */
  readonly ownDoing: boolean;
  /**
   * Until when, by the org's clock, the attempts of earlier invocations can have taken effect. What the user shows later is
   * not the run's own doing. Infinity once this invocation has sent an attempt, and if there is nothing to go by.
   */
  readonly ownUntilMs: number;
  /** An earlier attempt was in doubt, so the stored secret might not be the last one. */
  readonly doubted: boolean;
  /** How many secrets were issued again because the earlier one was lost. */
  readonly reissued: number;
}

/**
 * By how much a time that Okta shows can be later than ours for the same call: both are in whole seconds, and servers of an
 * org need not agree. Milliseconds. A row that is taken for another's doing is left unfinished, so this is generous.
 */
const CLOCKS_APART_MS = 5000;

export const READY: RowState = { kind: 'ready', readTries: 0 };

/** Returns the attempt whose end is not recorded yet. */
export function pendingMark({ state }: ActiveRow): Mark | undefined {
  switch (state.kind) {
    case 'sent':
    case 'checking-secret':
      return state.mark;
    case 'settling':
    case 'checking-directory':
    case 'asking':
      return state.doubt.mark;
    case 'ready':
    case 'checking-state':
    case 'checking-recipient':
      return undefined;
    default: {
      const never: never = state;
      return never;
    }
  }
}

function beforeOf(user: {
  readonly status: string | undefined;
  readonly statusChangedMs: number | undefined;
  readonly passwordChangedMs: number | undefined;
}): AttemptRecord['before'] {
  const { status, statusChangedMs, passwordChangedMs } = user;
  return { status, statusChangedMs, passwordChangedMs };
}

/** Returns the row with the user as a read has just shown them. Later attempts are compared with this. */
export function withUser(row: ActiveRow, user: User): ActiveRow {
  return { ...row, before: beforeOf(user) };
}

/** Makes a row that has not begun. */
export function freshRow(target: Target, steps: readonly Step[]): ActiveRow {
  return {
    target,
    state: READY,
    steps,
    after: undefined,
    mainDone: false,
    mainMark: undefined,
    leftOut: undefined,
    tries: UNTRIED,
    attempts: 0,
    startedAt: undefined,
    before: beforeOf(target),
    looked: undefined,
    ownDoing: false,
    ownUntilMs: Infinity,
    doubted: false,
    reissued: 0,
  };
}

/** Okta's recorded answer to the attempt that is to be settled. No decision depends on its text. */
function refusalOf({ pending, answer }: OpenRow): Failure | undefined {
  if (pending === undefined || answer?.status === undefined) return undefined;
  const { status, oktaCode, message = '', requestId } = answer;
  const known = { status, oktaCode, message, requestId };
  return {
    ...{ kind: 'okta', ...known, insufficientScope: false, throttle: undefined },
    effect: 'possible',
  };
}

/** Returns the remaining steps of a row, given the steps that took effect and the pending one. */
function leftOf(
  spec: ActionSpec,
  { pending, stepsApplied: applied, secretKept }: OpenRow,
): Pick<ActiveRow, 'steps' | 'after' | 'mainDone' | 'leftOut' | 'reissued'> {
  const all = stepsOf(spec);
  const main = mainStepOf(spec);
  const isMain = (step: Step) =>
    step === main || (main === 'temp-password' && step === 'temp-password-split');
  const placeOf = (step: Step) =>
    all.findIndex((one) => one === step || (one === main && isMain(step)));
  const isApplied = applied.some(isMain);
  const mainDone = isApplied && (!producesSecrets(spec) || secretKept === true);
  const after = applied.at(-1);
  const place =
    pending === undefined
      ? // The secret was lost before it was stored, so the step that made it must be done again.
        isApplied && !mainDone
        ? all.indexOf(main)
        : 1 + Math.max(-1, ...applied.map(placeOf))
      : placeOf(pending.step);
  const again = main === 'temp-password' && isApplied ? 'temp-password-split' : main;
  const steps = all.slice(Math.max(0, place)).map((step) => (step === main ? again : step));
  const passed = all.slice(0, Math.max(0, place)).filter((step) => !applied.includes(step));
  const isLost = isApplied && !mainDone && pending === undefined;
  return {
    steps: pending === undefined ? steps : [pending.step, ...steps.slice(place < 0 ? 0 : 1)],
    after,
    mainDone,
    leftOut: passed
      .map((step) => STEPS[step].leftOut?.reason)
      .find((reason) => reason !== undefined),
    // An org that only expired the password has not made a secret yet.
    reissued: isLost && !(again !== main && !applied.includes(again)) ? 1 : 0,
  };
}

function ownUntilMs({ pending, appliedByMs }: OpenRow, patience: Patience): number {
  if (pending !== undefined) return lastEffectMs(pending.serverTimeMs, patience);
  return appliedByMs === undefined ? Infinity : appliedByMs + CLOCKS_APART_MS;
}

/** Makes a row that an earlier invocation began. Its applied steps are done, and its pending attempt must be settled. */
export function resumedRow(
  target: Target,
  spec: ActionSpec,
  open: OpenRow,
  patience: Patience,
): ActiveRow {
  const { pending } = open;
  const left = leftOf(spec, open);
  return {
    ...freshRow(target, left.steps),
    ...left,
    ...(pending === undefined
      ? {}
      : {
          state: { kind: 'sent', mark: pending },
          tries: { ...UNTRIED, firstMark: pending, failure: refusalOf(open) },
        }),
    mainMark: open.mark,
    attempts: open.attempts,
    startedAt: open.startedAt,
    ownDoing: open.stepsApplied.some(changesUser),
    ownUntilMs: ownUntilMs(open, patience),
    doubted: open.attempts > 0,
  };
}

/** The part of an answer or failure that the journal records. */
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
