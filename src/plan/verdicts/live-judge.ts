import { ACTIONS } from '../../domain/plan/action.ts';
import type { Target } from '../../domain/plan/plan.ts';
import type { User } from '../../domain/org/user.ts';
import type { SkipReason } from '../../domain/plan/verdict.ts';
import { judge, judgeProtection } from './judge.ts';
import type { JudgeTerms } from './judge.ts';

/** The statuses that a user is in after a password action. */
const ACTED_ON: ReadonlySet<string> = new Set(['RECOVERY', 'PASSWORD_EXPIRED']);

/** Tells whether somebody has acted on the user since the plan was made: another run, an admin, or the user. */
function isActedOnSince(target: Target, user: User): boolean {
  // It was planned without reading the user, so there is nothing to compare with.
  if (target.status === undefined) return false;
  const { status, statusChangedMs, passwordChangedMs } = user;
  if (passwordChangedMs !== undefined && passwordChangedMs !== target.passwordChangedMs)
    return true;
  return (
    ACTED_ON.has(status) && (status !== target.status || statusChangedMs !== target.statusChangedMs)
  );
}

/**
 * Tells whether somebody acted on a user later than the run's own calls can have taken effect: a copy of the run, an admin,
 * or the user.
 */
function isActedOnAfter(
  ownUntilMs: number,
  { status, statusChangedMs, passwordChangedMs }: User,
): boolean {
  if (passwordChangedMs !== undefined && passwordChangedMs > ownUntilMs) return true;
  return ACTED_ON.has(status) && statusChangedMs !== undefined && statusChangedMs > ownUntilMs;
}

/**
 * Judges a planned target by its live state, directly before it is acted on. Returns why it is skipped; undefined to act on
 * it. A user whom the run itself has changed passes, unless somebody has changed them later than `ownUntilMs`, up to which
 * the run's own calls can have taken effect (epoch milliseconds by the org's clock; undefined if it has changed nothing).
 * `user` is undefined if users are not to be read.
 */
export function judgeLive(
  target: Target,
  user: User | undefined,
  ownUntilMs: number | undefined,
  terms: JudgeTerms,
): SkipReason | undefined {
  if (ownUntilMs !== undefined)
    return user !== undefined && isActedOnAfter(ownUntilMs, user) ? 'changed-since' : undefined;
  const protection = judgeProtection(target.userId, terms);
  if (protection !== undefined) return protection.reason;
  if (user === undefined) return undefined;
  // The intruder might have changed the password, so a containing action continues, judged by the user's status now.
  if (ACTIONS[terms.action].kind === 'password' && isActedOnSince(target, user))
    return 'changed-since';
  const verdict = judge({ kind: 'found', user }, terms);
  return verdict.kind === 'skip' ? verdict.reason : undefined;
}
