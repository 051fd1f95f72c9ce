import { STEPS } from '../../domain/plan/step.ts';
import type { CallFacts } from '../../domain/row/call.ts';
import type { AnswerFacts } from '../../domain/run/journal-record.ts';
import type { User } from '../../domain/org/user.ts';
import { factsOf } from '../run/progress.ts';
import type { Progress } from '../run/progress.ts';
import { appliedUnseen, done } from '../row/transition.ts';
import type { Circumstances, Transition } from '../row/transition.ts';

/** Okta's times and its `Date` header have whole seconds. */
const GRAIN_MS = 1000;

/**
 * Moves a row on whose secret is kept. Where an attempt before this one was in doubt or lost its secret, the user is read:
 * only the secret of the last password counts.
 */
export function secretKept(progress: Progress, call: CallFacts): Transition {
  const facts = factsOf(call);
  const [step] = progress.steps;
  // Nothing in a user tells of a link.
  const first = !progress.doubted && progress.reissued === 0;
  if (first || step === undefined || STEPS[step].proof.kind !== 'password')
    return done(progress, facts, false);
  const { serverTimeMs, durationMs } = call;
  const answeredMs = serverTimeMs ?? (progress.mark?.serverTimeMs ?? 0) + durationMs;
  return {
    progress: {
      ...progress,
      phase: 'checking-secret',
      kept: { answeredMs, facts, looks: 0 },
      readTries: 0,
    },
    command: { kind: 'read', afterMs: 0 },
  };
}

/** Okta's answer said that it took effect, and no read contradicts it. */
export function secretUnread(progress: Progress): Transition {
  return done(progress, progress.kept?.facts ?? {}, false);
}

/** The facts of an answer whose secret does not count. */
function withoutSecret(facts: AnswerFacts): AnswerFacts {
  const { secret, ...others } = facts;
  return secret === undefined ? facts : others;
}

/** Moves a row on by what the user shows of the password whose secret is kept. */
export function secretSeen(progress: Progress, user: User, around: Circumstances): Transition {
  const { kept, mark } = progress;
  if (kept === undefined || mark === undefined) throw new Error('No secret is kept to look after.');
  const setMs = user.passwordChangedMs;
  if (setMs !== undefined && setMs > kept.answeredMs + GRAIN_MS)
    return appliedUnseen(progress, around, withoutSecret(kept.facts), true);
  const shown = setMs !== undefined && setMs >= mark.serverTimeMs - GRAIN_MS;
  // A read that lags shows the password before.
  if (shown || kept.looks > 0) return done(progress, kept.facts, false);
  return {
    progress: { ...progress, kept: { ...kept, looks: kept.looks + 1 }, readTries: 0 },
    command: { kind: 'read', afterMs: around.patience.readLagMs },
  };
}
