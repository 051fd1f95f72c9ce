import { ACTIONS } from '../../domain/plan/action.ts';
import type { Target } from '../../domain/plan/plan.ts';
import type { User } from '../../domain/org/user.ts';
import type { SkipReason } from '../../domain/plan/verdict.ts';
import { judge, judgeProtection } from './judge.ts';
import type { JudgeTerms } from './judge.ts';

/** The statuses that a password action leaves. */
const ACTED_ON: ReadonlySet<string> = new Set(['RECOVERY', 'PASSWORD_EXPIRED']);

/** Tells whether somebody acted on the user since the plan was made: another run, an admin, or the user. */
function isActedOnSince(target: Target, user: User): boolean {
  // Planned without reading the user: there is nothing to compare with.
  if (target.status === undefined) return false;
  const { status, statusChangedMs, passwordChangedMs } = user;
  if (passwordChangedMs !== undefined && passwordChangedMs !== target.passwordChangedMs)
    return true;
  return (
    ACTED_ON.has(status) && (status !== target.status || statusChangedMs !== target.statusChangedMs)
  );
}

/**
 * Judges a planned target by its live state, directly before it is acted on. Returns why it is skipped; undefined to
 * act. Users whom the run itself has changed pass: the run caused what they show, and the remaining steps must be done.
 * `user` is undefined if users are not to be read.
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
  // The intruder might have changed the password: containing continues, by the user's status now.
  if (ACTIONS[terms.action].kind === 'password' && isActedOnSince(target, user))
    return 'changed-since';
  const verdict = judge({ kind: 'found', user }, terms);
  return verdict.kind === 'skip' ? verdict.reason : undefined;
}
