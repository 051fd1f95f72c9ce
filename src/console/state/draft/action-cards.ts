import { WHAT } from '../../../config/action.ts';
import type { Flag } from '../../../config/flags/flag.ts';
import { ACTION_NAMES, ACTIONS, type Action } from '../../../domain/plan/action.ts';
import { STEPS } from '../../../domain/plan/step.ts';
import type { ActionCard } from '../../api/answers.ts';

/**
 * Switches of a password action that are ticked at first, because otherwise an intruder who is signed in stays signed in.
 */
const TICKED: ReadonlySet<string> = new Set(['revoke-sessions', 'revoke-tokens', 'reset-factors']);

const SWITCHES = Object.values<Flag>(WHAT.flags).filter(({ kind }) => kind === 'switch');

function secretsOf(action: Action): ActionCard['secrets'] {
  const brings = (sendEmail: boolean) => {
    const terms = { sendEmail, revokeSessions: false };
    return STEPS[ACTIONS[action].step(terms)].brings(terms) !== undefined;
  };
  if (brings(true)) return 'always';
  return brings(false) ? 'with-no-send-email' : 'never';
}

function optionsOf(action: Action): ActionCard['options'] {
  const { touchesPassword } =
    STEPS[ACTIONS[action].step({ sendEmail: true, revokeSessions: false })];
  if (!touchesPassword) return [];
  return SWITCHES.filter(({ name }) => name !== 'no-send-email' || action === 'reset-password').map(
    ({ name }) => ({ flag: name, ticked: TICKED.has(name) }),
  );
}

/** The actions as cards to choose from, in the order of the table. */
export const ACTION_CARDS: readonly ActionCard[] = ACTION_NAMES.map((action) => {
  const { label, hint, does, statuses } = ACTIONS[action];
  return {
    action,
    label,
    hint,
    does,
    statuses,
    options: optionsOf(action),
    secrets: secretsOf(action),
  };
});
