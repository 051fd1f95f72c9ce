import type { PROVIDER_TYPES, USER_STATUSES } from '../org/user.ts';

/** What a user status or an HTTP status means for a run, and what to do. It is for people only. */
export interface StatusEntry {
  readonly code: string;
  /** `user status` or `HTTP status`, written after the code. */
  readonly kind: 'user status' | 'HTTP status' | 'provider type';
  readonly meaning: string;
  readonly how: string;
}

type Told = readonly [meaning: string, how: string];

const USER: Readonly<Record<(typeof USER_STATUSES)[number], Told>> = {
  ACTIVE: ['The user can sign in.', 'A run acts on it.'],
  PASSWORD_EXPIRED: [
    'The user must choose a new password at the next sign-in. The old one still works for that.',
    'A run acts on it. Against stolen passwords use reset-password or temp-password.',
  ],
  LOCKED_OUT: [
    'Too many wrong passwords: the user is locked until the lock ends or somebody unlocks it.',
    'A run acts on it.',
  ],
  RECOVERY: [
    'A password reset is under way: the old password no longer works, and the user has not set a new one. The status does not show whether the link was opened or has expired.',
    'reset-password skips it as already-in-recovery. --resend or --include-status RECOVERY sends a new link; --action temp-password gives you a password to hand over. To see who is stuck: okta-reset followup RUN',
  ],
  SUSPENDED: [
    'The user was suspended and cannot sign in. Okta does not reset suspended users.',
    'A run skips it. Lift the suspension first, or watch the user: an import can make it ACTIVE again with the old password.',
  ],
  STAGED: [
    'The user was created but not activated yet.',
    'A run skips it: there is no password to reset. Activate the user first.',
  ],
  PROVISIONED: [
    'The user was activated but has not set a first password yet.',
    'A run skips it. To send the activation email again: okta-reset run --action reactivate',
  ],
  DEPROVISIONED: [
    'The user is deactivated. Deactivation has erased the password.',
    'A run skips it: there is nothing to reset.',
  ],
};

const PROVIDER: Readonly<Record<(typeof PROVIDER_TYPES)[number], Told>> = {
  OKTA: ['The password is kept in Okta.', 'A run acts on it.'],
  IMPORT: [
    'The user came with an imported password hash; Okta keeps the password.',
    'A run acts on it.',
  ],
  ACTIVE_DIRECTORY: [
    'The password is kept in Active Directory.',
    'A run skips it: reset it there. --include-provider ACTIVE_DIRECTORY acts on it through the agent.',
  ],
  LDAP: [
    'The password is kept in an LDAP directory.',
    'A run skips it: reset it there. --include-provider LDAP acts on it through the agent.',
  ],
  FEDERATION: [
    'The user signs in through another identity provider and has no password in Okta.',
    'A run skips it: a reset would convert the user to an Okta password.',
  ],
  SOCIAL: [
    'The user signs in through a social account and has no password in Okta.',
    'A run skips it: a reset would convert the user to an Okta password.',
  ],
};

const HTTP: Readonly<Record<string, Told>> = {
  '200': ['Okta did what was asked.', 'Nothing to do.'],
  '302': [
    'The host redirects, like a sign-in page or an org that has moved. The redirect is not followed, and no credential goes there.',
    'Check --org and the proxy. To see where it points: okta-reset doctor',
  ],
  '400': [
    'Okta refused a value in the call.',
    'Look at the code next to it. E0000001 usually means that the action does not fit this user.',
  ],
  '401': [
    'The org does not accept the credential: it is revoked, expired (after 30 days without use), from another org, or limited to another network zone.',
    'Make a new token or check the service app, then: okta-reset resume RUN',
  ],
  '403': [
    'The credential does not have the permission. On every row: its role or scope is too small. On some rows: the user is an admin, is outside the role’s groups, or has a status or directory that refuses.',
    'Look at the code next to it (E0000006, E0000017, E0000038, …). okta-reset doctor names the missing role or scope.',
  ],
  '404': [
    'There is no such user in this org, or the credential cannot see the user. Without an Okta code, the host is not an Okta org.',
    'Check --org, and that the list belongs to this org.',
  ],
  '405': [
    'The endpoint does not accept this call, for example because a proxy blocks it.',
    'Check --org and the proxy.',
  ],
  '407': ['The proxy asks you to sign in.', 'Put user and password into HTTPS_PROXY.'],
  '409': ['Something else is changing the user right now.', 'Rerun the row in a few minutes.'],
  '410': ['What was requested no longer exists.', 'Check that the user still exists.'],
  '413': ['The call was too large for a proxy.', 'Check the proxy.'],
  '414': ['The URL was longer than Okta or a proxy accepts.', 'Shorten --search or --filter.'],
  '423': [
    'Something has locked the user or a policy for the moment.',
    'Rerun the row in a few minutes.',
  ],
  '429': [
    'A rate limit was reached, and nothing was done. E0000047: the limit is used up, or (limit 0) too many calls are under way. E0000118: this person was just emailed.',
    'Nothing to do: the run waits until Okta’s clock allows the next call, and continues. This does not count as a try. To leave more to other clients: --rate-share 50, --per-minute, --concurrency.',
  ],
  '431': ['The headers of the call were too long for a proxy.', 'Check the proxy.'],
  '500': [
    'Okta had an internal error. The call may have taken effect.',
    'The run reads the user to find out, and continues.',
  ],
  '501': ['Okta does not support this for the user.', 'Look at the user in the Admin Console.'],
  '502': [
    'Okta or a proxy got no answer from a server behind it, or a directory agent did not answer (E0000240). The call may have taken effect.',
    'The run reads the user to find out, and continues.',
  ],
  '503': [
    'Okta, or a proxy in front of it, is temporarily unavailable. If the answer is not Okta’s own, the call may have taken effect.',
    'The run waits, reads the user if necessary, and continues. See status.okta.com.',
  ],
  '504': [
    'A gateway stopped waiting. The call may have taken effect, or may do so later. With E0000241: no directory agent is connected, and nothing was done.',
    'The run reads the user to find out, and continues.',
  ],
};

function entriesOf(
  kind: StatusEntry['kind'],
  told: Readonly<Record<string, Told>>,
): readonly StatusEntry[] {
  return Object.entries(told).map(([code, [meaning, how]]) => ({ code, kind, meaning, how }));
}

/** Statuses of users, provider types and HTTP statuses. */
export const STATUS_ENTRIES: readonly StatusEntry[] = [
  ...entriesOf('user status', USER),
  ...entriesOf('provider type', PROVIDER),
  ...entriesOf('HTTP status', HTTP),
];

/** Explains a user status, a provider type or an HTTP status, written in any case (`HTTP 429` too). */
export function findStatus(text: string): StatusEntry | undefined {
  const code = text
    .trim()
    .replace(/^http[\s:/-]*/i, '')
    .toUpperCase();
  return STATUS_ENTRIES.find((entry) => entry.code === code);
}
