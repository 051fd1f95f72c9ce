import { USER_STATUSES, type UserStatus } from '../org/user.ts';
import type { ActionEntry, ActionWarning, LeftAlone } from './action-entry.ts';

const NOT_DEACTIVATED = USER_STATUSES.filter((status) => status !== 'DEPROVISIONED');
const DEACTIVATED: LeftAlone = {
  detail: 'The user is deactivated and can sign in to nothing in Okta.',
};
const STAGED: LeftAlone = { detail: 'The user has not been activated yet.' };

/** Gives all other statuses the same reason. */
function allBut(statuses: readonly UserStatus[], why: LeftAlone): Record<string, LeftAlone> {
  return Object.fromEntries(
    USER_STATUSES.filter((status) => !statuses.includes(status)).map((status) => [status, why]),
  );
}

const EVERY_PROVIDER = { providers: 'every', otherProviders: {} } as const;

const PASSWORD_STAYS: ActionWarning = {
  code: 'password-stays-valid',
  text: (users) =>
    `The passwords of ${users} stay valid: anyone who holds one can sign in again at once. Against stolen passwords use --action reset-password --revoke-sessions, which is one call per user.`,
};
const APPS_STAY: ActionWarning = {
  code: 'app-sessions-stay-alive',
  text: (users) =>
    `Apps keep ${users} signed in where they hold a session of their own (SAML and most web apps): only the app itself ends it, by its own admin page, by its session time-out, or through Universal Logout where it is set up.`,
};

/** The actions that take away what an intruder holds. */
export const CONTAINING_ACTIONS = {
  'end-sessions': {
    ...EVERY_PROVIDER,
    step: () => 'end-sessions',
    kind: 'contain',
    statuses: NOT_DEACTIVATED,
    otherStatuses: { DEPROVISIONED: DEACTIVATED },
    label: 'End sessions',
    hint: 'signs people out of Okta and forgets their devices; passwords and app tokens stay valid',
    does: 'end every Okta session and forget remembered devices; the password stays valid',
    ask: (_count, users) => `End the Okta sessions of ${users}`,
    undo: 'This cannot be undone; they can sign in again.',
    done: () => 'End Okta sessions and forget devices; passwords and OAuth tokens stay valid',
    warnings: [
      PASSWORD_STAYS,
      {
        code: 'tokens-stay-alive',
        text: (users) =>
          `OAuth and refresh tokens of ${users} stay valid: apps that hold one keep their access. --action revoke-tokens ends sessions and revokes them, in one call per user.`,
      },
      APPS_STAY,
    ],
    secondTime: '',
  },
  'revoke-tokens': {
    ...EVERY_PROVIDER,
    step: () => 'end-tokens',
    kind: 'contain',
    statuses: NOT_DEACTIVATED,
    otherStatuses: { DEPROVISIONED: DEACTIVATED },
    label: 'Revoke tokens',
    hint: 'ends Okta sessions and revokes OAuth tokens; passwords stay valid',
    does: 'end every Okta session, forget remembered devices and revoke OAuth and refresh tokens; the password stays valid',
    ask: (_count, users) => `Revoke the OAuth tokens and end the Okta sessions of ${users}`,
    undo: 'This cannot be undone; they can sign in again.',
    done: () => 'End Okta sessions and revoke OAuth tokens; passwords stay valid',
    warnings: [
      PASSWORD_STAYS,
      {
        code: 'app-sessions-stay-alive',
        text: (users) =>
          `Apps keep ${users} signed in where they hold a session of their own, and access tokens that an app checks by itself count until they expire. Only the app ends those: by its own admin page, or through Universal Logout where it is set up.`,
      },
    ],
    secondTime: '',
  },
  suspend: {
    ...EVERY_PROVIDER,
    step: () => 'suspend',
    kind: 'contain',
    statuses: ['ACTIVE'],
    otherStatuses: {
      SUSPENDED: { reason: 'already-suspended', detail: 'The user is suspended already.' },
      DEPROVISIONED: DEACTIVATED,
      STAGED,
      // Recorded users in PASSWORD_EXPIRED and PROVISIONED have the link all the same.
      ...Object.fromEntries(
        ['LOCKED_OUT', 'PASSWORD_EXPIRED', 'PROVISIONED', 'RECOVERY'].map((status) => [
          status,
          {
            detail: `Okta documents suspending for active users only: end the sessions of this one instead, or try --include-status ${status}.`,
          },
        ]),
      ),
    },
    label: 'Suspend',
    hint: 'nobody can sign in as them until you lift it; can be undone',
    does: 'suspend; the user cannot sign in until the suspension is lifted, and keeps groups and apps',
    ask: (_count, users) => `Suspend ${users}`,
    undo: 'They cannot sign in until you lift it: --action unsuspend.',
    done: () => 'Suspend; users cannot sign in until the suspension is lifted',
    warnings: [
      {
        code: 'import-lifts-suspension',
        text: () =>
          'The next import from a directory or HR system can make a suspended user active again, with the old password. Suspend them in that source too, and look afterwards: okta-reset followup.',
      },
      {
        code: 'tokens-stay-alive',
        text: (users) =>
          `Suspending ends Okta sessions. OAuth tokens that apps hold for ${users} are not revoked by this call: follow it with --action revoke-tokens.`,
      },
      APPS_STAY,
    ],
    directoryUsers: (users) =>
      `${users} come from a directory: its next import can lift the suspension. Disable them in the directory too.`,
    secondTime: '',
  },
  'reset-factors': {
    ...EVERY_PROVIDER,
    step: () => 'reset-factors',
    kind: 'contain',
    statuses: ['ACTIVE', 'PASSWORD_EXPIRED', 'SUSPENDED'],
    otherStatuses: {
      DEPROVISIONED: DEACTIVATED,
      STAGED,
      PROVISIONED: { detail: 'The user has not finished activation, and enrols factors then.' },
      LOCKED_OUT: { detail: 'Okta resets no factors of a locked user: unlock the user first.' },
      RECOVERY: {
        detail:
          'Okta resets no factors while a password reset is under way: reset them with the password, --reset-factors.',
      },
    },
    label: 'Reset factors',
    hint: 'removes every enrolled factor; anyone who knows the password can enrol the next one',
    does: 'remove every enrolled factor; the user enrols again at the next sign-in',
    ask: (count, users) => `Remove every factor of ${users}${count === 1 ? '' : ' each'}`,
    undo: 'This cannot be undone: they have to enrol again.',
    done: () => 'Remove every enrolled factor; users enrol again at the next sign-in',
    warnings: [
      {
        code: 'factors-open-to-intruders',
        text: (users) =>
          `Anyone who knows the password of one of ${users} can enrol a factor of their own at the next sign-in. Reset passwords and end sessions together with it: --action reset-password --reset-factors --revoke-sessions.`,
      },
      {
        code: 'sessions-stay-alive',
        text: (users) =>
          `Sessions and OAuth tokens of ${users} stay alive: anyone who is signed in stays signed in.`,
      },
    ],
    secondTime: 'Factors that they have enrolled since are removed as well.',
  },
} as const satisfies Readonly<Record<string, ActionEntry>>;

