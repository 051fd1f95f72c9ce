import type { UserStatus } from '../org/user.ts';
import type { ActionEntry } from './action-entry.ts';

const OWN_PASSWORD: readonly UserStatus[] = ['ACTIVE', 'PASSWORD_EXPIRED', 'LOCKED_OUT'];
const passwords = (count: number) => (count === 1 ? 'password' : 'passwords');
const throughAgent = (users: string) =>
  `The password of ${users} is changed through the directory's agent, which can be slow or refuse. LDAP servers force a change at sign-in only if their policy says so. Check these users in the directory.`;
const nothingToChange = (users: string) =>
  `There is no Okta password to change for ${users}: expect Okta to refuse.`;

const PASSWORD = {
  kind: 'password',
  otherStatuses: {
    DEPROVISIONED: { detail: 'The user is deactivated. Deactivation has erased the password.' },
    PROVISIONED: { detail: 'The user has not set a first password yet.' },
    STAGED: { detail: 'The user has not been activated yet.' },
    SUSPENDED: {
      detail:
        'Okta does not reset suspended users. Look at this user before you lift the suspension.',
    },
    RECOVERY: {
      reason: 'already-in-recovery',
      detail: 'The password is already reset, and the user has not set a new one yet.',
    },
  },
  providers: ['OKTA', 'IMPORT'],
  otherProviders: {
    ACTIVE_DIRECTORY: 'The password is in Active Directory: reset it there.',
    LDAP: 'The password is in the LDAP directory: reset it there.',
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
    hint: 'the old one stops working at once; Okta emails a link that is usually valid for an hour',
    does: 'reset the password; the old one stops working at once',
    ask: (count, users) => `Reset the ${passwords(count)} of ${users}`,
    done: ({ sendEmail }) =>
      sendEmail
        ? 'Reset the password; Okta emails each user a link'
        : 'Reset the password; links are encrypted, no email is sent',
    directoryUsers: (users) =>
      `The old directory password of ${users} keeps working: an Okta reset does not change it. Reset them in the directory.`,
    federatedUsers: (users) =>
      `${users} will be converted: after the reset they sign in with an Okta password instead of their identity provider. okta-reset cannot undo this.`,
    secondTime: 'The links that they got then stop working.',
  },
  'temp-password': {
    ...PASSWORD,
    // The older call has no parameter to end sessions.
    step: ({ revokeSessions }) => (revokeSessions ? 'temp-password-split' : 'temp-password'),
    // A temporary password is a way to help a user in RECOVERY.
    statuses: [...OWN_PASSWORD, 'RECOVERY'],
    label: 'Give a temporary password',
    hint: 'the old one stops working at once; you hand out the new ones, and Okta emails nobody',
    does: 'replace the password with a temporary one',
    ask: (count, users) =>
      count === 1
        ? `Give a temporary password to ${users}`
        : `Give temporary passwords to ${users}`,
    done: () => 'Set a temporary password, encrypted',
    directoryUsers: throughAgent,
    federatedUsers: nothingToChange,
    secondTime: 'The temporary passwords that they got then stop working.',
  },
  'expire-password': {
    ...PASSWORD,
    step: () => 'expire-password',
    statuses: OWN_PASSWORD,
    label: 'Expire the password',
    hint: 'a stolen password keeps working until somebody who has it changes it',
    does: 'expire the password; the old one works until it is changed',
    ask: (count, users) => `Expire the ${passwords(count)} of ${users}`,
    done: () => 'Expire the password; the old one works until it is changed',
    warnings: [
      {
        code: 'old-password-stays-usable',
        text: (users) =>
          `The old password of ${users} still works: anyone who has it can sign in and choose the new one. Against stolen passwords, use --action reset-password or temp-password. Your own sign-in pages must handle Okta's 401 E0000064 (password expired).`,
      },
    ],
    directoryUsers: throughAgent,
    federatedUsers: nothingToChange,
    secondTime: '',
  },
} as const satisfies Readonly<Record<string, ActionEntry>>;
