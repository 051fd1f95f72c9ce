import type { ActionEntry } from './action-entry.ts';
import { CONTAINING_ACTIONS, RESTORING_ACTIONS } from './other-actions.ts';
import { PASSWORD_ACTIONS } from './password-actions.ts';
import { STEPS, type Step, type StepTerms } from './step.ts';

const ENTRIES = { ...PASSWORD_ACTIONS, ...CONTAINING_ACTIONS, ...RESTORING_ACTIONS };

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
  const { ask, undo } = ACTIONS[spec.action];
  return `${ask(count, users)}${also}. ${undo}`;
}
