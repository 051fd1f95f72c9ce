import { STEPS, type Step } from '../../domain/plan/step.ts';
import type { Random } from '../../domain/clock.ts';
import type { Failure, Throttle } from '../../domain/row/failure.ts';
import { decideOn } from '../../domain/codes/okta-error.ts';
import type { StopReason } from '../../domain/run/stop.ts';
import { backoffMs, CONCURRENCY, FAULT, MAINTENANCE, THROTTLE } from './backoff.ts';

/** What to do about a step whose write did not succeed. */
export type Decision =
  /** It had no effect: send it again after a wait. `counts` tells whether the try counts against `maxRetries`. */
  | { readonly kind: 'retry'; readonly afterMs: number; readonly counts: boolean }
  /** It might have had an effect: read Okta before anything else. `halt` is set if the run ends as well. */
  | { readonly kind: 'reconcile'; readonly halt?: StopReason }
  /** It took effect, but its answer is lost. */
  | { readonly kind: 'applied' }
  /** It had no effect; what to do depends on the user's state now. */
  | { readonly kind: 'check'; readonly why: 'state' | 'recipient'; readonly afterMs: number }
  /**
   * The row fails. `suspect` is set if the cause might affect every row: it is the stop that follows if all of the first
   * rows fail this way.
   */
  | { readonly kind: 'fail'; readonly reason: string; readonly suspect?: StopReason }
  /** It might have had an effect, reads cannot show it, and no tries are left. */
  | { readonly kind: 'unproven' }
  /** It had no effect, and would have none for any other row: stop, and give the row back. */
  | { readonly kind: 'halt'; readonly stop: StopReason };

/** What a decision depends on besides the failure. */
export interface Trouble {
  readonly step: Step;
  /** Earlier tries of this step that failed and count. */
  readonly tries: number;
  /** Consecutive rate-limit answers. */
  readonly throttles: number;
  readonly maxRetries: number;
  /** Okta currently answers none of the calls. */
  readonly orgSilent: boolean;
  readonly random: Random;
}

/**
 * Okta emails the same recipient at most every 5 s (E0000118). One more second is for Okta's clock, which is in whole
 * seconds.
 */
const RECIPIENT_WAIT_MS = 6000;

/** Tells whether a code means that the user's status does not allow the step, although it did when the user was read. */
function isOfState(oktaCode: string | undefined, step: Step): boolean {
  return oktaCode !== undefined && STEPS[step].stateCodes.includes(oktaCode);
}

/** Names a failure for people and reports: Okta's code, else the transport's, else the status. */
export function nameOf(failure: Failure): string {
  switch (failure.kind) {
    case 'okta':
      return failure.oktaCode ?? `HTTP ${failure.status}`;
    case 'transport':
      return failure.code;
    case 'answer':
      return `HTTP ${failure.status}`;
    default: {
      const never: never = failure;
      return never;
    }
  }
}

function detailOf(failure: Failure): string {
  return failure.message === '' ? nameOf(failure) : `${nameOf(failure)}: ${failure.message}`;
}

/** Makes a stop reason that names the failure. */
export function stopOf(
  kind: 'credentials' | 'permission' | 'our-bug' | 'org-unavailable',
  failure: Failure,
): StopReason {
  return { kind, detail: detailOf(failure) };
}

/** Makes the reason that a failed row has in the journal. */
function reasonOf(failure: Failure): string {
  switch (failure.kind) {
    case 'transport':
      return `transport:${failure.code}`;
    case 'answer':
      return 'unreadable-answer';
    case 'okta':
      if (failure.oktaCode === 'E0000006') return 'no-permission';
      // A proxy answered, or a server broke down: the org refused nothing.
      if (failure.effect === 'possible') return 'no-effect';
      if (failure.status === 404 || failure.status === 410) return 'not-found';
      return 'refused';
    default: {
      const never: never = failure;
      return never;
    }
  }
}

/**
 * Decides what to do about a failed write. In this order:
 * 1. it certainly took effect → `applied` (a step whose secret is needed issues it again)
 * 2. a rate limit → again: after the pacing (window), a second or two (concurrency), or a read of the user (recipient)
 * 3. it might have taken effect → `reconcile`; steps that are safe to repeat are sent again instead
 * 4. it did not, and no other row would succeed (credentials, scope, our bug) → `halt`
 * 5. it did not, because of the user's state → read the user
 * 6. it did not, and might later → again with growing waits, up to `maxRetries`; then fail, or halt if the org is down
 * 7. anything else → `fail`
 */
export function decide(failure: Failure, trouble: Trouble): Decision {
  const { disposition, stop } = decideOn(failure);
  const { tries, maxRetries } = trouble;
  if (failure.kind === 'answer' || failure.effect === 'certain') return { kind: 'applied' };

  if (failure.kind === 'okta' && failure.effect === 'none' && disposition === 'wait')
    return throttled(failure.throttle, trouble);

  const spent = tries >= maxRetries;
  if (failure.effect === 'possible') {
    if (STEPS[trouble.step].repeatable && disposition !== 'abort') {
      if (!spent) return again(trouble);
      return trouble.orgSilent ? exhausted(failure, trouble) : { kind: 'unproven' };
    }
    return disposition === 'abort' && stop !== undefined
      ? { kind: 'reconcile', halt: stopOf(stop, failure) }
      : { kind: 'reconcile' };
  }

  if (failure.kind === 'okta' && isOfState(failure.oktaCode, trouble.step))
    return { kind: 'check', why: 'state', afterMs: 0 };

  return refusedOnce(failure, trouble);
}

