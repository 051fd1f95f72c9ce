import { ACTIONS, type Action } from '../../domain/plan/action.ts';
import type { FollowupState } from './followup-state.ts';

const MEANING: Readonly<Record<FollowupState, string>> = {
  finished: 'set a new password since',
  waiting: 'not yet, and still can',
  'link-dead': 'stuck: the link has expired, only an admin can help',
  'link-used': 'link used, password not changed: the link works no more',
  bounced: 'the mail came back: reach them another way',
  gone: 'deactivated, suspended or deleted since',
  'no-trace': 'Okta shows no sign of the reset: look at these first',
  contained: 'still as the action left them',
  'signed-in-again': 'signed in since: make sure that it was them',
  'enrolled-again': 'enrolled a factor since: make sure that it was them',
  lifted: 'no longer suspended: by an admin, or by an import',
  'as-before': 'suspended or locked out again',
  'came-back': 'was skipped by status, is active again with the old password',
};

/** What a state means after an action, in a few words. */
export function followupMeaning(state: FollowupState, action: Action): string {
  return state === 'finished' && ACTIONS[action].kind === 'restore'
    ? 'as asked, and no longer held back'
    : MEANING[state];
}
