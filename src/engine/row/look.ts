import type { Answer } from '../../domain/row/call.ts';
import type { User } from '../../domain/org/user.ts';
import { STEPS } from '../../domain/plan/step.ts';
import { judge as judgeAttempt } from '../doubt/judgement.ts';
import type { TargetJudge } from '../run/options.ts';
import { factsOf, READY, withUser, type ActiveRow, type Moment } from './active-row.ts';
import { decideRead, stopOf } from './retry.ts';
import { appliedUnseen, bringsSecret, currentStep, end, isSilent, leaveOut } from './transition.ts';
import type { Circumstances, Transition } from './transition.ts';

/** The result of reading the user before a call: the call can leave, or the row continues differently. */
export type Look =
  | { readonly kind: 'go'; readonly row: ActiveRow }
  | { readonly kind: 'other'; readonly transition: Transition };

/**
 * Returns until when, by the org's clock, what the user shows can be the run's own doing; undefined if the run has not
 * changed the user. Steps after the password call are done whatever the user does with the new password.
 */
function ownUntilMs(row: ActiveRow): number | undefined {
  if (!row.ownDoing) return undefined;
  return STEPS[currentStep(row)].touchesPassword ? row.ownUntilMs : Infinity;
}

/** Judges a row without reading its user. */
export function unseen(row: ActiveRow, judge: TargetJudge): Look {
  const reason = judge.skipReason(row.target, undefined, ownUntilMs(row));
  return reason === undefined
    ? { kind: 'go', row }
    : { kind: 'other', transition: end(row, 'skipped', reason, {}) };
}

/** Judges a row by what its user showed at `seenAt`, directly before a call. A user who cannot be read is not acted on. */
export function looked(
  row: ActiveRow,
  answer: Answer<User>,
  seenAt: Moment,
  judge: TargetJudge,
  around: Circumstances,
): Look {
  if (answer.kind === 'failed') return { kind: 'other', transition: unread(row, answer, around) };
  const user = answer.value;
  const seen = withUser({ ...row, looked: seenAt, state: READY }, user);
  const { tries, target } = row;
  const { firstMark } = tries;
  // The effect of an earlier attempt shows after all.
  if (
    firstMark !== undefined &&
    !bringsSecret(row, around) &&
    judgeAttempt(firstMark, { user }) === 'applied'
  ) {
    const facts = factsOf(tries.failure);
    return { kind: 'other', transition: appliedUnseen(seen, around, facts, true) };
  }
  const reason = judge.skipReason(target, user, ownUntilMs(row));
  if (reason !== undefined) return { kind: 'other', transition: end(seen, 'skipped', reason, {}) };
  const without = leaveOut(seen, user.status, around);
  return without === undefined ? { kind: 'go', row: seen } : { kind: 'other', transition: without };
}

function unread(
  row: ActiveRow,
  { failure }: Extract<Answer<User>, { kind: 'failed' }>,
  around: Circumstances,
): Transition {
  const readTries = row.state.kind === 'ready' ? row.state.readTries : 0;
  const decision = decideRead(failure, {
    tries: readTries,
    orgSilent: isSilent(around),
    random: around.random,
  });
  const facts = factsOf(failure);
  switch (decision.kind) {
    case 'retry':
      return {
        row: {
          ...row,
          state: { kind: 'ready', readTries: readTries + (decision.counts ? 1 : 0) },
        },
        next: { kind: 'go-on', afterMs: decision.afterMs },
      };
    case 'halt':
      return { row, next: { kind: 'leave' }, halt: decision.stop };
    case 'gone':
      return end(row, 'failed', 'not-found', facts);
    case 'unreadable':
      // If the user of each of the first rows is out of reach, the credential can read no user at all.
      return end(row, 'failed', 'not-read', facts, {
        suspect: failure.status === 403 ? stopOf('permission', failure) : undefined,
      });
    default: {
      const never: never = decision;
      return never;
    }
  }
}
