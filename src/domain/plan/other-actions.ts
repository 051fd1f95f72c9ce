import { USER_STATUSES, type UserStatus } from '../org/user.ts';
import type { ActionEntry, ActionWarning, LeftAlone } from './action-entry.ts';

const NOT_DEACTIVATED = USER_STATUSES.filter((status) => status !== 'DEPROVISIONED');
const DEACTIVATED: LeftAlone = {
  detail: 'The user is deactivated and cannot sign in.',
};
const STAGED: LeftAlone = { detail: 'The user has not been activated yet.' };

/** Gives the same reason to all other statuses. */
function allBut(statuses: readonly UserStatus[], why: LeftAlone): Record<string, LeftAlone> {
  return Object.fromEntries(
    USER_STATUSES.filter((status) => !statuses.includes(status)).map((status) => [status, why]),
  );
}

const EVERY_PROVIDER = { providers: 'every', otherProviders: {} } as const;

const PASSWORD_STAYS: ActionWarning = {
  code: 'password-stays-valid',
  text: (users) =>
    `The password of ${users} stays valid: anyone who has it can sign in again at once. Against stolen passwords use --action reset-password --revoke-sessions, which is one call per user.`,
};
const APPS_STAY: ActionWarning = {
  code: 'app-sessions-stay-alive',
  text: (users) =>
    `Apps keep ${users} signed in if they have their own session (SAML and most web apps do). Only the app can end it: on its admin page, by its session timeout, or through Universal Logout if that is set up.`,
};

/** The actions that take away what an intruder has. */
export const CONTAINING_ACTIONS = {
  'end-sessions': {
    ...EVERY_PROVIDER,
    step: () => 'end-sessions',
    kind: 'contain',
    statuses: NOT_DEACTIVATED,
    otherStatuses: { DEPROVISIONED: DEACTIVATED },
    label: 'End sessions',
    hint: 'signs users out of Okta and forgets their devices; passwords and app tokens stay valid',
    does: 'end every Okta session and forget remembered devices; the password stays valid',
    ask: (_count, users) => `End the Okta sessions of ${users}`,
    undo: 'This cannot be undone; they can sign in again.',
    done: () => 'End Okta sessions and forget devices; passwords and OAuth tokens stay valid',
    warnings: [
      PASSWORD_STAYS,
      {
        code: 'tokens-stay-alive',
        text: (users) =>
          `OAuth and refresh tokens of ${users} stay valid: apps that have one keep their access. --action revoke-tokens ends sessions and revokes them, in one call per user.`,
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
          `Apps keep ${users} signed in if they have their own session, and access tokens that an app checks by itself work until they expire. Only the app can end those: on its admin page, or through Universal Logout if that is set up.`,
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
      SUSPENDED: { reason: 'already-suspended', detail: 'The user is already suspended.' },
      DEPROVISIONED: DEACTIVATED,
      STAGED,
      // Recorded answers show that users in PASSWORD_EXPIRED and PROVISIONED have the link too.
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
    hint: 'they cannot sign in until you lift it; can be undone',
    does: 'block sign-in until the suspension is lifted; the user keeps groups and apps',
    ask: (_count, users) => `Suspend ${users}`,
    undo: 'They cannot sign in until you lift the suspension: --action unsuspend.',
    done: () => 'Suspend; users cannot sign in until the suspension is lifted',
    warnings: [
      {
        code: 'import-lifts-suspension',
        text: () =>
          'The next import from a directory or HR system can make a suspended user active again, with the old password. Suspend them in that system too, and check later: okta-reset followup RUN',
      },
      {
        code: 'tokens-stay-alive',
        text: (users) =>
          `Suspending ends Okta sessions. OAuth tokens that apps have for ${users} are not revoked. Revoke them afterwards with --action revoke-tokens.`,
      },
      APPS_STAY,
    ],
    directoryUsers: (users) =>
      `The next directory import can lift the suspension of ${users}. Disable them in the directory too.`,
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
      PROVISIONED: { detail: 'The user has not finished activation, and enrolls factors then.' },
      LOCKED_OUT: {
        detail: 'Okta does not reset factors of a locked user: unlock the user first.',
      },
      RECOVERY: {
        detail:
          'Okta does not reset factors while a password reset is under way. Reset them together with the password: --reset-factors.',
      },
    },
    label: 'Reset factors',
    hint: 'removes every enrolled factor; anyone who knows the password can enroll the next one',
    does: 'remove every enrolled factor; the user enrolls again at the next sign-in',
    ask: (_count, users) => `Remove every factor of ${users}`,
    undo: 'This cannot be undone: they have to enroll again.',
    done: () => 'Remove every enrolled factor; users enroll again at the next sign-in',
    warnings: [
      {
        code: 'factors-open-to-intruders',
        text: (users) =>
          `Anyone who knows the password of ${users} can enroll a factor at the next sign-in. Reset passwords and end sessions at the same time: --action reset-password --reset-factors --revoke-sessions.`,
      },
      {
        code: 'sessions-stay-alive',
        text: (users) =>
          `Sessions and OAuth tokens of ${users} stay active: anyone who is signed in stays signed in.`,
      },
    ],
    secondTime: 'Factors that they have enrolled since are removed too.',
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
    hint: 'they can sign in again with their old password',
    does: 'lift the suspension; the user can sign in again with the old password',
    ask: (_count, users) => `Lift the suspension of ${users}`,
    undo: 'They can sign in at once with their old password.',
    done: () => 'Lift the suspension; users can sign in with their old password',
    warnings: [
      {
        code: 'old-password-back',
        text: (users) =>
          `The old password of ${users} works again. If it may have been stolen, reset it immediately: okta-reset rerun RUN --action reset-password --only succeeded.`,
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
      ACTIVE_DIRECTORY:
        'Okta cannot unlock an Active Directory account: unlock it in Active Directory.',
      LDAP: 'Okta cannot unlock an LDAP account: unlock it in the directory.',
    },
    label: 'Unlock',
    hint: 'they can try to sign in again, and so can the person who locked them out',
    does: 'clear the lock; the user can sign in again with the same password',
    ask: (_count, users) => `Unlock ${users}`,
    undo: 'They can sign in again at once, with the password they have.',
    done: () => 'Unlock; users can sign in with the password they have',
    warnings: [
      {
        code: 'password-stays-valid',
        text: (users) =>
          `The lock of ${users} may come from somebody who is guessing passwords, and unlocking lets them continue. A reset also unlocks, once the user sets a new password.`,
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
    label: 'Send the activation email again',
    hint: 'for users who have never set a password; Okta emails a new activation link',
    does: 'email a new activation link to a user who has never set a password',
    ask: (count, users) =>
      `Email ${count === 1 ? 'a new activation link' : 'new activation links'} to ${users}`,
    undo: 'This cannot be undone.',
    done: () => 'Email a new activation link',
    warnings: [
      {
        code: 'mails',
        text: (users) =>
          `Okta emails ${users}, and links from earlier activation emails stop working. If an answer is lost, only the System Log shows whether the email was sent, and the call is not repeated by itself.`,
      },
    ],
    secondTime: 'The activation links that they got then stop working.',
  },
} as const satisfies Readonly<Record<string, ActionEntry>>;
