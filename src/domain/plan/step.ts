import type { RoleType } from '../org/admin-role.ts';
import type { UserStatus } from '../org/user.ts';

/** Options that change the calls of an action. */
export interface StepTerms {
  /** Only for reset-password: Okta emails the link. If false, the link is returned and sealed. */
  readonly sendEmail: boolean;
  readonly revokeSessions: boolean;
}

/** What the answer of an accepted call contains that only the admin is allowed to see. */
export type SecretKind = 'temp-password' | 'reset-link';

/**
 * What a later read shows after the step took effect:
 * - `status`: the user is in one of these statuses, and entered it since the call
 * - `password`: `passwordChanged` is later
 * - `factors`: no factor that was enrolled before the call is still enrolled; one that was enrolled since is a new one of
 *   the user's
 * - `nothing`: only the System Log shows it
 */
export type Proof =
  | { readonly kind: 'status'; readonly statuses: readonly string[] }
  | { readonly kind: 'password' }
  | { readonly kind: 'factors' }
  | { readonly kind: 'nothing' };

/** One API write on a user, with everything that preview, engine, doctor, report and sandbox need to know about it. */
export interface StepEntry {
  readonly method: 'POST' | 'DELETE';
  /** The path after `/api/v1/users/{id}/`. */
  readonly path: string;
  readonly query: (terms: StepTerms) => string;
  readonly brings: (terms: StepTerms) => SecretKind | undefined;
  readonly proof: Proof;
  /** The System Log event that reports it. Source: Okta's event type catalog. */
  readonly event: string;
  /** Sending it a second time changes nothing for the user, so if the effect is unknown, it is sent again. */
  readonly repeatable: boolean;
  /** The user's password is different afterwards, or no longer works. */
  readonly touchesPassword: boolean;
  /** The status that the user is in afterwards, if another step depends on it. */
  readonly leaves?: UserStatus;
  /** For a step that is added to a password action: it is skipped, for this reason, for users in any other status. */
  readonly leftOut?: { readonly reason: string; readonly unless: readonly UserStatus[] };
  /** Okta's codes for a user whose status or provider does not allow the step. */
  readonly stateCodes: readonly string[];
  /** The permission that a custom role needs for the step. Source: Okta's permissions catalog. */
  readonly permission: string;
  /** The standard roles that allow the step, the smallest role first. Source: Okta, standard administrator roles. */
  readonly roles: readonly [RoleType, ...RoleType[]];
}

const none = () => undefined;
const noQuery = () => '';
const tempPassword = () => 'temp-password' as const;

const HELP_DESK = ['HELP_DESK_ADMIN', 'USER_ADMIN', 'ORG_ADMIN', 'SUPER_ADMIN'] as const;
const GROUP_ADMIN = ['USER_ADMIN', 'ORG_ADMIN', 'SUPER_ADMIN'] as const;

const SESSIONS = {
  method: 'DELETE',
  path: 'sessions',
  brings: none,
  proof: { kind: 'nothing' },
  event: 'user.session.clear',
  repeatable: true,
  touchesPassword: false,
  stateCodes: [],
  permission: 'okta.users.lifecycle.clearSessions',
  roles: HELP_DESK,
} as const;

const PASSWORD = {
  method: 'POST',
  repeatable: false,
  touchesPassword: true,
  stateCodes: ['E0000017', 'E0000038'],
  permission: 'okta.users.credentials.expirePassword',
  roles: HELP_DESK,
} as const;

const LIFECYCLE = {
  method: 'POST',
  query: noQuery,
  brings: none,
  repeatable: false,
  touchesPassword: false,
  roles: GROUP_ADMIN,
} as const;

