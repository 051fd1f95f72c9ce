import type { ActionSpec } from '../../domain/plan/action.ts';
import { STEPS, type Step } from '../../domain/plan/step.ts';
import type { Random } from '../../domain/clock.ts';
import type { AnswerFacts, EffectRecord, OutcomeRecord } from '../../domain/run/journal-record.ts';
import type { StopReason } from '../../domain/run/stop.ts';
import { backoffMs, FAULT } from './backoff.ts';
import type { Mark } from '../doubt/judgement.ts';
import type { Patience } from '../doubt/patience.ts';
import { factsOf } from '../run/progress.ts';
import type { Progress } from '../run/progress.ts';
import { exhausted } from './retry.ts';

/**
 * One row on its way, as a state machine. `begin`, `answered`, `wasRead` and `logged` are its pure transitions: each takes the
 * progress and an event, and returns the next progress, what is to be written down of the last attempt, and the
 * command to carry out next. The commands are carried out in row-runner.ts.
 *
 *     ready ──send──▶ (attempt durable, request under way) ──▶ answered
 *       answered  applied, steps left       → ready, send the next step
 *                 applied, last step        → end succeeded; its secret lost: ready, send again (`reissued`)
 *                 may have been applied     → settling, read
 *                 not applied, may later    → ready, send after a wait
 *                 not applied, user's state → checking-state, read
 *                 not applied, just mailed  → checking-recipient, read after a wait
 *                 not applied, for good     → end failed
 *                 not applied, for nobody   → leave, halt the run
 *                 applied, one before it was in doubt → checking-secret, read
 *                 refused by a directory that may have set the password → checking-directory, read
 *     settling ──read──▶ applied            → as answered
 *                        not applied, or cannot tell → settling, read again until it can no longer take effect and
 *                                             two reads apart show nothing; then asking
 *     asking ──log──▶ found                 → as answered
 *                     not found             → ready, send again, where the user's state shows none; else end unknown
 *     checking-secret ──read──▶ it holds    → end succeeded; overtaken: ready, send again (`reissued`)
 *     checking-directory ──read──▶ set      → end unknown: nobody has the password
 *                        not set, or cannot tell → read again as in settling; then end failed, or unknown
 *     checking-state ──read──▶ end failed with the live status; or succeeded, where an earlier attempt shows now
 *     checking-recipient ──read──▶ done by us: end succeeded; by another: end skipped; else ready, send again
 */
export interface Transition {
  readonly progress: Progress;
  /** How the last attempt ended, written down where that does not end the row. */
  readonly settled?: Settled;
  readonly command: Command;
  /** The run ends, whatever this row does next. */
  readonly halt?: StopReason;
  /** The agent of this user's directory is away. */
  readonly agentAway?: true;
}

export type Command =
  /** Send the first of `steps`, after a wait that a stop cuts short. */
  | { readonly kind: 'send'; readonly afterMs: number }
  /** Read the user, after a wait that a stop cuts short. */
  | { readonly kind: 'read'; readonly afterMs: number }
  | { readonly kind: 'ask-log' }
  | { readonly kind: 'end'; readonly ending: Ending }
  /** Give the row back without an end. */
  | { readonly kind: 'leave' };

export interface Ending {
  readonly outcome: OutcomeRecord['outcome'];
  readonly reason?: string;
  readonly reconciled: boolean;
  readonly facts: AnswerFacts;
  /** The step that ended the row; undefined where all were done before. */
  readonly step: Step | undefined;
  /** The stop that follows if the first rows all end so. */
  readonly suspect?: StopReason;
}

export interface Settled {
  readonly mark: Mark;
  readonly effect: EffectRecord['effect'];
  readonly reconciled: boolean;
  readonly facts: AnswerFacts;
}

/** What transitions know beside the row. */
export interface Circumstances {
  readonly spec: ActionSpec;
  readonly maxRetries: number;
  readonly patience: Patience;
  readonly random: Random;
  /** The org's clock, epoch milliseconds. */
  readonly orgNowMs: number;
  /** Calls in a row, of whatever rows, that brought no answer of Okta's. */
  readonly silentCalls: number;
}

/** Calls in a row without an answer of Okta's that mean: it is not this row. At 17 % of answers lost, 1 in 1200. */
export const SILENT_CALLS = 4;

/** Tells whether Okta answers nobody at present. */
export function isSilent(around: Circumstances): boolean {
  return around.silentCalls >= SILENT_CALLS;
}

export function currentStep(progress: Progress): Step {
  const [step] = progress.steps;
  if (step === undefined) throw new Error('A row without steps left has no current step.');
  return step;
}

/** Tells whether the step's answer carries a secret, so that the effect without the answer is not enough. */
export function bringsSecret(spec: ActionSpec, step: Step): boolean {
  return STEPS[step].brings(spec) !== undefined;
}

/** The note on an attempt that does not end its row; none where none was recorded. */
export function settledBy(
  mark: Mark | undefined,
  effect: EffectRecord['effect'],
  facts: AnswerFacts,
  reconciled = false,
): { readonly settled?: Settled } {
  return mark === undefined ? {} : { settled: { mark, effect, reconciled, facts } };
}

