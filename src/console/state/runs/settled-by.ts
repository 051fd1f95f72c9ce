import { ACTIONS, type Action } from '../../../domain/plan/action.ts';
import type { Warning } from '../../../domain/plan/preview.ts';

/** What a button does about a warning: flags for the plan's draft, and a new plan. */
export interface Settlement {
  readonly label: string;
  readonly flags: Readonly<Record<string, readonly string[]>>;
}

type Settlements = Readonly<Partial<Record<Warning['code'], Settlement>>>;

const OF_EVERY_ACTION: Settlements = {
  'already-done': { label: 'Act on them again', flags: { again: [] } },
};

/** What is added to an action on passwords has its own flag. */
const OF_PASSWORD_ACTIONS: Settlements = {
  'sessions-stay-alive': { label: 'End the sessions too', flags: { 'revoke-sessions': [] } },
  'tokens-stay-alive': { label: 'Revoke the tokens too', flags: { 'revoke-tokens': [] } },
  'factors-open-to-intruders': { label: 'Reset the factors too', flags: { 'reset-factors': [] } },
};

/** The other actions are one call each: more is another action, that does this one's work as well. */
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

/** What settles a warning of an action; undefined where no other plan does. */
export function settledBy(code: Warning['code'], action: Action): Settlement | undefined {
  const own = ACTIONS[action].kind === 'password' ? OF_PASSWORD_ACTIONS : OF_ONE_ACTION[action];
  return own?.[code] ?? OF_EVERY_ACTION[code];
}
