import type { Answer } from '../../domain/row/call.ts';
import type { User } from '../../domain/org/user.ts';
import { judge as judgeAttempt } from '../doubt/judgement.ts';
import type { TargetJudge } from '../run/options.ts';
import { factsOf, withUser } from '../run/progress.ts';
import type { Moment, Progress } from '../run/progress.ts';
import { decideRead, stopOf } from './retry.ts';
import { appliedUnseen, bringsSecret, currentStep, end, isSilent } from './transition.ts';
import type { Circumstances, Transition } from './transition.ts';

/** What a look at the user before a call comes to: the call may leave, or the row goes another way. */
export type Look =
  | { readonly kind: 'go'; readonly progress: Progress }
  | { readonly kind: 'other'; readonly transition: Transition };

/** Judges a row whose user is not to be read. */
export function unseen(progress: Progress, judge: TargetJudge): Look {
  const reason = judge.skipReason(progress.target, undefined, progress.ownDoing);
  return reason === undefined
    ? { kind: 'go', progress }
    : { kind: 'other', transition: end(progress, 'skipped', reason, {}) };
}

/** Judges a row by what its user showed at `seenAt`, right before a call. A user that cannot be read is not acted on. */
export function looked(
  progress: Progress,
  answer: Answer<User>,
  seenAt: Moment,
  judge: TargetJudge,
  around: Circumstances,
): Look {
  if (answer.kind === 'failed')
    return { kind: 'other', transition: unread(progress, answer, around) };
  const user = answer.value;
  const seen = withUser({ ...progress, looked: seenAt, readTries: 0 }, user);
  const { firstMark, target, ownDoing } = progress;
  const secret = bringsSecret(around.spec, currentStep(progress));
  // An earlier attempt shows after all.
  if (firstMark !== undefined && !secret && judgeAttempt(firstMark, user) === 'applied') {
    const facts = factsOf(progress.failure);
    return { kind: 'other', transition: appliedUnseen(seen, around, facts, true) };
  }
  const reason = judge.skipReason(target, user, ownDoing);
  return reason === undefined
    ? { kind: 'go', progress: seen }
    : { kind: 'other', transition: end(seen, 'skipped', reason, {}) };
}

function unread(
  progress: Progress,
  { failure }: Extract<Answer<User>, { kind: 'failed' }>,
  around: Circumstances,
): Transition {
  const decision = decideRead(failure, {
    tries: progress.readTries,
    orgSilent: isSilent(around),
    random: around.random,
  });
  const facts = factsOf(failure);
  switch (decision.kind) {
    case 'retry':
      return {
        progress: { ...progress, readTries: progress.readTries + (decision.counts ? 1 : 0) },
        command: { kind: 'send', afterMs: decision.afterMs },
      };
    case 'halt':
      return { progress, command: { kind: 'leave' }, halt: decision.stop };
    case 'gone':
      return end(progress, 'failed', 'not-found', facts);
    case 'unreadable':
      // No right to read one user is no right to read any, where the first rows all say so.
      return end(progress, 'failed', 'not-read', facts, {
        suspect: failure.status === 403 ? stopOf('permission', failure) : undefined,
      });
    default: {
      const never: never = decision;
      return never;
    }
  }
}
