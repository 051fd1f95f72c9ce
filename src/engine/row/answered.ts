import { STEPS } from '../../domain/plan/step.ts';
import type { CallFacts } from '../../domain/row/call.ts';
import type { Failure } from '../../domain/row/failure.ts';
import { decideOn } from '../../domain/codes/okta-error.ts';
import type { StepEffect } from '../../domain/org/org.ts';
import { factsOf, pendingMark, READY, UNTRIED, type ActiveRow } from './active-row.ts';
import type { Mark } from '../doubt/judgement.ts';
import { secretKept } from '../doubt/secret-check.ts';
import { mayHaveSetPassword } from './directory-password.ts';
import { decide, type Decision } from './retry.ts';
import {
  appliedUnseen,
  AT_ONCE,
  currentStep,
  end,
  expiredOnly,
  isSilent,
  notApplied,
  settledBy,
  unknown,
} from './transition.ts';
import type { Circumstances, Transition } from './transition.ts';

/** How a write ended: with the answer of an accepted one, or with a failure. */
export type WriteEnd =
  | { readonly kind: 'ok'; readonly effect: StepEffect['kind']; readonly call: CallFacts }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Starts a row, new or resumed. */
export function begin(row: ActiveRow, around: Circumstances): Transition {
  if (row.steps.length === 0) return end(row, 'succeeded', row.leftOut, {}, { reconciled: true });
  const mark = pendingMark(row);
  if (mark === undefined) return { row, next: AT_ONCE };
  if (STEPS[currentStep(row)].repeatable) {
    return {
      row: { ...row, state: READY, tries: UNTRIED },
      ...settledBy(row, 'unknown', {}),
      next: AT_ONCE,
    };
  }
  // A mark from a clock that was ahead of the org's counts from now.
  const sinceMs = Math.min(mark.serverTimeMs, around.orgNowMs);
  const { failure } = row.tries;
  return failure !== undefined && mayHaveSetPassword(row, failure)
    ? inDoubt(row, mark, sinceMs, 'checking-directory')
    : inDoubt(row, mark, sinceMs);
}

/** The attempt might have taken effect, and still can: the user is read. */
function inDoubt(
  row: ActiveRow,
  mark: Mark,
  sinceMs = mark.serverTimeMs,
  kind: 'settling' | 'checking-directory' = 'settling',
): Transition {
  const doubt = { mark, sinceMs, quietMs: undefined };
  return { row: { ...row, state: { kind, doubt, readTries: 0 }, doubted: true }, next: AT_ONCE };
}

/** Continues a row after the end of its write. */
export function answered(sent: ActiveRow, write: WriteEnd, around: Circumstances): Transition {
  if (write.kind === 'failed') return refused(sent, write.failure, around);
  const facts = factsOf(write.call);
  switch (write.effect) {
    case 'secret':
      return secretKept(sent, write.call);
    case 'done':
      return appliedUnseen(sent, around, facts, false);
    case 'expired-without-password':
      return expiredOnly(sent, facts, false);
    default: {
      const never: never = write.effect;
      return never;
    }
  }
}

function refused(sent: ActiveRow, failure: Failure, around: Circumstances): Transition {
  const row: ActiveRow = { ...sent, tries: { ...sent.tries, failure } };
  const mark = pendingMark(row);
  if (mark !== undefined && mayHaveSetPassword(row, failure))
    return {
      ...inDoubt(row, mark, mark.serverTimeMs, 'checking-directory'),
      // On disk before the read, so that a resumed run knows about the refusal.
      ...settledBy(row, 'unknown', factsOf(failure)),
    };
  const decision = decide(failure, {
    step: currentStep(row),
    tries: row.tries.failed,
    throttles: row.tries.throttles,
    maxRetries: around.maxRetries,
    orgSilent: isSilent(around),
    random: around.random,
  });
  const away = decideOn(failure).agent === undefined ? {} : ({ agentAway: true } as const);
  return { ...decided(row, decision, failure, around), ...away };
}

function decided(
  row: ActiveRow,
  decision: Decision,
  failure: Failure,
  around: Circumstances,
): Transition {
  const { tries } = row;
  const facts = factsOf(failure);
  const possible = failure.kind !== 'answer' && failure.effect === 'possible';
  const settled = settledBy(row, possible ? 'unknown' : 'not-applied', facts);
  switch (decision.kind) {
    case 'applied':
      return appliedUnseen(row, around, facts, false);
    case 'retry': {
      const { counts, afterMs } = decision;
      const more = counts
        ? { failed: tries.failed + 1, throttles: 0 }
        : { throttles: tries.throttles + 1 };
      return {
        row: { ...row, state: READY, tries: { ...tries, ...more } },
        ...settled,
        next: { kind: 'go-on', afterMs },
      };
    }
    case 'reconcile': {
      const mark = pendingMark(row);
      // Nothing was sent, so nothing was recorded, and the write starts again.
      if (mark === undefined) return notApplied(row, around);
      const { halt } = decision;
      return { ...inDoubt(row, mark), ...(halt === undefined ? {} : { halt }) };
    }
    case 'check':
      return {
        row: {
          ...row,
          state: {
            kind: decision.why === 'state' ? 'checking-state' : 'checking-recipient',
            readTries: 0,
          },
        },
        ...settled,
        next: { kind: 'go-on', afterMs: decision.afterMs },
      };
    case 'fail':
      return end(row, 'failed', decision.reason, facts, decision);
    case 'unproven':
      return unknown(row, 'unproven');
    case 'halt':
      return {
        row: { ...row, state: READY },
        ...settled,
        next: { kind: 'leave' },
        halt: decision.stop,
      };
    default: {
      const never: never = decision;
      return never;
    }
  }
}
