import { actionOf, isBound, mainStepOf, type ActionSpec } from '../../domain/plan/action.ts';
import { PARTLY_DONE } from '../../domain/row/partly-done.ts';
import { changesUser, STEPS, type Step } from '../../domain/plan/step.ts';
import type { Random } from '../../domain/clock.ts';
import type { AnswerFacts, EffectRecord, OutcomeRecord } from '../../domain/run/journal-record.ts';
import type { StopReason } from '../../domain/run/stop.ts';
import { backoffMs, FAULT } from './backoff.ts';
import type { Mark } from '../doubt/judgement.ts';
import type { Patience } from '../doubt/patience.ts';
import { factsOf, pendingMark, READY, UNTRIED, type ActiveRow } from './active-row.ts';
import { exhausted } from './retry.ts';

/**
 * One row as a state machine. `begin` and `answered` (answered.ts), `wasRead` and `logged` (reconcile.ts) are its pure
 * transitions: each takes the row and an event, and returns the next row, what is to be recorded of the last attempt,
 * and what comes next. row-runner.ts executes it.
 *
 *     ready ──send──▶ sent (attempt durable, request in progress) ──▶ answered
 *       answered applied, steps left → ready, send the next step
 *                 applied, last step → end succeeded; its secret lost: ready, send again (`reissued`)
 *                 might have been applied → settling, read
 *                 not applied, might later → ready, send after a wait
 *                 not applied, user's state → checking-state, read
 *                 not applied, just emailed → checking-recipient, read after a wait
 *                 not applied, for good → end failed
 *                 not applied, for nobody → leave, halt the run
 *                 applied, an earlier one was in doubt → checking-secret, read
 *                 refused by a directory that might have set the password → checking-directory, read
 *     settling ──read──▶ applied → as answered
 *                        not applied, or cannot tell → settling, read again until it can no longer take effect and
 *                                             two reads apart show nothing; then asking
 *     asking ──log──▶ found → as answered
 *                     not found → ready, send again, if the user's state shows none; else end unknown
 *     checking-secret ──read──▶ it is valid → end succeeded; replaced: ready, send again (`reissued`)
 *     checking-directory ──read──▶ set → end unknown: nobody has the password
 *                        not set, or cannot tell → read again as in settling; then end failed, or unknown
 *     checking-state ──read──▶ end failed with the live status; or succeeded, if an earlier attempt shows now
 *     checking-recipient ──read──▶ done by us: end succeeded; by another: end skipped; else ready, send again
 */
export interface Transition {
  readonly row: ActiveRow;
  readonly next: Next;
  /** How the last attempt ended; recorded only if it does not end the row. */
  readonly settled?: Settled;
  /** The run ends, whatever this row does next. */
  readonly halt?: StopReason;
  /** The agent of this user's directory is away. */
  readonly agentAway?: true;
}

export type Next =
  /** Do what the row's state requires (send, read, ask the log), after a wait that a stop cuts short. */
  | { readonly kind: 'go-on'; readonly afterMs: number }
  | { readonly kind: 'end'; readonly ending: Ending }
  /** Give the row back without an end. */
  | { readonly kind: 'leave' };

export const AT_ONCE: Next = { kind: 'go-on', afterMs: 0 };

export interface Ending {
  readonly outcome: OutcomeRecord['outcome'];
  readonly reason?: string;
  readonly reconciled: boolean;
  readonly facts: AnswerFacts;
  /** The step that ended the row; undefined if all were done before. */
  readonly step: Step | undefined;
  /** The stop that follows if all of the first rows end this way. */
  readonly suspect?: StopReason;
}

export interface Settled {
  readonly mark: Mark;
  readonly effect: EffectRecord['effect'];
  readonly reconciled: boolean;
  readonly facts: AnswerFacts;
}

/** What a transition depends on besides the row. */
export interface Circumstances {
  readonly spec: ActionSpec;
  readonly maxRetries: number;
  readonly patience: Patience;
  readonly random: Random;
  /** The org's clock, epoch milliseconds. */
  readonly orgNowMs: number;
  /** Consecutive calls, of any rows, without an answer from Okta. */
  readonly silentCalls: number;
}