/** The actions that give users back what they had. */
export const RESTORING_ACTIONS = {
  unsuspend: {
    ...EVERY_PROVIDER,
    step: () => 'unsuspend',
    kind: 'restore',
    statuses: ['SUSPENDED'],
    otherStatuses: allBut(['SUSPENDED'], {
      reason: 'not-suspended',
      detail: 'The user is not suspended.',
    }),
    label: 'Lift a suspension',
    hint: 'they can sign in again, with the password they had',
    does: 'lift the suspension; the user can sign in again with the password from before',
    ask: (_count, users) => `Lift the suspension of ${users}`,
    undo: 'They can sign in at once, with the password they had before.',
    done: () => 'Lift the suspension; users can sign in with the password they had before',
    warnings: [
      {
        code: 'old-password-back',
        text: (users) =>
          `${users} come back with the password they had before. If it may be stolen, reset it at once: okta-reset rerun RUN --action reset-password --only succeeded.`,
      },
    ],
    secondTime: '',
  },
  unlock: {
    step: () => 'unlock',
    kind: 'restore',
    statuses: ['LOCKED_OUT'],
    otherStatuses: allBut(['LOCKED_OUT'], {
      reason: 'not-locked-out',
      detail: 'The user is not locked out.',
    }),
    providers: ['OKTA', 'IMPORT', 'FEDERATION', 'SOCIAL'],
    otherProviders: {
      ACTIVE_DIRECTORY: 'Okta cannot unlock an Active Directory account: unlock it there.',
      LDAP: 'Okta cannot unlock an LDAP account: unlock it in the directory.',
    },
    label: 'Unlock',
    hint: 'they can try to sign in again, and so can the person who locked them out',
    does: 'unlock; the user can sign in again with the same password',
    ask: (_count, users) => `Unlock ${users}`,
    undo: 'They can sign in again at once, with the password they have.',
    done: () => 'Unlock; users can sign in with the password they have',
    warnings: [
      {
        code: 'password-stays-valid',
        text: (users) =>
          `The lock of ${users} may be the work of somebody who tries passwords, and unlocking lets them go on. A reset unlocks as well, once the user sets a new password.`,
      },
    ],
    secondTime: '',
  },
  reactivate: {
    ...EVERY_PROVIDER,
    step: () => 'reactivate',
    kind: 'restore',
    statuses: ['PROVISIONED'],
    otherStatuses: {
      ...allBut(['PROVISIONED'], {
        reason: 'already-activated',
        detail: 'The user has finished activation already.',
      }),
      STAGED,
      SUSPENDED: { detail: 'The user is suspended.' },
      DEPROVISIONED: DEACTIVATED,
    },
    label: 'Mail the activation again',
    hint: 'for people who have never set a password; Okta mails a new activation link',
    does: 'mail a new activation link to a user who has never set a password',
    ask: (count, users) =>
      `Mail ${count === 1 ? 'a new activation link' : 'new activation links'} to ${users}`,
    undo: 'This cannot be undone.',
    done: () => 'Mail a new activation link',
    warnings: [
      {
        code: 'mails',
        text: (users) =>
          `Okta mails ${users}, and links from earlier activation mails stop working. Where the answer to a call is lost, only the System Log tells whether the mail left; the call is not made again by itself.`,
      },
    ],
    secondTime: 'The activation links that they were given then stop working.',
  },
} as const satisfies Readonly<Record<string, ActionEntry>>;
