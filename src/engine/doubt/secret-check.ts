import { STEPS } from '../../domain/plan/step.ts';
import type { CallFacts } from '../../domain/row/call.ts';
import type { AnswerFacts } from '../../domain/run/journal-record.ts';
import type { User } from '../../domain/org/user.ts';
import { factsOf, pendingMark, type ActiveRow, type RowState } from '../row/active-row.ts';
import { appliedUnseen, AT_ONCE, currentStep, done } from '../row/transition.ts';
import type { Circumstances, Transition } from '../row/transition.ts';

/** Okta's times and its `Date` header are in whole seconds. */
const GRAIN_MS = 1000;

type CheckingSecret = Extract<RowState, { kind: 'checking-secret' }>;

/**
 * Continues a row whose secret is stored. If an earlier attempt was in doubt or lost its secret, the user is read, because
 * only the secret of the last password is valid.
 */
export function secretKept(row: ActiveRow, call: CallFacts): Transition {
  const facts = factsOf(call);
  const mark = pendingMark(row);
  const first = !row.doubted && row.reissued === 0;
  // A user's data does not show whether a link is valid.
  if (first || mark === undefined || STEPS[currentStep(row)].proof.kind !== 'password')
    return done(row, facts, false);
  const { serverTimeMs, durationMs } = call;
  const answeredMs = serverTimeMs ?? mark.serverTimeMs + durationMs;
  const kept = { answeredMs, facts, looks: 0 };
  return {
    row: { ...row, state: { kind: 'checking-secret', mark, kept, readTries: 0 } },
    next: AT_ONCE,
  };
}

/** The facts of an answer, without a secret that is not valid. */
function withoutSecret(facts: AnswerFacts): AnswerFacts {
  const { secret, ...others } = facts;
  return secret === undefined ? facts : others;
}

/** Continues a row by what the user's data says about the password whose secret is stored. */
export function secretSeen(
  row: ActiveRow,
  state: CheckingSecret,
  user: User,
  around: Circumstances,
): Transition {
  const { kept, mark } = state;
  const setMs = user.passwordChangedMs;
  if (setMs !== undefined && setMs > kept.answeredMs + GRAIN_MS)
    return appliedUnseen(row, around, withoutSecret(kept.facts), true);
  const shown = setMs !== undefined && setMs >= mark.serverTimeMs - GRAIN_MS;
  // A read that lags still shows the earlier password.
  if (shown || kept.looks > 0) return done(row, kept.facts, false);
  return {
    row: {
      ...row,
      state: { ...state, kept: { ...kept, looks: kept.looks + 1 }, readTries: 0 },
    },
    next: { kind: 'go-on', afterMs: around.patience.readLagMs },
  };
}