/**
 * This many consecutive calls without an answer from Okta mean that the row is not the cause. If 17 % of answers are lost,
 * the chance of this is 1 in 1,200.
 */
export const SILENT_CALLS = 4;

/** Tells whether Okta currently answers nothing. */
export function isSilent(around: Circumstances): boolean {
  return around.silentCalls >= SILENT_CALLS;
}

export function currentStep({ steps: [step] }: ActiveRow): Step {
  if (step === undefined) throw new Error('A row without steps left has no current step.');
  return step;
}

/** Tells whether the current step's answer contains a secret, so that the effect without the answer is not enough. */
export function bringsSecret(row: ActiveRow, { spec }: Circumstances): boolean {
  return STEPS[currentStep(row)].brings(spec) !== undefined;
}

/** Returns the note on the attempt of a row that continues; none if no attempt is pending. */
export function settledBy(
  row: ActiveRow,
  effect: EffectRecord['effect'],
  facts: AnswerFacts,
  reconciled = false,
): { readonly settled?: Settled } {
  const mark = pendingMark(row);
  return mark === undefined ? {} : { settled: { mark, effect, reconciled, facts } };
}

const FACTORS_REMOVED =
  'The factors of this user are already removed. If the old password still works, reset it at once.';

function withMessage(facts: AnswerFacts, text: string): AnswerFacts {
  return { ...facts, message: facts.message === undefined ? text : `${facts.message} ${text}` };
}

/**
 * Ends the row. If the main step took effect and an added one did not, the reason says so, because repeating everything
 * would act a second time. If factors were removed for a reset that did not follow, the message says so.
 */
export function end(
  row: ActiveRow,
  outcome: Ending['outcome'],
  why: string | undefined,
  facts: AnswerFacts,
  more: { readonly reconciled?: boolean; readonly suspect?: StopReason | undefined } = {},
): Transition {
  const isOpen = outcome === 'failed' || outcome === 'unknown';
  const isPartial = row.mainDone && isOpen;
  const isBare = isOpen && isBound(row.after, row.steps[0]);
  const reason = isPartial ? PARTLY_DONE : why;
  return {
    row,
    next: {
      kind: 'end',
      ending: {
        outcome,
        ...(reason === undefined ? {} : { reason }),
        reconciled: more.reconciled === true,
        facts: isBare ? withMessage(facts, FACTORS_REMOVED) : facts,
        step: row.steps[0],
        ...(more.suspect === undefined ? {} : { suspect: more.suspect }),
      },
    },
  };
}

/** How to settle an `unknown` row by hand, as part of its message. `again` has the flags of a rerun that sends it again. */
const BY_HAND = {
  undecided: (again: string) =>
    `Neither the user nor the System Log shows whether it took effect. Look at the user in Okta. To send it again, rerun with ${again}.`,
  unreadable: (again: string) =>
    `Okta could not be read to find out whether it took effect. Look at the user in Okta. To send it again, rerun with ${again}.`,
  'password-lost': () =>
    'The directory refused, but set a password that nobody knows. Set a new one in the directory (AD, LDAP), and make the user change it there. Before another run, give the agent the right to force a change.',
  gone: () => 'The user has been deleted since. There is nothing to do.',
  unproven: (again: string) =>
    `Okta does not show whether it took effect. Sending it again does no harm: rerun with ${again}.`,
} as const;

/** Ends a row whose effect stays unknown. It is never sent again automatically. */
export function unknown(row: ActiveRow, why: keyof typeof BY_HAND): Transition {
  // A rerun of the same action skips rows whose password was reset.
  const beside = row.mainDone ? actionOf(currentStep(row)) : undefined;
  const again = `--only unknown${beside === undefined ? '' : ` --action ${beside}`}`;
  const facts = withMessage(factsOf(row.tries.failure), BY_HAND[why](again));
  return end(row, 'unknown', why, facts);
}

/** Continues with the next step, or ends the row if none is left. */
function onward(row: ActiveRow, facts: AnswerFacts, reconciled: boolean): Transition {
  const steps = row.steps.slice(1);
  if (steps.length === 0) {
    const reason = row.leftOut ?? (row.reissued > 0 ? 'reissued' : undefined);
    return end(row, 'succeeded', reason, facts, { reconciled });
  }
  return {
    row: { ...row, state: READY, tries: UNTRIED, steps },
    ...settledBy(row, 'applied', facts, reconciled),
    next: AT_ONCE,
  };
}

