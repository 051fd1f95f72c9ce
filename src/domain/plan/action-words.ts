import type { Action, ActionSpec } from './action.ts';

interface Words {
  /** What it does to one user, and to a stolen password. */
  readonly does: string;
  /** Asks for it, with how many users there are, as a noun: `307 users`. */
  readonly ask: (users: number, who: string) => string;
}

const passwords = (users: number) => (users === 1 ? 'password' : 'passwords');

/** What each action is called, wherever a person reads of it before saying yes. */
export const ACTION_WORDS: Readonly<Record<Action, Words>> = {
  'reset-password': {
    does: 'reset the password; the old one stops working at once',
    ask: (users, who) => `Reset the ${passwords(users)} of ${who}`,
  },
  'temp-password': {
    does: 'replace the password by a temporary one',
    ask: (users, who) =>
      users === 1 ? `Give a temporary password to ${who}` : `Give temporary passwords to ${who}`,
  },
  'expire-password': {
    does: 'expire the password; the old one works until it is changed',
    ask: (users, who) => `Expire the ${passwords(users)} of ${who}`,
  },
};

/** Names what a yes sets off: action, users and host, and what ends with it. `who` counts the users: `307 users`. */
export function consentText(spec: ActionSpec, users: number, who: string): string {
  const ended = [
    ...(spec.revokeSessions || spec.revokeTokens ? ['sessions'] : []),
    ...(spec.revokeTokens ? ['OAuth tokens'] : []),
  ];
  const also = ended.length === 0 ? '' : `, and end their ${ended.join(' and ')}`;
  return `${ACTION_WORDS[spec.action].ask(users, who)}${also}. This cannot be undone.`;
}
