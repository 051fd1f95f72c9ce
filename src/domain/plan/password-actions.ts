import type { UserStatus } from '../org/user.ts';
import type { ActionEntry } from './action-entry.ts';

const OWN_PASSWORD: readonly UserStatus[] = ['ACTIVE', 'PASSWORD_EXPIRED', 'LOCKED_OUT'];
const passwords = (count: number) => (count === 1 ? 'password' : 'passwords');
const throughAgent = (users: string) =>
  `The password of ${users} is changed through the directory's agent, which may be slow or refuse; LDAP servers force the change only if their policy says so. Check them in the directory.`;
const nothingToChange = (users: string) =>
  `There is no Okta password to change for ${users}: expect Okta to refuse.`;

const PASSWORD = {
  kind: 'password',
  otherStatuses: {
    DEPROVISIONED: { detail: 'The user is deactivated. Deactivation has erased the password.' },
    PROVISIONED: { detail: 'The user has not set a first password yet.' },
    STAGED: { detail: 'The user has not been activated yet.' },
    SUSPENDED: {
      detail: 'Okta resets no suspended user; look at this one before it is unsuspended.',
    },
    RECOVERY: {
      reason: 'already-in-recovery',
      detail: 'The password is reset already and the user has not set a new one yet.',
    },
  },
  providers: ['OKTA', 'IMPORT'],
  otherProviders: {
    ACTIVE_DIRECTORY: 'The password lives in Active Directory: reset it there.',
    LDAP: 'The password lives in the LDAP directory: reset it there.',
    FEDERATION:
      'The user signs in through another identity provider; a reset would convert the account.',
    SOCIAL: 'The user signs in through a social account; a reset would convert it.',
  },
  undo: 'This cannot be undone.',
  warnings: [],
} as const;

/** The actions that make users set a new password. */
export const PASSWORD_ACTIONS = {
  'reset-password': {
    ...PASSWORD,
    step: () => 'reset-password',
    statuses: OWN_PASSWORD,
    label: 'Reset the password',
    hint: 'the old one stops at once; Okta mails a link that dies within the hour or so',
    does: 'reset the password; the old one stops working at once',
    ask: (count, users) => `Reset the ${passwords(count)} of ${users}`,
    done: ({ sendEmail }) =>
      sendEmail
        ? 'Reset the password; Okta e-mails each user a link'
        : 'Reset the password; links are kept sealed, no e-mail',
    directoryUsers: (users) =>
      `The old directory password of ${users} keeps working: an Okta reset does not change it. Reset them in the directory.`,
    federatedUsers: (users) =>
      `${users} will be converted: the reset makes them sign in with an Okta password instead of their identity provider. This tool cannot undo it.`,
    secondTime: 'The links that they were given then stop working.',
  },
  'temp-password': {
    ...PASSWORD,
    // The older call has no parameter that ends sessions.
    step: ({ revokeSessions }) => (revokeSessions ? 'temp-password-split' : 'temp-password'),
    // A temporary password is how a user in RECOVERY is rescued.
    statuses: [...OWN_PASSWORD, 'RECOVERY'],
    label: 'Give a temporary password',
    hint: 'the old one stops at once; you hand out the new ones, Okta mails nobody',
    does: 'replace the password by a temporary one',
    ask: (count, users) =>
      count === 1
        ? `Give a temporary password to ${users}`
        : `Give temporary passwords to ${users}`,
    done: () => 'Set a temporary password, kept sealed',
    directoryUsers: throughAgent,
    federatedUsers: nothingToChange,
    secondTime: 'The temporary passwords that they were given then stop working.',
  },
  'expire-password': {
    ...PASSWORD,
    step: () => 'expire-password',
    statuses: OWN_PASSWORD,
    label: 'Expire the password',
    hint: 'a stolen password keeps working until it is changed, by anybody who has it',
    does: 'expire the password; the old one works until it is changed',
    ask: (count, users) => `Expire the ${passwords(count)} of ${users}`,
    done: () => 'Expire the password; the old one works until it is changed',
    warnings: [
      {
        code: 'old-password-stays-usable',
        text: (users) =>
          `The old passwords of ${users} still open the door: anyone who holds one can sign in with it and choose the new one. Against stolen passwords use --action reset-password or temp-password. Sign-in portals of your own must handle Okta's 401 E0000064 (password expired).`,
      },
    ],
    directoryUsers: throughAgent,
    federatedUsers: nothingToChange,
    secondTime: '',
  },
} as const satisfies Readonly<Record<string, ActionEntry>>;
