import type { RoleType } from '../org/admin-role.ts';
import type { UserStatus } from '../org/user.ts';

/** What shapes the calls of an action. */
export interface StepTerms {
  /** reset-password only: Okta e-mails the link; otherwise the link comes back and is sealed. */
  readonly sendEmail: boolean;
  readonly revokeSessions: boolean;
}

/** What an accepted answer carries that only the admin may see. */
export type SecretKind = 'temp-password' | 'reset-link';

/**
 * What a later read shows of a step that took effect:
 * - `status`: the user stands in one of these, and got there since
 * - `password`: `passwordChanged` has moved
 * - `factors`: no factor is enrolled that was enrolled before the call; one that was enrolled since is the user's own
 * - `nothing`: only the System Log knows
 */
export type Proof =
  | { readonly kind: 'status'; readonly statuses: readonly string[] }
  | { readonly kind: 'password' }
  | { readonly kind: 'factors' }
  | { readonly kind: 'nothing' };

/** One API write on a user, with all that preview, engine, doctor, report and sandbox need to know of it. */
export interface StepEntry {
  readonly method: 'POST' | 'DELETE';
  /** What comes after `/api/v1/users/{id}/`. */
  readonly path: string;
  readonly query: (terms: StepTerms) => string;
  readonly brings: (terms: StepTerms) => SecretKind | undefined;
  readonly proof: Proof;
  /** The event of the System Log that tells of it. Source: Okta's event type catalogue. */
  readonly event: string;
  /** Sending it a second time changes nothing for the user, so an unknown effect is answered by sending it again. */
  readonly repeatable: boolean;
  /** The user's password is not as it was afterwards. */
  readonly touchesPassword: boolean;
  /** The status that it leaves the user in, where it changes one that another step depends on. */
  readonly leaves?: UserStatus;
  /** Beside an action on passwords: what it is left out for, and told by, in other statuses than these. */
  readonly leftOut?: { readonly reason: string; readonly unless: readonly UserStatus[] };
  /** Okta's codes for a user whose status or provider does not allow it. */
  readonly stateCodes: readonly string[];
  /** The permission that a custom role needs for it. Source: Okta's catalogue of permissions. */
  readonly permission: string;
  /** The standard roles that may do it, the least first. Source: Okta, standard administrator roles. */
  readonly roles: readonly RoleType[];
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
  // The next two are in plans and journals of 0.1.0. What they leave out about devices differs between Okta's engines.
  'revoke-tokens': { ...SESSIONS, query: () => '?oauthTokens=true' },
  'revoke-sessions': { ...SESSIONS, query: noQuery },
  'end-sessions': { ...SESSIONS, query: () => '?forgetDevices=true' },
  // Ends sessions as well.
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
    // Always said: what an omitted sendEmail means, Okta's documents disagree about.
    query: ({ sendEmail, revokeSessions }) =>
      `?sendEmail=${String(sendEmail)}${revokeSessions ? '&revokeSessions=true' : ''}`,
    brings: ({ sendEmail }) => (sendEmail ? undefined : 'reset-link'),
    // A user who never signed in has been seen to go to PROVISIONED instead of RECOVERY.
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
  // The newer call, for orgs that ignore the parameter of the one above and for ending sessions with it.
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
    // Okta has no code of its own for it: the call is said not to be valid.
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
    // The status stays as it was, so nothing but the log tells of the mail.
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

/** Tells whether a user is not as before once a step took effect; sessions and tokens that end are none of it. */
export function changesUser(step: Step): boolean {
  return !STEPS[step].repeatable;
}

/** Returns the call of a step as it goes to Okta, with `{id}` for the user: for people, not for sending. */
export function stepCall(step: Step, terms: StepTerms): string {
  const { method, path, query } = STEPS[step];
  return `${method} /api/v1/users/{id}/${path}${query(terms)}`;
}
