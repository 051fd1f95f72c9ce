import type { UserStatus } from '../org/user.ts';
import { STEPS, type Step, type StepTerms } from './step.ts';

/** An action, with all that plan, faces and report say of it. `users` is a count with its noun: `307 users`. */
export interface ActionEntry {
  /** The call of the action itself, beside the steps that flags add. */
  readonly step: (terms: StepTerms) => Step;
  /** Statuses that are acted on without a flag. */
  readonly statuses: readonly UserStatus[];
  /** How a menu offers it, and the consequence that a choice turns on. */
  readonly label: string;
  readonly hint: string;
  /** What it does to one user, and to a stolen password. */
  readonly does: string;
  /** Asks for it. */
  readonly ask: (count: number, users: string) => string;
  /** What a report says was done to each user. */
  readonly done: (terms: StepTerms) => string;
  /** What it means for users whose password lives in a directory, and for those of another identity provider. */
  readonly directoryUsers: (users: string) => string;
  readonly federatedUsers: (users: string) => string;
  /** What a second time would undo; empty where nothing is. */
  readonly secondTime: string;
}

const OWN_PASSWORD: readonly UserStatus[] = ['ACTIVE', 'PASSWORD_EXPIRED', 'LOCKED_OUT'];
const passwords = (count: number) => (count === 1 ? 'password' : 'passwords');
const throughAgent = (users: string) =>
  `The password of ${users} is changed through the directory's agent, which may be slow or refuse; LDAP servers force the change only if their policy says so. Check them in the directory.`;
const nothingToChange = (users: string) =>
  `There is no Okta password to change for ${users}: expect Okta to refuse.`;

const ENTRIES = {
  'reset-password': {
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
    step: () => 'expire-password',
    statuses: OWN_PASSWORD,
    label: 'Expire the password',
    hint: 'a stolen password keeps working until it is changed, by anybody who has it',
    does: 'expire the password; the old one works until it is changed',
    ask: (count, users) => `Expire the ${passwords(count)} of ${users}`,
    done: () => 'Expire the password; the old one works until it is changed',
    directoryUsers: throughAgent,
    federatedUsers: nothingToChange,
    secondTime: '',
  },
} as const satisfies Readonly<Record<string, ActionEntry>>;

export type Action = keyof typeof ENTRIES;

/** The table of actions. */
export const ACTIONS: Readonly<Record<Action, ActionEntry>> = ENTRIES;

/** The names of the actions, as `--action` takes them; the first is the default. */
export const ACTION_NAMES = Object.keys(ENTRIES) as [Action, ...Action[]];

/** What is done to each user: the action and the options that shape its calls. */
export interface ActionSpec extends StepTerms {
  readonly action: Action;
  readonly revokeTokens: boolean;
}

/** Returns the step that the action is for. */
export function mainStepOf(spec: ActionSpec): Step {
  return ACTIONS[spec.action].step(spec);
}

/** Returns the steps of an action, in the order they are sent. */
export function stepsOf(spec: ActionSpec): readonly Step[] {
  const main = mainStepOf(spec);
  if (spec.revokeTokens) return ['revoke-tokens', main];
  // Endpoints that know no revokeSessions need a call of its own; the one that revokes tokens ends sessions as well.
  const endsSessions = STEPS[main].query(spec).includes('revokeSessions=true');
  return spec.revokeSessions && !endsSessions ? ['revoke-sessions', main] : [main];
}

/** Tells whether Okta mails the users a link that works once. */
export function mailsLink(spec: ActionSpec): boolean {
  return spec.action === 'reset-password' && spec.sendEmail;
}

/** Tells whether the action brings back something that only the admin may see. */
export function producesSecrets(spec: ActionSpec): boolean {
  return STEPS[mainStepOf(spec)].brings(spec) !== undefined;
}

/** Names what ends beside: sessions, OAuth tokens; empty where nothing does. */
export function endedBeside(spec: ActionSpec): readonly string[] {
  const sessions = spec.revokeSessions || spec.revokeTokens;
  return [...(sessions ? ['sessions'] : []), ...(spec.revokeTokens ? ['OAuth tokens'] : [])];
}

/** Names what a yes sets off: action, users and host, and what ends with it. `users` counts them: `307 users`. */
export function consentText(spec: ActionSpec, count: number, users: string): string {
  const ended = endedBeside(spec);
  const also = ended.length === 0 ? '' : `, and end their ${ended.join(' and ')}`;
  return `${ACTIONS[spec.action].ask(count, users)}${also}. This cannot be undone.`;
}
