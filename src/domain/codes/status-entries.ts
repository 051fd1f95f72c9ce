import type { PROVIDER_TYPES, USER_STATUSES } from '../org/user.ts';

/** What a user status or an HTTP status means to a run, and what to do. For people alone. */
export interface StatusEntry {
  readonly code: string;
  /** `user status` or `HTTP status`, as it stands behind the code. */
  readonly kind: 'user status' | 'HTTP status' | 'provider type';
  readonly meaning: string;
  readonly how: string;
}

type Told = readonly [meaning: string, how: string];

const USER: Readonly<Record<(typeof USER_STATUSES)[number], Told>> = {
  ACTIVE: ['The user can sign in.', 'A run acts on it.'],
  PASSWORD_EXPIRED: [
    'The user must choose a new password at the next sign-in; the old one still opens that door.',
    'A run acts on it. Against stolen passwords use reset-password or temp-password.',
  ],
  LOCKED_OUT: [
    'Too many wrong passwords: the user is locked until the lock ends or somebody unlocks it.',
    'A run acts on it.',
  ],
  RECOVERY: [
    'A password reset is under way: the old password no longer works, and the user has not set a new one yet. Whether the link was ever opened, or is dead by now, the status does not tell.',
    'reset-password skips it as already-in-recovery; --resend or --include-status RECOVERY mails again, --action temp-password gives a password to hand over. okta-reset followup RUN tells who is stuck.',
  ],
  SUSPENDED: [
    'The user was suspended and cannot sign in. Okta resets no suspended user.',
    'A run skips it. Unsuspend it first, or watch it: an import may make it ACTIVE again with the old password.',
  ],
  STAGED: [
    'The user was created and not activated yet.',
    'A run skips it: there is no password to reset. Activate the user first.',
  ],
  PROVISIONED: [
    'The user was activated and has not set a first password yet.',
    'A run skips it. The activation mail can be sent again in the Admin Console.',
  ],
  DEPROVISIONED: [
    'The user is deactivated; deactivation has erased the password.',
    'A run skips it. Nothing is left to reset.',
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
    'A run skips it: a reset would turn it into a user with a password of Okta’s own.',
  ],
  SOCIAL: [
    'The user signs in through a social account and has no password in Okta.',
    'A run skips it: a reset would turn it into a user with a password of Okta’s own.',
  ],
};

const HTTP: Readonly<Record<string, Told>> = {
  '200': ['Okta did what was asked.', 'Nothing to do.'],
  '302': [
    'The host sends callers elsewhere, as a sign-in page or an org that has moved does. It is not followed, and no credential goes there.',
    'Check --org and the proxy; okta-reset doctor says where it points.',
  ],
  '400': [
    'Okta refused a value of the call.',
    'Look at the code beside it: E0000001 most often says that the action does not fit this user.',
  ],
  '401': [
    'The org does not accept the credential: revoked, expired (30 days unused), of another org, or bound to another network zone.',
    'Make a new token or check the service app, then okta-reset resume RUN. okta-reset doctor tells more.',
  ],
  '403': [
    'The credential may not do this. With every row: its role or scope is too small. With single rows: the user is an admin, lies outside the role’s groups, or is in a state or directory that refuses.',
    'Look at the code beside it (E0000006, E0000017, E0000038, …). okta-reset doctor names the role or scope that is missing.',
  ],
  '404': [
    'No such user on this org, or the credential may not see it. Without an Okta code: the host is no Okta org.',
    'Check that list and org belong together, and --org.',
  ],
  '405': [
    'The endpoint does not take this call, as where a proxy blocks it.',
    'Check --org and the proxy.',
  ],
  '407': ['The proxy wants a sign-in.', 'Put user and password into HTTPS_PROXY.'],
  '409': [
    'The user is being changed by something else at this moment.',
    'Rerun the row in some minutes.',
  ],
  '410': ['What was asked for is gone.', 'Check that the user still exists.'],
  '413': ['The call was too large for a proxy on the way.', 'Check the proxy.'],
  '414': ['The URL was longer than Okta or a proxy takes.', 'Shorten --search or --filter.'],
  '423': ['Something locks the user or a policy at this moment.', 'Rerun the row in some minutes.'],
  '429': [
    'The rate limit: the window of this endpoint’s bucket is spent (E0000047), too many calls are in flight (its limit header says 0), or this person was mailed less than five seconds ago (E0000118). Nothing was done.',
    'Nothing to do: the run waits by Okta’s own clock and goes on; no try is used up. To leave more to others: --rate-share 50, --per-minute, --concurrency.',
  ],
  '431': ['The headers of the call were too long for a proxy on the way.', 'Check the proxy.'],
  '500': [
    'Okta failed inside; the call may have taken effect all the same.',
    'The run reads the user to find out, and goes on.',
  ],
  '501': ['Okta does not offer this for the user.', 'Look at the user in the Admin Console.'],
  '502': [
    'Okta or a proxy got no answer from behind it, or a directory agent did not answer (E0000240); the call may have taken effect.',
    'The run reads the user to find out, and goes on.',
  ],
  '503': [
    'Okta, or a proxy before it, is out of service for the moment; the call may have taken effect where the answer is not Okta’s own.',
    'The run waits, reads the user where there is doubt, and goes on. See status.okta.com.',
  ],
  '504': [
    'A gateway gave up waiting; the call may have taken effect, even later. With E0000241: no directory agent is connected, and nothing was done.',
    'The run reads the user to find out, and goes on.',
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
