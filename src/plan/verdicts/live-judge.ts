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
 * Judges a planned target by its live state, directly before it is acted on. Returns why it is skipped; undefined to act on
 * it. A user whom the run itself has changed passes, because the run caused what they show, and the remaining steps must be
 * done. `user` is undefined if users are not to be read.
 */
export function judgeLive(
  target: Target,
  user: User | undefined,
  ownDoing: boolean,
  terms: JudgeTerms,
): SkipReason | undefined {
  if (ownDoing) return undefined;
  const protection = judgeProtection(target.userId, terms);
  if (protection !== undefined) return protection.reason;
  if (user === undefined) return undefined;
  // The intruder might have changed the password, so a containing action continues, judged by the user's status now.
  if (ACTIONS[terms.action].kind === 'password' && isActedOnSince(target, user))
    return 'changed-since';
  const verdict = judge({ kind: 'found', user }, terms);
  return verdict.kind === 'skip' ? verdict.reason : undefined;
}
