import { ACTIONS, type Action } from '../../../domain/plan/action.ts';
import type { Warning } from '../../../domain/plan/preview.ts';

/** What the button of a warning does: it changes flags of the plan's draft, and makes a new plan. */
export interface Settlement {
  readonly label: string;
  readonly flags: Readonly<Record<string, readonly string[]>>;
}

type Settlements = Readonly<Partial<Record<Warning['code'], Settlement>>>;

const OF_EVERY_ACTION: Settlements = {
  'already-done': { label: 'Act on them again', flags: { again: [] } },
};

/** Whatever can be added to a password action has a flag. */
const OF_PASSWORD_ACTIONS: Settlements = {
  'sessions-stay-alive': { label: 'End the sessions too', flags: { 'revoke-sessions': [] } },
  'tokens-stay-alive': { label: 'Revoke the tokens too', flags: { 'revoke-tokens': [] } },
  'factors-open-to-intruders': { label: 'Reset the factors too', flags: { 'reset-factors': [] } },
};

/** The other actions are one call each. Doing more means a different action that includes this one. */
const OF_ONE_ACTION: Readonly<Partial<Record<Action, Settlements>>> = {
  'end-sessions': {
    'tokens-stay-alive': { label: 'Revoke the tokens too', flags: { action: ['revoke-tokens'] } },
  },
  'reset-factors': {
    'factors-open-to-intruders': {
      label: 'Reset the passwords too',
      flags: {
        action: ['reset-password'],
        'reset-factors': [],
        'revoke-sessions': [],
        'revoke-tokens': [],
      },
    },
  },
};

/** Returns what settles a warning about an action; undefined if no other plan would. */
export function settledBy(code: Warning['code'], action: Action): Settlement | undefined {
  const own = ACTIONS[action].kind === 'password' ? OF_PASSWORD_ACTIONS : OF_ONE_ACTION[action];
  return own?.[code] ?? OF_EVERY_ACTION[code];
}
