import { ACTIONS, type Action } from '../../domain/plan/action.ts';
import type { PolicyOptions } from '../../domain/run/run-file.ts';
import type { User } from '../../domain/org/user.ts';
import type { SkipReason, Verdict } from '../../domain/plan/verdict.ts';
import type { ProtectedUsers } from './protected-users.ts';
import type { Resolution } from './resolved-row.ts';

export interface JudgeTerms {
  readonly action: Action;
  readonly policy: PolicyOptions;
  readonly protectedUsers: ProtectedUsers;
}

const ACT: Verdict = { kind: 'act' };

function skip(reason: SkipReason, detail?: string): Extract<Verdict, { kind: 'skip' }> {
  return detail === undefined ? { kind: 'skip', reason } : { kind: 'skip', reason, detail };
}

function judgeUser(user: User, terms: JudgeTerms): Verdict {
  const { action, policy } = terms;
  const { status, providerType } = user;
  const { kind, statuses, otherStatuses, providers, otherProviders } = ACTIONS[action];
  const named: readonly string[] = statuses;
  const eligible = named.includes(status) || policy.includeStatus.includes(status);
  const other = otherStatuses[status];
  const statusVerdict = skip(other?.reason ?? `status:${status}`, other?.detail);
  // Another reset can be requested, but a problem with the provider is named first.
  const inRecovery = kind === 'password' && status === 'RECOVERY';
  if (!eligible && !inRecovery) return statusVerdict;
  const known = providers === 'every' || providers.includes(providerType);
  if (!known && !policy.includeProvider.includes(providerType)) {
    return skip(`provider:${providerType}`, otherProviders[providerType]);
  }
  if (!eligible && !policy.resend) return statusVerdict;
  const { sinceMs } = policy;
  if (sinceMs !== undefined && (user.passwordChangedMs ?? -Infinity) > sinceMs) {
    return skip('changed-since', 'The user has set a new password after --since.');
  }
  return ACT;
}

/** Returns the verdict that skips this user whatever their state: the caller, members of excluded groups, admins. */
export function judgeProtection(
  userId: string,
  terms: Pick<JudgeTerms, 'policy' | 'protectedUsers'>,
): Extract<Verdict, { kind: 'skip' }> | undefined {
  const { principal, admins, excluded } = terms.protectedUsers;
  if (principal.kind === 'user' && principal.id === userId) {
    return skip('protected:self', 'The credential belongs to this user.');
  }
  if (excluded.ids.has(userId)) {
    return skip('excluded', 'The user is a member of an excluded group.');
  }
  if (!terms.policy.includeAdmins && admins.ids.has(userId)) {
    return skip('protected:admin', 'The user has an admin role (--include-admins acts on admins).');
  }
  return undefined;
}

/**
 * Judges a row by live state and policy. Returns the first reason that applies, beginning with those that no flag can
 * change: the row names nobody (`invalid-id`, `not-found`, `ambiguous`), `protected:self`, `excluded` (a group),
 * `protected:admin`, `status:…`, `provider:…`, `already-in-recovery`, `changed-since`. An unknown status or provider is
 * skipped under its own name. Other rows (`duplicate`, `excluded` by a file) and other runs (`already-done`) are not
 * considered here.
 */
export function judge(resolution: Resolution, terms: JudgeTerms): Verdict {
  switch (resolution.kind) {
    case 'invalid':
      return skip('invalid-id', resolution.detail);
    case 'not-found':
    case 'ambiguous':
      return skip(resolution.kind, resolution.detail);
    case 'unread':
      return judgeProtection(resolution.userId, terms) ?? ACT;
    case 'found':
      return judgeProtection(resolution.user.id, terms) ?? judgeUser(resolution.user, terms);
    default: {
      const never: never = resolution;
      return never;
    }
  }
}
