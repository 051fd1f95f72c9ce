import { ACTIONS, type ActionSpec } from '../../domain/plan/action.ts';
import type { User } from '../../domain/org/user.ts';
import type { FollowupState } from './followup-state.ts';

/** What is known about an action that did not set a password. Times are epoch milliseconds by Okta's clock. */
export interface ContainedFacts {
  readonly spec: ActionSpec;
  /** Just before it was sent. */
  readonly doneMs: number;
  /** When the user last enrolled a factor, by the System Log. */
  readonly enrolledMs: number | undefined;
}

function lastLoginMs({ raw }: User): number | undefined {
  const text = raw['lastLogin'];
  const ms = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

/**
 * Tells what state a user is in after an action that did not set a password. `user` is undefined if the org no longer has
 * them.
 */
export function containedStateOf(facts: ContainedFacts, user: User | undefined): FollowupState {
  const { spec, doneMs, enrolledMs } = facts;
  if (user === undefined || user.status === 'DEPROVISIONED') return 'gone';
  const { kind, statuses } = ACTIONS[spec.action];
  if (kind === 'restore') {
    if (!statuses.some((status) => status === user.status)) return 'finished';
    return spec.action === 'reactivate' ? 'waiting' : 'as-before';
  }
  // Lifted by an admin, or by the next import of a directory or HR system.
  if (spec.action === 'suspend') return user.status === 'SUSPENDED' ? 'contained' : 'lifted';
  if (spec.action === 'reset-factors' && enrolledMs !== undefined && enrolledMs >= doneMs)
    return 'enrolled-again';
  const isEnded = spec.action === 'end-sessions' || spec.action === 'revoke-tokens';
  return isEnded && (lastLoginMs(user) ?? -Infinity) >= doneMs ? 'signed-in-again' : 'contained';
}

/** Tells whether two runs of a chain are followed up together. What one run did to passwords says nothing about sessions. */
export function isSameConcern(a: ActionSpec, b: ActionSpec): boolean {
  const both = [a, b].every(({ action }) => ACTIONS[action].kind === 'password');
  return both || a.action === b.action;
}
