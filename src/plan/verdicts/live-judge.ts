import { ACTIONS } from '../../domain/plan/action.ts';
import type { Target } from '../../domain/plan/plan.ts';
import type { User } from '../../domain/org/user.ts';
import type { SkipReason } from '../../domain/plan/verdict.ts';
import { judge, judgeProtection } from './judge.ts';
import type { JudgeTerms } from './judge.ts';

/** The statuses that an action on passwords leaves behind. */
const ACTED_ON: ReadonlySet<string> = new Set(['RECOVERY', 'PASSWORD_EXPIRED']);

/** Tells whether somebody acted on the user since the plan was made: another run, an admin, or the user. */
function isActedOnSince(target: Target, user: User): boolean {
  // Planned without a look at the user: nothing to compare with.
  if (target.status === undefined) return false;
  const { status, statusChangedMs, passwordChangedMs } = user;
  if (passwordChangedMs !== undefined && passwordChangedMs !== target.passwordChangedMs)
    return true;
  return (
    ACTED_ON.has(status) && (status !== target.status || statusChangedMs !== target.statusChangedMs)
  );
}

/**
 * Judges a planned target by its live state, right before it is acted on. Returns why it is skipped; undefined to act.
 * Users whom the run itself has changed pass: what they show is its own doing, and what is left must be done. `user` is
 * undefined where users are not to be read.
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
  // An intruder may be who changed the password: containing goes on, by what the user's status is now.
  if (ACTIONS[terms.action].kind === 'password' && isActedOnSince(target, user))
    return 'changed-since';
  const verdict = judge({ kind: 'found', user }, terms);
  return verdict.kind === 'skip' ? verdict.reason : undefined;
}
