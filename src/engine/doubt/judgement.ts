import { STEPS } from '../../domain/plan/step.ts';
import type { AttemptRecord } from '../../domain/run/journal-record.ts';
import type { Factor } from '../../domain/org/org.ts';
import type { User } from '../../domain/org/user.ts';

/** What reconcile needs of an attempt: its step, Okta's clock just before it was sent, and the user before it. */
export type Mark = Pick<AttemptRecord, 'step' | 'attempt' | 'serverTimeMs' | 'before'>;

/** The facts about a user that show whether an attempt took effect. */
export interface Shown {
  readonly user: User;
  /** The factors that the user has enrolled; undefined if the attempt is not about factors. */
  readonly factors?: readonly Factor[];
}

/**
 * What a user's state says about an attempt:
 * - `applied`: it took effect
 * - `expired-only`: a temporary password was requested, and the org only expired the password
 * - `not-applied`: it has not taken effect; final only after Okta had time to finish
 * - `undecided`: the state would be the same either way; the System Log might show it
 */
export type Judgement = 'applied' | 'expired-only' | 'not-applied' | 'undecided';

/** Okta's times and its `Date` header are in whole seconds, so a change can seem to come up to a second before its call. */
const GRAIN_MS = 1000;

/** A time that the user already had before the attempt proves nothing, even in the same second. */
function movedSince(
  timeMs: number | undefined,
  beforeMs: number | undefined,
  sinceMs: number,
): boolean {
  return timeMs !== undefined && timeMs >= sinceMs && timeMs !== beforeMs;
}

/**
 * Decides from the user's state, read after the attempt, whether the attempt took effect. `passwordChanged` moves when
 * somebody sets a password (also a temporary one), `statusChanged` when the status changes.
 */
export function judge(mark: Mark, { user, factors }: Shown): Judgement {
  const sinceMs = mark.serverTimeMs - GRAIN_MS;
  const { before } = mark;
  const sameStatus = user.status === before.status;
  const changed = movedSince(
    user.statusChangedMs,
    sameStatus ? before.statusChangedMs : undefined,
    sinceMs,
  );
  const { proof, touchesPassword } = STEPS[mark.step];
  switch (proof.kind) {
    case 'status':
      if (proof.statuses.includes(user.status)) return changed ? 'applied' : 'undecided';
      break;
    case 'password':
      if (movedSince(user.passwordChangedMs, before.passwordChangedMs, sinceMs)) return 'applied';
      // Set within this second, perhaps by the previous attempt.
      if (movedSince(user.passwordChangedMs, undefined, sinceMs)) return 'undecided';
      return changed && user.status === 'PASSWORD_EXPIRED' ? 'expired-only' : 'not-applied';
    case 'factors':
      return judgeFactors(factors, sinceMs);
    case 'nothing':
      return 'undecided';
    default: {
      const never: never = proof;
      return never;
    }
  }
  // The user has set a new password since the attempt, which is all that the attempt demands.
  if (
    touchesPassword &&
    movedSince(user.passwordChangedMs, before.passwordChangedMs, mark.serverTimeMs)
  )
    return 'applied';
  // Somebody else has changed the status since (suspended, deactivated), which hides the states in between.
  return changed ? 'undecided' : 'not-applied';
}

/** Some orgs enroll it themselves (Identity Engine enrolls the profile's email address), so its presence proves nothing. */
const ENROLLED_BY_OKTA: ReadonlySet<string> = new Set(['email']);

/**
 * Decides whether a factor from before the attempt still exists. A factor enrolled since then is a new one of the user's.
 */
function judgeFactors(factors: readonly Factor[] | undefined, sinceMs: number): Judgement {
  if (factors === undefined) return 'undecided';
  const own = factors.filter(({ type }) => !ENROLLED_BY_OKTA.has(type));
  if (own.some(({ enrolledMs }) => enrolledMs === undefined)) return 'undecided';
  return own.some(({ enrolledMs = 0 }) => enrolledMs < sinceMs) ? 'not-applied' : 'applied';
}
