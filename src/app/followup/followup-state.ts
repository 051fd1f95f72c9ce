import type { ActionSpec } from '../../domain/plan/action.ts';
import type { User } from '../../domain/org/user.ts';

/**
 * How far a user has come after a reset, or after another action:
 * - `finished`: has set a new password since
 * - `waiting`: has not, and still can
 * - `link-dead`: has not, and the link has expired; only an admin can help
 * - `link-used`: has not, and the link was opened, so it no longer works: by a user who stopped halfway, or a mail scanner
 * - `bounced`: has not, and an email to the user after the reset bounced
 * - `gone`: deactivated, suspended, or no longer there
 * - `no-trace`: Okta shows the user as they were before the reset
 * - `contained`: is as the action left them: suspended, without a new sign-in, without a new factor
 * - `signed-in-again`: has signed in since sessions or tokens were ended
 * - `enrolled-again`: has enrolled a factor since factors were reset
 * - `lifted`: was suspended, and no longer is: by an admin, or by the import of a directory
 * - `as-before`: is suspended or locked out again
 * - `came-back`: was skipped because of their status, and is now ACTIVE with the old password; no run has reset them
 */
export const FOLLOWUP_STATES = [
  'finished',
  'waiting',
  'link-dead',
  'link-used',
  'bounced',
  'gone',
  'no-trace',
  'contained',
  'signed-in-again',
  'enrolled-again',
  'lifted',
  'as-before',
  'came-back',
] as const;

export type FollowupState = (typeof FOLLOWUP_STATES)[number];

/** The states that a resend takes by default. */
export const STUCK_STATES: readonly FollowupState[] = ['link-dead', 'came-back'];

/** The states that a resend can take. Those that it takes by default come first. */
export const RESENDABLE = [
  'link-dead',
  'came-back',
  'link-used',
  'waiting',
  'bounced',
  'no-trace',
  'lifted',
  'signed-in-again',
  'enrolled-again',
  'as-before',
] as const satisfies readonly FollowupState[];

/** What is known about a user's reset. Times are epoch milliseconds by Okta's clock. */
export interface ResetFacts {
  readonly spec: ActionSpec;
  /** Just before the reset was sent. */
  readonly resetMs: number;
  /** The user as the plan recorded them. */
  readonly before: {
    readonly status: string | undefined;
    readonly statusChangedMs: number | undefined;
    readonly passwordChangedMs: number | undefined;
  };
}

export interface Standing {
  readonly state: FollowupState;
  /** When the link expires or expired, if there is one. */
  readonly linkDiesMs: number | undefined;
}

const GONE: readonly string[] = ['DEPROVISIONED', 'SUSPENDED', 'STAGED'];
/** Recorded answers show that a user who never signed in can go to PROVISIONED instead of RECOVERY. */
const BY_LINK: readonly string[] = ['RECOVERY', 'PROVISIONED'];

function isUntouched({ before }: ResetFacts, user: User): boolean {
  return (
    before.status === user.status &&
    before.statusChangedMs !== undefined &&
    before.statusChangedMs === user.statusChangedMs &&
    before.passwordChangedMs === user.passwordChangedMs
  );
}

/** Tells how far a user is. `user` is undefined if the org no longer has them. */
export function standingOf(
  reset: ResetFacts,
  user: User | undefined,
  now: {
    readonly nowMs: number;
    readonly lifetimeMs: number;
    /** When the last email to the user that bounced was sent. */
    readonly bouncedMs: number | undefined;
    /** When the user's link was last opened, by the System Log. */
    readonly linkUsedMs?: number | undefined;
  },
): Standing {
  const at = (state: FollowupState, linkDiesMs?: number): Standing => ({ state, linkDiesMs });
  if (user === undefined || GONE.includes(user.status)) return at('gone');
  const bounced = now.bouncedMs !== undefined && now.bouncedMs >= reset.resetMs;
  if (BY_LINK.includes(user.status)) {
    // A repeated reset makes a new link, but can leave statusChanged as it is.
    const madeMs = Math.max(user.statusChangedMs ?? reset.resetMs, reset.resetMs);
    const diesMs = madeMs + now.lifetimeMs;
    if (bounced) return at('bounced', diesMs);
    // Even if it has expired since, because another link would be opened in the same way.
    if (now.linkUsedMs !== undefined && now.linkUsedMs >= reset.resetMs)
      return at('link-used', diesMs);
    return at(now.nowMs >= diesMs ? 'link-dead' : 'waiting', diesMs);
  }
  if (user.status === 'PASSWORD_EXPIRED') {
    if (reset.spec.action === 'reset-password' && isUntouched(reset, user)) return at('no-trace');
    return at(bounced ? 'bounced' : 'waiting');
  }
  if (isUntouched(reset, user)) return at('no-trace');
  if (user.status === 'LOCKED_OUT') {
    const changed =
      user.passwordChangedMs !== reset.before.passwordChangedMs &&
      (user.passwordChangedMs ?? -Infinity) >= reset.resetMs;
    return at(changed ? 'finished' : 'waiting');
  }
  return at('finished');
}

/**
 * Tells whether a user who was skipped because of their status is back with the old password: ACTIVE now, without a password
 * change since the plan was made (`plannedMs`, by Okta's clock).
 */
export function hasComeBack(user: User | undefined, plannedMs: number): boolean {
  return user?.status === 'ACTIVE' && (user.passwordChangedMs ?? -Infinity) < plannedMs;
}
