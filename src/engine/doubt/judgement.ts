import { STEPS } from '../../domain/plan/step.ts';
import type { AttemptRecord } from '../../domain/run/journal-record.ts';
import type { Factor } from '../../domain/org/org.ts';
import type { User } from '../../domain/org/user.ts';

/** An attempt as reconcile sees it: which step, Okta's clock just before sending, the user before it. */
export type Mark = Pick<AttemptRecord, 'step' | 'attempt' | 'serverTimeMs' | 'before'>;

/** A user as an attempt is judged by it. */
export interface Shown {
  readonly user: User;
  /** What the user has enrolled; undefined where the attempt is not about factors. */
  readonly factors?: readonly Factor[];
}

/**
 * What a user's state says about an attempt:
 * - `applied`: it took effect
 * - `expired-only`: a temporary password was asked for, and the org only expired the password
 * - `not-applied`: it has not taken effect; final only once Okta had time to finish
 * - `undecided`: the state would look the same either way; the System Log may know
 */
export type Judgement = 'applied' | 'expired-only' | 'not-applied' | 'undecided';

/** Okta's times and its `Date` header have whole seconds, so a change may seem to lie up to a second before its call. */
const GRAIN_MS = 1000;

/** A time the user already had before the attempt proves nothing, also where it lies in the same second. */
function movedSince(
  timeMs: number | undefined,
  beforeMs: number | undefined,
  sinceMs: number,
): boolean {
  return timeMs !== undefined && timeMs >= sinceMs && timeMs !== beforeMs;
}

/**
 * Judges by the user's state, read after the attempt, whether the attempt took effect. `passwordChanged` moves when
 * somebody sets a password (also a temporary one), `statusChanged` when the status does.
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
      // Set within this second, perhaps by the attempt before this one.
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
  // A new password since the attempt: the user has already done what the attempt asks for.
  if (
    touchesPassword &&
    movedSince(user.passwordChangedMs, before.passwordChangedMs, mark.serverTimeMs)
  )
    return 'applied';
  // Somebody moved the user on since (suspended, deactivated): what lay between is not to be seen.
  return changed ? 'undecided' : 'not-applied';
}

/**
 * Enrolled without the user's doing by some orgs (Okta Identity Engine enrols the address of the profile), so its place in
 * the list tells nothing.
 */
const ENROLLED_BY_OKTA: ReadonlySet<string> = new Set(['email']);

/** A factor from before the attempt is there still, or none is: what was enrolled since is the user's own. */
function judgeFactors(factors: readonly Factor[] | undefined, sinceMs: number): Judgement {
  if (factors === undefined) return 'undecided';
  const own = factors.filter(({ type }) => !ENROLLED_BY_OKTA.has(type));
  if (own.some(({ enrolledMs }) => enrolledMs === undefined)) return 'undecided';
  return own.some(({ enrolledMs = 0 }) => enrolledMs < sinceMs) ? 'not-applied' : 'applied';
}
