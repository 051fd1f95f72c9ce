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

/** What is done to each user: the action, and the options that change its calls. */
export interface ActionSpec extends StepTerms {
  readonly action: Action;
  readonly revokeTokens: boolean;
  /** Absent in plans of 0.1.0. */
  readonly resetFactors?: boolean | undefined;
  /**
   * The order in which the steps are sent; absent in plans of 0.1.0, which end sessions and tokens before the password
   * call.
   */
  readonly order?: StepOrder | undefined;
}

export const STEP_ORDERS = ['password-first'] as const;
export type StepOrder = (typeof STEP_ORDERS)[number];

/** Tells whether two plans do the same thing to a user. A temporary password and an emailed link are different things. */
export function isSameAction(a: ActionSpec, b: ActionSpec): boolean {
  return a.action === b.action && (a.action !== 'reset-password' || a.sendEmail === b.sendEmail);
}

/** Returns the step that the action is for. */
export function mainStepOf(spec: ActionSpec): Step {
  return ACTIONS[spec.action].step(spec);
}

/** Returns the action that a step belongs to; undefined if there is none. */
export function actionOf(step: Step): Action | undefined {
  const terms = { sendEmail: true, revokeSessions: false };
  return ACTION_NAMES.find((name) => ACTIONS[name].step(terms) === step);
}

/** Returns the extra call that ends sessions or tokens after a password action; undefined if none is needed. */
function endingStepOf(spec: ActionSpec): 'tokens' | 'sessions' | undefined {
  if (spec.revokeTokens) return 'tokens';
  // Endpoints without revokeSessions need an extra call. The one that revokes tokens also ends sessions.
  const endsSessions = STEPS[mainStepOf(spec)].query(spec).includes('revokeSessions=true');
  return spec.revokeSessions && !endsSessions ? 'sessions' : undefined;
}

/**
 * Returns the steps of an action in the order in which they are sent. The password call comes first, so that nobody can sign
 * in with the old password before sessions and tokens are ended. Factors come directly before it if Okta refuses to reset
 * them in the status that the password call leads to.
 */
export function stepsOf(spec: ActionSpec): readonly Step[] {
  const main = mainStepOf(spec);
  const ending = endingStepOf(spec);
  if (spec.order === undefined)
    return ending === undefined
      ? [main]
      : [ending === 'tokens' ? 'revoke-tokens' : 'revoke-sessions', main];
  const after: readonly Step[] =
    ending === undefined ? [] : [ending === 'tokens' ? 'end-tokens' : 'end-sessions'];
  if (spec.resetFactors !== true) return [main, ...after];
  return isRefusedAfter('reset-factors', main)
    ? ['reset-factors', main, ...after]
    : [main, 'reset-factors', ...after];
}

function isRefusedAfter(step: Step, main: Step): boolean {
  const { leftOut } = STEPS[step];
  const { leaves } = STEPS[main];
  return leftOut !== undefined && leaves !== undefined && !leftOut.unless.includes(leaves);
}

/**
 * Tells whether no stop must come between two steps, because the second one restores the protection that the first one
 * removed.
 */
export function isBound(done: Step | undefined, next: Step | undefined): boolean {
  return done === 'reset-factors' && next !== undefined && STEPS[next].touchesPassword;
}

/** Tells whether Okta emails the users a link that works once. */
export function mailsLink(spec: ActionSpec): boolean {
  return spec.action === 'reset-password' && spec.sendEmail;
}

/** Tells whether Okta emails the users. */
export function mailsUsers(spec: ActionSpec): boolean {
  return mailsLink(spec) || spec.action === 'reactivate';
}

/** Tells whether the action returns something that only the admin is allowed to see. */
export function producesSecrets(spec: ActionSpec): boolean {
  return STEPS[mainStepOf(spec)].brings(spec) !== undefined;
}

/** Names what else is ended: sessions, OAuth tokens; empty if nothing is. */
export function endedBeside(spec: ActionSpec): readonly string[] {
  const sessions = spec.revokeSessions || spec.revokeTokens;
  return [...(sessions ? ['sessions'] : []), ...(spec.revokeTokens ? ['OAuth tokens'] : [])];
}

/** Names what is done to each user in addition to the action. */
function additionsOf(spec: ActionSpec): readonly string[] {
  const ended = endedBeside(spec);
  return [
    ...(spec.resetFactors === true ? ['remove all their MFA factors'] : []),
    ...(ended.length === 0 ? [] : [`end their ${ended.join(' and ')}`]),
  ];
}

/** Describes what becomes of each user: the action, and what is done in addition. */
export function doesText(spec: ActionSpec): string {
  const { does } = ACTIONS[spec.action];
  const also = additionsOf(spec);
  return also.length === 0 ? does : `${does}; also ${also.join(', and ')}`;
}

/**
 * Describes what consent starts: action, users and host, and what else is ended. `users` is a count with its noun: `307
 * users`.
 */
export function consentText(spec: ActionSpec, count: number, users: string): string {
  const also = additionsOf(spec);
  const { ask, undo } = ACTIONS[spec.action];
  const more = also.length === 0 ? '' : `, and ${also.join(', and ')}`;
  return `${ask(count, users)}${more}. ${undo}`;
}