/** Decides about a write that a rate limit refused. */
function throttled(throttle: Throttle | undefined, { throttles, random }: Trouble): Decision {
  const count = throttles + 1;
  switch (throttle?.kind) {
    case 'recipient':
      return {
        kind: 'check',
        why: 'recipient',
        afterMs: Math.max(throttle.waitMs, RECIPIENT_WAIT_MS),
      };
    case 'concurrency':
      return { kind: 'retry', afterMs: backoffMs(CONCURRENCY, count, random), counts: false };
    case 'window':
    case undefined:
      // The pacing delays the bucket until its window opens. A wait here as well would only miss the opening.
      return {
        kind: 'retry',
        afterMs: count === 1 ? 0 : backoffMs(THROTTLE, count - 1, random),
        counts: false,
      };
    default: {
      const never: never = throttle;
      return never;
    }
  }
}

function again({ tries, random }: Trouble, backoff = FAULT): Decision {
  return { kind: 'retry', afterMs: backoffMs(backoff, tries + 1, random), counts: true };
}

/** Decides about a write that had no effect, if the user's state does not explain it. */
function refusedOnce(failure: Failure, trouble: Trouble): Decision {
  const { disposition, stop, agent } = decideOn(failure);
  const spent = trouble.tries >= trouble.maxRetries;
  switch (disposition) {
    case 'abort':
      return { kind: 'halt', stop: stopOf(stop ?? 'our-bug', failure) };
    case 'skip':
    case 'fail':
    case 'fail-or-abort':
      // An agent that is away can come back, and DirectoryAgent decides how long to wait.
      if (agent !== undefined)
        return spent ? { kind: 'fail', reason: 'agent-unavailable' } : again(trouble);
      return stop === undefined
        ? { kind: 'fail', reason: reasonOf(failure) }
        : { kind: 'fail', reason: reasonOf(failure), suspect: stopOf(stop, failure) };
    case 'wait':
      // A stop held the call back, and the org refused nothing.
      if (failure.kind === 'transport' && failure.code === 'ABORTED')
        return { kind: 'retry', afterMs: 0, counts: false };
      // The call can be sent at once, because the token was renewed.
      return spent ? exhausted(failure, trouble) : { kind: 'retry', afterMs: 0, counts: true };
    case 'reconcile':
    case 'reissue':
      return spent ? exhausted(failure, trouble) : again(trouble);
    case 'wait-then-fail':
      return spent ? { kind: 'fail', reason: reasonOf(failure) } : again(trouble, MAINTENANCE);
    case 'wait-then-abort':
      if (!spent) return again(trouble, failure.kind === 'okta' ? MAINTENANCE : FAULT);
      // Read-only mode affects the whole org. So does a connection fault if no other call gets through either.
      return failure.kind === 'okta'
        ? { kind: 'halt', stop: stopOf('org-unavailable', failure) }
        : exhausted(failure, trouble);
    default: {
      const never: never = disposition;
      return never;
    }
  }
}

/** Decides about a row without tries left. It fails, unless the org answers nothing at all, which is not the row's fault. */
export function exhausted(
  failure: Failure,
  trouble: Pick<Trouble, 'orgSilent'>,
): Extract<Decision, { kind: 'halt' | 'fail' }> {
  return trouble.orgSilent
    ? { kind: 'halt', stop: stopOf('org-unavailable', failure) }
    : { kind: 'fail', reason: reasonOf(failure) };
}

/** What to do about a read that failed while a row was being settled. A read changes nothing, so only time matters. */
export type ReadDecision =
  | { readonly kind: 'retry'; readonly afterMs: number; readonly counts: boolean }
  | { readonly kind: 'gone' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'halt'; readonly stop: StopReason };

/** Tries of one read, each of which the org's transport might have repeated several times. */
export const READ_TRIES = 5;

/** Decides about a failed `GET /users/{id}`. `tries` is how many consecutive reads of this row failed before. */
export function decideRead(
  failure: Failure,
  trouble: Pick<Trouble, 'tries' | 'orgSilent' | 'random'>,
): ReadDecision {
  const afterMs = backoffMs(FAULT, trouble.tries + 1, trouble.random);
  if (failure.kind === 'okta') {
    const { disposition, stop } = decideOn(failure);
    if (disposition === 'wait') return { kind: 'retry', afterMs, counts: false };
    if (failure.oktaCode === 'E0000007') return { kind: 'gone' };
    if (failure.status === 401) return { kind: 'halt', stop: stopOf('credentials', failure) };
    // If a credential cannot read users, the System Log can still prove its writes.
    if (failure.status === 403) return { kind: 'unreadable' };
    if (disposition === 'abort' && stop !== undefined)
      return { kind: 'halt', stop: stopOf(stop, failure) };
  }
  if (trouble.tries + 1 < READ_TRIES) return { kind: 'retry', afterMs, counts: true };
  return trouble.orgSilent
    ? { kind: 'halt', stop: stopOf('org-unavailable', failure) }
    : { kind: 'unreadable' };
}
