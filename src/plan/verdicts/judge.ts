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

/** Provider types that are acted on without a flag. */
const PROVIDERS = new Set(['OKTA', 'IMPORT']);

const ACT: Verdict = { kind: 'act' };

const STATUS_DETAIL: Readonly<Record<string, string>> = {
  DEPROVISIONED: 'The user is deactivated; deactivation has erased the password.',
  PROVISIONED: 'The user has not set a first password yet.',
  STAGED: 'The user has not been activated yet.',
  SUSPENDED: 'Okta resets no suspended user; look at this one before it is unsuspended.',
};

const PROVIDER_DETAIL: Readonly<Record<string, string>> = {
  ACTIVE_DIRECTORY: 'The password lives in Active Directory: reset it there.',
  LDAP: 'The password lives in the LDAP directory: reset it there.',
  FEDERATION: 'The user signs in through another identity provider; a reset would convert him.',
  SOCIAL: 'The user signs in through a social account; a reset would convert him.',
};

function skip(reason: SkipReason, detail?: string): Extract<Verdict, { kind: 'skip' }> {
  return detail === undefined ? { kind: 'skip', reason } : { kind: 'skip', reason, detail };
}

function judgeUser(user: User, terms: JudgeTerms): Verdict {
  const { action, policy } = terms;
  const { status, providerType } = user;
  const statuses: readonly string[] = ACTIONS[action].statuses;
  const eligible = statuses.includes(status) || policy.includeStatus.includes(status);
  if (!eligible && status !== 'RECOVERY') {
    return skip(`status:${status}`, STATUS_DETAIL[status]);
  }
  if (!PROVIDERS.has(providerType) && !policy.includeProvider.includes(providerType)) {
    return skip(`provider:${providerType}`, PROVIDER_DETAIL[providerType]);
  }
  if (!eligible && !policy.resend) {
    return skip(
      'already-in-recovery',
      'The password is reset already and the user has not set a new one yet.',
    );
  }
  const { sinceMs } = policy;
  if (sinceMs !== undefined && (user.passwordChangedMs ?? -Infinity) > sinceMs) {
    return skip('changed-since', 'The user has set a new password after --since.');
  }
  return ACT;
}

/** Returns the verdict that leaves this user alone whatever its state: the caller, members of excluded groups, admins. */
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
    return skip(
      'protected:admin',
      'The user holds an admin role (--include-admins acts on admins).',
    );
  }
  return undefined;
}

/**
 * Judges a row by live state and policy. The first reason that applies is the one given, what no flag can lift first:
 * the row names nobody (`invalid-id`, `not-found`, `ambiguous`), `protected:self`, `excluded` (a group), `protected:admin`,
 * `status:…`, `provider:…`, `already-in-recovery`, `changed-since`. A status or provider nobody knows is skipped as
 * itself. What other rows say (`duplicate`, `excluded` by a file) and other runs (`already-done`) is not judged here.
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
