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

/** Describes a state after an action, in a few words. */
export function followupMeaning(state: FollowupState, action: Action): string {
  return state === 'finished' && ACTIONS[action].kind === 'restore'
    ? 'as asked, and no longer blocked'
    : MEANING[state];
}
