import type { Answer } from '../../domain/row/call.ts';
import type { User } from '../../domain/org/user.ts';
import { judge } from './judgement.ts';
import type { Mark } from './judgement.ts';
import { lastEffectMs, nextLookMs } from './patience.ts';
import { factsOf, withUser } from '../run/progress.ts';
import type { Progress } from '../run/progress.ts';
import { decideRead } from '../row/retry.ts';
import { directorySeen } from '../row/directory-password.ts';
import { secretSeen, secretUnread } from './secret-check.ts';
import {
  appliedUnseen,
  bringsSecret,
  currentStep,
  done,
  end,
  expiredOnly,
  isSilent,
  notApplied,
  unknown,
} from '../row/transition.ts';
import type { Circumstances, Transition } from '../row/transition.ts';

/** A read that waits, where the attempt may still take effect, or where one read more must show the same; else undefined. */
function lookAgain(
  progress: Progress,
  atMs: number,
  around: Circumstances,
): Transition | undefined {
  const { doubt } = progress;
  if (doubt === undefined) return undefined;
  const { patience, orgNowMs } = around;
  if (atMs <= lastEffectMs(doubt.sinceMs, patience)) {
    const afterMs = nextLookMs(doubt.sinceMs, orgNowMs, patience);
    return { progress, command: { kind: 'read', afterMs } };
  }
  const quietMs = doubt.quietMs ?? atMs;
  const afterMs = quietMs + patience.readLagMs - atMs;
  return afterMs <= 0
    ? undefined
    : {
        progress: { ...progress, doubt: { ...doubt, quietMs } },
        command: { kind: 'read', afterMs },
      };
}

/** Moves a row on by what `GET /users/{id}` shows after an attempt whose effect is unknown; the read began at `atMs`. */
function settle(
  progress: Progress,
  mark: Mark,
  user: User,
  atMs: number,
  around: Circumstances,
): Transition {
  const facts = factsOf(progress.failure);
  const judgement = judge(mark, user);
  const seen = withUser({ ...progress, readTries: 0 }, user);
  // A step that brings a secret is sent again either way, so nothing of the lost one may be still to come by then: it
  // would replace the new secret. What the user shows in between may also be the work of an attempt before this one.
  const secret = bringsSecret(around.spec, currentStep(progress));
  if (judgement === 'applied' && !secret) return appliedUnseen(seen, around, facts, true);
  const again = lookAgain(seen, atMs, around);
  if (again !== undefined) return again;
  switch (judgement) {
    case 'applied':
      return appliedUnseen(seen, around, facts, true);
    case 'expired-only':
      return expiredOnly(seen, facts, true);
    case 'not-applied':
      return secret ? notApplied(seen, around) : asking(seen, true);
    case 'undecided':
      return secret ? secretOrUnknown(seen, 'undecided', around) : asking(seen, false);
    default: {
      const never: never = judgement;
      return never;
    }
  }
}

/** A lost secret is lost whether or not it was made, and a new one replaces it. Anything else that is not proved stays unknown. */
function secretOrUnknown(
  progress: Progress,
  why: 'undecided' | 'unreadable',
  around: Circumstances,
): Transition {
  const secret = bringsSecret(around.spec, currentStep(progress));
  return secret && progress.tries < around.maxRetries
    ? appliedUnseen(progress, around, factsOf(progress.failure), true)
    : unknown(progress, why);
}

function asking(progress: Progress, showsNone: boolean): Transition {
  const { doubt } = progress;
  return {
    progress: {
      ...progress,
      phase: 'asking',
      doubt: doubt === undefined ? undefined : { ...doubt, showsNone },
    },
    command: { kind: 'ask-log' },
  };
}

