import { counted, count } from '../counted.ts';
import { formatDuration } from '../duration.ts';
import type { SignalName } from '../host.ts';

/** Why a run ended before its last row. */
export type StopReason =
  /** The org no longer accepts the credential (401). */
  | { readonly kind: 'credentials'; readonly detail: string }
  /** The credential lacks a role or scope for every user, not for one of them. */
  | { readonly kind: 'permission'; readonly detail: string }
  | { readonly kind: 'failure-share'; readonly failed: number; readonly ended: number }
  | { readonly kind: 'all-not-found'; readonly ended: number }
  /** `wave` counts from 1; absent for the first. */
  | { readonly kind: 'canary'; readonly detail: string; readonly wave?: number }
  /** Somebody looked at the canary and decided not to continue. */
  | { readonly kind: 'declined'; readonly done: number }
  /** Okta says that our request is malformed, so more of them would not help. */
  | { readonly kind: 'our-bug'; readonly detail: string }
  | { readonly kind: 'signal'; readonly signal: SignalName }
  /** Somebody pressed Stop in the console. */
  | { readonly kind: 'console' }
  | { readonly kind: 'max-duration'; readonly limitMs: number }
  /** The plan is too old to continue. What earlier invocations left open is still settled. */
  | { readonly kind: 'plan-expired'; readonly detail: string }
  /** The org stays unreachable or read-only. */
  | { readonly kind: 'org-unavailable'; readonly detail: string }
  /** The journal or the secrets file cannot be written. */
  | { readonly kind: 'disk'; readonly detail: string };

/** Returns the stop if it still matters. One that only ended a run early does not matter if nothing was `left` to do. */
export function standingStop(stop: StopReason | undefined, left: number): StopReason | undefined {
  if (stop === undefined || left > 0) return stop;
  switch (stop.kind) {
    case 'signal':
    case 'console':
    case 'max-duration':
    case 'declined':
    case 'org-unavailable':
    case 'plan-expired':
    case 'disk':
      return undefined;
    case 'credentials':
    case 'permission':
    case 'failure-share':
    case 'all-not-found':
    case 'canary':
    case 'our-bug':
      return stop;
    default: {
      const never: never = stop;
      return never;
    }
  }
}

/**
 * Tells whether the canary stopped the run although all its calls succeeded, because its links were opened by a machine or
 * had no effect.
 */
export function isCanaryStuck(
  stop: Pick<StopReason, 'kind'> | undefined,
  { failed, unknown }: { readonly failed: number; readonly unknown: number },
): boolean {
  return stop?.kind === 'canary' && failed + unknown === 0;
}

/** Returns one or two sentences that say why a run ended before its last row. */
export function stopText(stop: StopReason): string {
  switch (stop.kind) {
    case 'credentials':
      return `Okta no longer accepts the credential: ${stop.detail}`;
    case 'permission':
      return `The credential lacks the permission for this: ${stop.detail}`;
    case 'failure-share':
      return `Too many rows failed: ${count(stop.failed)} of ${count(stop.ended)}.`;
    case 'all-not-found':
      return `None of the first ${counted(stop.ended, 'user')} exists in this org. Is it the right org?`;
    case 'canary':
      return `${stop.wave === undefined ? 'The canary' : `Wave ${stop.wave}`} failed: ${stop.detail}`;
    case 'declined':
      return `Stopped after the first ${counted(stop.done, 'user')}, as you chose.`;
    case 'our-bug':
      return `Okta says the request is malformed: ${stop.detail}`;
    case 'signal':
      return `Stopped by ${stop.signal}.`;
    case 'console':
      return 'Stopped in the console.';
    case 'max-duration':
      return `Stopped after ${formatDuration(stop.limitMs)}, as asked.`;
    case 'org-unavailable':
      return `The org cannot be reached: ${stop.detail}`;
    case 'plan-expired':
      return stop.detail;
    case 'disk':
      return `The run's files cannot be written: ${stop.detail}`;
    default: {
      const never: never = stop;
      return never;
    }
  }
}
