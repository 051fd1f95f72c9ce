import type { Answer } from '../domain/call.ts';
import type { User } from '../domain/user.ts';
import { judge } from './judgement.ts';
import type { Mark } from './judgement.ts';
import { factsOf, withUser } from './progress.ts';
import type { Progress } from './progress.ts';
import { decideRead } from './retry.ts';
import {
  appliedUnseen,
  bringsSecret,
  currentStep,
  done,
  end,
  expiredOnly,
  isSilent,
  notApplied,
} from './transition.ts';
import type { Circumstances, Transition } from './transition.ts';

/** The user is read at once, after a third of the settle time, and at its end: only the last read may say “not applied”. */
const READS = 3;

/** How an `unknown` row is settled by hand; stands in its message. */
const BY_HAND = {
  undecided:
    'Neither the user nor the System Log tells whether it took effect. Look at the user in Okta; to send it again, rerun with --only unknown.',
  unreadable:
    'Whether it took effect could not be read. Look at the user in Okta; to send it again, rerun with --only unknown.',
  gone: 'The user has been deleted since. Nothing is left to do.',
} as const;

/** The row's effect stays unknown: said as it is, never sent again by itself. */
function undecided(progress: Progress, why: keyof typeof BY_HAND): Transition {
  const facts = factsOf(progress.failure);
  const message = [facts.message, BY_HAND[why]].filter((text) => text !== undefined).join(' ');
  return end(progress, 'unknown', why, { ...facts, message });
}

/** Moves a row on by what `GET /users/{id}` shows after an attempt whose effect is unknown. */
function settle(progress: Progress, mark: Mark, user: User, around: Circumstances): Transition {
  const facts = factsOf(progress.failure);
  const reads = progress.reads + 1;
  const judgement = judge(mark, user);
  const seen = withUser({ ...progress, reads, readTries: 0 }, user);
  // A step that brings a secret is sent again either way, so nothing of the lost one may be still to come by then: it
  // would replace the new secret. What the user shows in between may also be the work of an attempt before this one.
  const early = judgement === 'applied' && !bringsSecret(around.spec, currentStep(progress));
  if (reads < READS && !early) {
    const afterMs = Math.ceil((around.settleMs * (reads === 1 ? 1 : READS - 1)) / READS);
    return { progress: seen, command: { kind: 'read', afterMs } };
  }
  switch (judgement) {
    case 'applied':
      return appliedUnseen(seen, around, facts, true);
    case 'expired-only':
      return expiredOnly(seen, facts, true);
    case 'not-applied':
      return notApplied(seen, around);
    case 'undecided':
      // A lost link is lost whether or not it was made, and a new one replaces it: no need to know.
      return bringsSecret(around.spec, currentStep(progress))
        ? appliedUnseen(seen, around, facts, true)
        : { progress: { ...seen, phase: 'asking' }, command: { kind: 'ask-log' } };
    default: {
      const never: never = judgement;
      return never;
    }
  }
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

/** Moves a row on by the end of a read. */
export function wasRead(
  progress: Progress,
  answer: Answer<User>,
  around: Circumstances,
): Transition {
  const { phase, mark } = progress;
  if (answer.kind === 'ok') {
    if (phase === 'checking-state') return explainRefusal(progress, answer.value, around);
    if (phase === 'checking-recipient') return explainMail(progress, answer.value, around);
    if (mark === undefined) throw new Error('A row is settled without an attempt to settle.');
    return settle(progress, mark, answer.value, around);
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
      return mark === undefined
        ? end(progress, 'failed', 'not-found', factsOf(progress.failure))
        : undecided(progress, 'gone');
    case 'unreadable':
      if (phase === 'checking-state')
        return end(progress, 'failed', 'state-changed', factsOf(progress.failure));
      if (phase === 'checking-recipient') return notApplied(progress, around);
      return { progress: { ...progress, phase: 'asking' }, command: { kind: 'ask-log' } };
    default: {
      const never: never = decision;
      return never;
    }
  }
}

/** Moves a row on by what the System Log knows of its attempt. A log that shows nothing proves nothing. */
export function logged(
  progress: Progress,
  found: 'found' | 'not-found' | 'unreadable',
  around: Circumstances,
): Transition {
  if (found === 'found') return appliedUnseen(progress, around, factsOf(progress.failure), true);
  return undecided(progress, found === 'unreadable' ? 'unreadable' : 'undecided');
}