/** Moves a row on by the user's state after Okta refused the step because of it. */
function explainRefusal(progress: Progress, user: User, around: Circumstances): Transition {
  const facts = factsOf(progress.failure);
  if (progress.firstMark !== undefined && judge(progress.firstMark, user) === 'applied')
    return appliedUnseen(withUser(progress, user), around, facts, true);
  const local = user.providerType === 'OKTA' || user.providerType === 'IMPORT';
  const reason =
    user.status === 'ACTIVE' && !local ? `provider:${user.providerType}` : `status:${user.status}`;
  return end(progress, 'failed', reason, facts);
}

/** Moves a row on by the user's state after Okta said that it has just mailed this recipient. */
function explainMail(progress: Progress, user: User, around: Circumstances): Transition {
  const facts = factsOf(progress.failure);
  // Nobody was mailed a secret of ours: without the answer it is to be issued, whoever came first.
  if (bringsSecret(around.spec, currentStep(progress)))
    return notApplied(withUser(progress, user), around);
  if (progress.firstMark !== undefined && judge(progress.firstMark, user) === 'applied')
    return done(progress, facts, true);
  // Somebody else's reset: a second mail would only kill the link in the first.
  if (user.status === 'RECOVERY' && progress.before.status !== 'RECOVERY')
    return end(progress, 'skipped', 'already-in-recovery', facts, { reconciled: true });
  return notApplied(progress, around);
}

/** Moves a row on by the end of a read that began at `atMs` by the org's clock. */
export function wasRead(
  progress: Progress,
  answer: Answer<User>,
  atMs: number,
  around: Circumstances,
): Transition {
  const { phase, mark } = progress;
  if (answer.kind === 'ok') {
    if (phase === 'checking-secret') return secretSeen(progress, answer.value, around);
    if (phase === 'checking-directory')
      return directorySeen(
        progress,
        answer.value,
        lookAgain({ ...progress, readTries: 0 }, atMs, around),
      );
    if (phase === 'checking-state') return explainRefusal(progress, answer.value, around);
    if (phase === 'checking-recipient') return explainMail(progress, answer.value, around);
    if (mark === undefined) throw new Error('A row is settled without an attempt to settle.');
    return settle(progress, mark, answer.value, atMs, around);
  }
  const decision = decideRead(answer.failure, {
    tries: progress.readTries,
    orgSilent: isSilent(around),
    random: around.random,
  });
  switch (decision.kind) {
    case 'retry':
      return {
        progress: { ...progress, readTries: progress.readTries + (decision.counts ? 1 : 0) },
        command: { kind: 'read', afterMs: decision.afterMs },
      };
    case 'halt':
      // What is pending stays pending: the next sitting settles it.
      return { progress, command: { kind: 'leave' }, halt: decision.stop };
    case 'gone':
      if (phase === 'checking-secret') return secretUnread(progress);
      return mark === undefined
        ? end(progress, 'failed', 'not-found', factsOf(progress.failure))
        : unknown(progress, 'gone');
    case 'unreadable':
      if (phase === 'checking-secret') return secretUnread(progress);
      if (phase === 'checking-state')
        return end(progress, 'failed', 'state-changed', factsOf(progress.failure));
      if (phase === 'checking-recipient') return notApplied(progress, around);
      if (phase === 'checking-directory')
        return (
          lookAgain({ ...progress, readTries: 0 }, atMs, around) ?? unknown(progress, 'unreadable')
        );
      // Later it may be readable again, and the log knows of no effect before it comes.
      return lookAgain({ ...progress, readTries: 0 }, atMs, around) ?? asking(progress, false);
    default: {
      const never: never = decision;
      return never;
    }
  }
}

/** Moves a row on by what the System Log knows of its attempt. A log that shows nothing proves nothing by itself. */
export function logged(
  progress: Progress,
  found: 'found' | 'not-found' | 'unreadable',
  around: Circumstances,
): Transition {
  const facts = factsOf(progress.failure);
  if (found === 'found') return appliedUnseen(progress, around, facts, true);
  if (progress.doubt?.showsNone === true) return notApplied(progress, around);
  return secretOrUnknown(progress, found === 'unreadable' ? 'unreadable' : 'undecided', around);
}