/** Continues after the current step took effect and its secret, if any, is stored. */
export function done(row: ActiveRow, facts: AnswerFacts, reconciled: boolean): Transition {
  const step = currentStep(row);
  const now = onward(row, facts, reconciled);
  const { touchesPassword } = STEPS[step];
  return {
    ...now,
    row: {
      ...now.row,
      after: step,
      ownDoing: row.ownDoing || changesUser(step),
      ...(touchesPassword ? { mainDone: true, mainMark: row.tries.firstMark } : {}),
    },
  };
}

/**
 * Skips the current step if it does not apply to a user in this status, and continues with the next one. Returns undefined
 * if it applies.
 */
export function leaveOut(
  row: ActiveRow,
  status: string,
  { spec }: Circumstances,
): Transition | undefined {
  const step = currentStep(row);
  const { leftOut } = STEPS[step];
  if (step === mainStepOf(spec) || leftOut === undefined) return undefined;
  if (leftOut.unless.some((allowed) => allowed === status)) return undefined;
  const steps = row.steps.slice(1);
  const now: ActiveRow = { ...row, state: READY, tries: UNTRIED, leftOut: leftOut.reason };
  return steps.length > 0
    ? { row: { ...now, steps }, next: AT_ONCE }
    : end(now, 'succeeded', leftOut.reason, {});
}

/** After three consecutive answers from Okta without their secret, something between here and Okta removes it. */
const MOST_UNREADABLE = 2;

/**
 * Continues after the current step took effect but its answer was lost. That is enough for most steps, but not for one that
 * returns a secret.
 */
export function appliedUnseen(
  row: ActiveRow,
  around: Circumstances,
  facts: AnswerFacts,
  reconciled: boolean,
): Transition {
  if (!bringsSecret(row, around)) return done(row, facts, reconciled);
  const failed = row.tries.failed + 1;
  const isUnreadable = row.tries.failure?.kind === 'answer';
  const most = isUnreadable ? Math.min(MOST_UNREADABLE, around.maxRetries) : around.maxRetries;
  // The user's old password is gone, and nobody has the new one: a rerun issues another.
  if (failed > most) return end(row, 'failed', 'secret-lost', facts, { reconciled });
  return {
    row: {
      ...row,
      state: READY,
      tries: { ...UNTRIED, failed },
      reissued: row.reissued + 1,
      looked: undefined,
      ownDoing: true,
    },
    ...settledBy(row, 'applied', facts, reconciled),
    next: AT_ONCE,
  };
}

/** Continues after the org expired the password and ignored `tempPassword` on that endpoint: the other endpoint is used. */
export function expiredOnly(row: ActiveRow, facts: AnswerFacts, reconciled: boolean): Transition {
  return {
    row: {
      ...row,
      state: READY,
      tries: UNTRIED,
      steps: ['temp-password-split', ...row.steps.slice(1)],
      looked: undefined,
      ownDoing: true,
    },
    ...settledBy(row, 'applied', facts, reconciled),
    next: AT_ONCE,
  };
}

/** Continues after an attempt that is known to have had no effect: sends it again, unless it was the last try. */
export function notApplied(row: ActiveRow, around: Circumstances): Transition {
  const { tries, state } = row;
  const failed = tries.failed + 1;
  const reconciled = state.kind === 'settling' || state.kind === 'asking';
  const facts = factsOf(tries.failure);
  const settled = settledBy(row, 'not-applied', facts, reconciled);
  if (failed > around.maxRetries && tries.failure !== undefined) {
    const last = exhausted(tries.failure, { orgSilent: isSilent(around) });
    if (last.kind === 'fail') return end(row, 'failed', last.reason, facts, { reconciled });
    return { row: { ...row, state: READY }, ...settled, next: { kind: 'leave' }, halt: last.stop };
  }
  return {
    row: { ...row, state: READY, tries: { ...tries, failed, throttles: 0 } },
    ...settled,
    next: { kind: 'go-on', afterMs: backoffMs(FAULT, failed, around.random) },
  };
}