/** The present step is behind the row: a clean slate for the next one. */
export const CLEAN = {
  phase: 'ready',
  mark: undefined,
  firstMark: undefined,
  tries: 0,
  throttles: 0,
  doubt: undefined,
  kept: undefined,
  readTries: 0,
  failure: undefined,
} as const satisfies Partial<Progress>;

/** The row ends. */
export function end(
  progress: Progress,
  outcome: Ending['outcome'],
  reason: string | undefined,
  facts: AnswerFacts,
  more: { readonly reconciled?: boolean; readonly suspect?: StopReason | undefined } = {},
): Transition {
  return {
    progress,
    command: {
      kind: 'end',
      ending: {
        outcome,
        ...(reason === undefined ? {} : { reason }),
        reconciled: more.reconciled === true,
        facts,
        step: progress.steps[0],
        ...(more.suspect === undefined ? {} : { suspect: more.suspect }),
      },
    },
  };
}

/** How an `unknown` row is settled by hand; stands in its message. */
const BY_HAND = {
  undecided:
    'Neither the user nor the System Log tells whether it took effect. Look at the user in Okta; to send it again, rerun with --only unknown.',
  unreadable:
    'Whether it took effect could not be read. Look at the user in Okta; to send it again, rerun with --only unknown.',
  'password-lost':
    'The directory refused, and has set a password that nobody got. Set a new one for the user in the directory (AD, LDAP) and make the user change it there; give the agent the right to force a change before another run.',
  gone: 'The user has been deleted since. Nothing is left to do.',
  unproven:
    'Nothing in Okta shows whether it took effect. To send it again does no harm: rerun with --only unknown.',
} as const;

/** The row's effect stays unknown: said as it is, never sent again by itself. */
export function unknown(progress: Progress, why: keyof typeof BY_HAND): Transition {
  const facts = factsOf(progress.failure);
  const message = [facts.message, BY_HAND[why]].filter((text) => text !== undefined).join(' ');
  return end(progress, 'unknown', why, { ...facts, message });
}

/** The current step took effect, and its secret, if it has one, is at hand. */
export function done(progress: Progress, facts: AnswerFacts, reconciled: boolean): Transition {
  const left = progress.steps.slice(1);
  if (left.length === 0) {
    const reason = progress.reissued > 0 ? 'reissued' : undefined;
    return end(progress, 'succeeded', reason, facts, { reconciled });
  }
  return {
    progress: { ...progress, ...CLEAN, steps: left },
    ...settledBy(progress.mark, 'applied', facts, reconciled),
    command: { kind: 'send', afterMs: 0 },
  };
}

/** The current step took effect, and its answer is lost: enough for most, not for one that brings a secret. */
export function appliedUnseen(
  progress: Progress,
  around: Circumstances,
  facts: AnswerFacts,
  reconciled: boolean,
): Transition {
  if (!bringsSecret(around.spec, currentStep(progress))) return done(progress, facts, reconciled);
  const tries = progress.tries + 1;
  if (tries > around.maxRetries) {
    // The user's old password is gone, and nobody has the new one: a rerun issues another.
    return end(progress, 'failed', 'secret-lost', facts, { reconciled });
  }
  return {
    progress: {
      ...progress,
      ...CLEAN,
      tries,
      reissued: progress.reissued + 1,
      looked: undefined,
      ownDoing: true,
    },
    ...settledBy(progress.mark, 'applied', facts, reconciled),
    command: { kind: 'send', afterMs: 0 },
  };
}

/** The org expired the password and knows no temporary one on that endpoint: the other endpoint has it. */
export function expiredOnly(
  progress: Progress,
  facts: AnswerFacts,
  reconciled: boolean,
): Transition {
  return {
    progress: {
      ...progress,
      ...CLEAN,
      steps: ['temp-password-split'],
      looked: undefined,
      ownDoing: true,
    },
    ...settledBy(progress.mark, 'applied', facts, reconciled),
    command: { kind: 'send', afterMs: 0 },
  };
}

/** The attempt is proven, or known, not to have taken effect: send it again, unless it was the last try. */
export function notApplied(progress: Progress, around: Circumstances): Transition {
  const tries = progress.tries + 1;
  const reconciled = progress.doubt !== undefined;
  const facts = factsOf(progress.failure);
  if (tries > around.maxRetries && progress.failure !== undefined) {
    const last = exhausted(progress.failure, { orgSilent: isSilent(around) });
    if (last.kind === 'fail') return end(progress, 'failed', last.reason, facts, { reconciled });
    return {
      progress: { ...progress, mark: undefined },
      ...settledBy(progress.mark, 'not-applied', facts, reconciled),
      command: { kind: 'leave' },
      halt: last.stop,
    };
  }
  return {
    progress: {
      ...progress,
      phase: 'ready',
      mark: undefined,
      doubt: undefined,
      tries,
      throttles: 0,
    },
    ...settledBy(progress.mark, 'not-applied', facts, reconciled),
    command: { kind: 'send', afterMs: backoffMs(FAULT, tries, around.random) },
  };
}
