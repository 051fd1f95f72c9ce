import { ACTIONS, type Action } from '../../domain/plan/action.ts';
import type { FollowupState } from './followup-state.ts';

const MEANING: Readonly<Record<FollowupState, string>> = {
  finished: 'set a new password since',
  waiting: 'not yet, but still can',
  'link-dead': 'stuck: the link has expired, and only an admin can send another',
  'link-used': 'the link was used, but no password was set: it no longer works',
  bounced: 'the email bounced: reach them another way',
  gone: 'deactivated, suspended or deleted since',
  'no-trace': 'Okta shows no reset: look at these users first',
  contained: 'unchanged since the action',
  'signed-in-again': 'signed in since: make sure that it was them',
  'enrolled-again': 'enrolled an MFA factor since: make sure that it was the user',
  lifted: 'no longer suspended: an admin or an import lifted it',
  'as-before': 'suspended or locked out again',
  'came-back': 'was skipped because of the status, and is active again with the old password',
};

const NO_TRACE = 'Okta shows no such call: look at these users first';

/** Describes a state after an action, in a few words. */
export function followupMeaning(state: FollowupState, action: Action): string {
  const { kind } = ACTIONS[action];
  if (state === 'finished' && kind === 'restore') return 'as asked, and no longer blocked';
  return state === 'no-trace' && action !== 'reset-password' ? NO_TRACE : MEANING[state];
}

/** The words of a follow-up, which depend on what was done to the users. */
export interface FollowupWords {
  /** The state that is good news, and what is said about users in it: `3 of 4 users still contained`. */
  readonly good: FollowupState;
  readonly goodWords: string;
  /** `3 users reset`, `3 users acted on`. */
  readonly done: string;
  /** What the System Log proves: a reset, or a call. */
  readonly proof: string;
  /** Users were given a link that expires. */
  readonly hasLink: boolean;
}

const ACTED = { done: 'acted on', proof: 'call', hasLink: false } as const;

export function followupWords(action: Action): FollowupWords {
  const { kind } = ACTIONS[action];
  switch (kind) {
    case 'password':
      return action === 'reset-password'
        ? { good: 'finished', goodWords: 'finished', done: 'reset', proof: 'reset', hasLink: true }
        : { good: 'finished', goodWords: 'finished', ...ACTED };
    case 'contain':
      return { good: 'contained', goodWords: 'still contained', ...ACTED };
    case 'restore':
      return { good: 'finished', goodWords: 'restored', ...ACTED };
    default: {
      const never: never = kind;
      return never;
    }
  }
}