const ENTRIES = {
  // The next two steps are in plans and journals of 0.1.0. They do not mention devices, which Classic and Identity Engine
  // treat differently.
  'revoke-tokens': { ...SESSIONS, query: () => '?oauthTokens=true' },
  'revoke-sessions': { ...SESSIONS, query: noQuery },
  'end-sessions': { ...SESSIONS, query: () => '?forgetDevices=true' },
  // This also ends sessions.
  'end-tokens': { ...SESSIONS, query: () => '?oauthTokens=true&forgetDevices=true' },
  'reset-factors': {
    ...LIFECYCLE,
    path: 'lifecycle/reset_factors',
    proof: { kind: 'factors' },
    event: 'user.mfa.factor.reset_all',
    leftOut: { reason: 'factors-kept', unless: ['ACTIVE', 'PASSWORD_EXPIRED', 'SUSPENDED'] },
    stateCodes: ['E0000038', 'E0000017'],
    permission: 'okta.users.credentials.resetFactors',
    roles: HELP_DESK,
  },
  'reset-password': {
    ...PASSWORD,
    path: 'lifecycle/reset_password',
    // Always sent, because Okta's documents disagree about the default of sendEmail.
    query: ({ sendEmail, revokeSessions }) =>
      `?sendEmail=${String(sendEmail)}${revokeSessions ? '&revokeSessions=true' : ''}`,
    brings: ({ sendEmail }) => (sendEmail ? undefined : 'reset-link'),
    // Recorded answers show that a user who never signed in can go to PROVISIONED instead of RECOVERY.
    proof: { kind: 'status', statuses: ['RECOVERY', 'PROVISIONED'] },
    event: 'user.account.reset_password',
    leaves: 'RECOVERY',
    permission: 'okta.users.credentials.resetPassword',
  },
  'temp-password': {
    ...PASSWORD,
    path: 'lifecycle/expire_password',
    query: () => '?tempPassword=true',
    brings: tempPassword,
    proof: { kind: 'password' },
    event: 'user.account.update_password',
    leaves: 'PASSWORD_EXPIRED',
  },
  // The newer call, for orgs that ignore the parameter of the one above, and to end sessions in the same call.
  'temp-password-split': {
    ...PASSWORD,
    path: 'lifecycle/expire_password_with_temp_password',
    query: ({ revokeSessions }) => (revokeSessions ? '?revokeSessions=true' : ''),
    brings: tempPassword,
    proof: { kind: 'password' },
    event: 'user.account.update_password',
    leaves: 'PASSWORD_EXPIRED',
  },
  'expire-password': {
    ...PASSWORD,
    path: 'lifecycle/expire_password',
    query: noQuery,
    brings: none,
    proof: { kind: 'status', statuses: ['PASSWORD_EXPIRED'] },
    event: 'user.account.expire_password',
    leaves: 'PASSWORD_EXPIRED',
  },
  suspend: {
    ...LIFECYCLE,
    path: 'lifecycle/suspend',
    proof: { kind: 'status', statuses: ['SUSPENDED'] },
    event: 'user.lifecycle.suspend',
    // Okta has no special code for this, and answers that the call is not valid.
    stateCodes: ['E0000001', 'E0000038'],
    permission: 'okta.users.lifecycle.suspend',
  },
  unsuspend: {
    ...LIFECYCLE,
    path: 'lifecycle/unsuspend',
    proof: { kind: 'status', statuses: ['ACTIVE', 'PASSWORD_EXPIRED', 'LOCKED_OUT', 'RECOVERY'] },
    event: 'user.lifecycle.unsuspend',
    stateCodes: ['E0000001', 'E0000038'],
    permission: 'okta.users.lifecycle.unsuspend',
  },
  unlock: {
    ...LIFECYCLE,
    path: 'lifecycle/unlock',
    proof: { kind: 'status', statuses: ['ACTIVE', 'PASSWORD_EXPIRED', 'RECOVERY'] },
    event: 'user.account.unlock_by_admin',
    stateCodes: ['E0000032', 'E0000038'],
    permission: 'okta.users.lifecycle.unlock',
    roles: HELP_DESK,
  },
  reactivate: {
    ...LIFECYCLE,
    path: 'lifecycle/reactivate',
    query: () => '?sendEmail=true',
    // The status does not change, so only the log shows that the email was sent.
    proof: { kind: 'nothing' },
    event: 'user.lifecycle.reactivate',
    stateCodes: ['E0000038', 'E0000016'],
    permission: 'okta.users.lifecycle.activate',
  },
} as const satisfies Readonly<Record<string, StepEntry>>;

export type Step = keyof typeof ENTRIES;

/** The table of steps. */
export const STEPS: Readonly<Record<Step, StepEntry>> = ENTRIES;

/** Tells whether a text names a step, as journals write it. */
export function isStep(text: unknown): text is Step {
  return typeof text === 'string' && Object.hasOwn(STEPS, text);
}

/** Tells whether a step changes the user. Ending sessions and tokens does not count. */
export function changesUser(step: Step): boolean {
  return !STEPS[step].repeatable;
}

/** Returns the call of a step with `{id}` for the user, for people to read. */
export function stepCall(step: Step, terms: StepTerms): string {
  const { method, path, query } = STEPS[step];
  return `${method} /api/v1/users/{id}/${path}${query(terms)}`;
}
