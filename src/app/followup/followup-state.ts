import type { ActionSpec } from '../../domain/plan/action.ts';
import type { User } from '../../domain/org/user.ts';

/**
 * How far a user has come after a reset, or after another action:
 * - `finished`: has set a new password since
 * - `waiting`: has not, and still can
 * - `link-dead`: has not, and the link has expired; only an admin can help
 * - `link-used`: has not, and the link was opened: it works no more. A user who left half-way, or a mail scanner
 * - `bounced`: has not, and a mail sent to the user after the reset came back
 * - `gone`: deactivated, suspended, or no longer there
 * - `no-trace`: Okta shows the user as it was before the reset
 * - `contained`: is as the action left it: suspended, without a new sign-in, without a new factor
 * - `signed-in-again`: has signed in since sessions or tokens were ended
 * - `enrolled-again`: has enrolled a factor since factors were reset
 * - `lifted`: was suspended, and is not any more: by an admin, or by the import of a directory
 * - `as-before`: is suspended or locked out again
 * - `came-back`: was skipped because of its status, and is ACTIVE since, with the old password; no run has reset it
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

/** The states that a re-send takes by itself. */
export const STUCK_STATES: readonly FollowupState[] = ['link-dead', 'came-back'];

/** The states that a re-send takes at all, those that it takes by itself first. */
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

/** What is known of a user's reset. Times are epoch milliseconds by Okta's clock. */
export interface ResetFacts {
  readonly spec: ActionSpec;
  /** Just before the reset was sent. */
  readonly resetMs: number;
  /** As the plan saw the user. */
  readonly before: {
    readonly status: string | undefined;
    readonly statusChangedMs: number | undefined;
    readonly passwordChangedMs: number | undefined;
  };
}

export interface Standing {
  readonly state: FollowupState;
  /** When the link dies or died, where there is one. */
  readonly linkDiesMs: number | undefined;
}

const GONE: readonly string[] = ['DEPROVISIONED', 'SUSPENDED', 'STAGED'];
/** A user who never signed in has been seen to go to PROVISIONED instead of RECOVERY. */
const BY_LINK: readonly string[] = ['RECOVERY', 'PROVISIONED'];

function isUntouched({ before }: ResetFacts, user: User): boolean {
  return (
    before.status === user.status &&
    before.statusChangedMs !== undefined &&
    before.statusChangedMs === user.statusChangedMs &&
    before.passwordChangedMs === user.passwordChangedMs
  );
}

/** Tells how far a user has come; `user` is undefined where the org has none any more. */
export function standingOf(
  reset: ResetFacts,
  user: User | undefined,
  now: {
    readonly nowMs: number;
    readonly lifetimeMs: number;
    /** The last mail to the user that came back. */
    readonly bouncedMs: number | undefined;
    /** The last time that the link of the user was opened, as the System Log tells it. */
    readonly linkUsedMs?: number | undefined;
  },
): Standing {
  const at = (state: FollowupState, linkDiesMs?: number): Standing => ({ state, linkDiesMs });
  if (user === undefined || GONE.includes(user.status)) return at('gone');
  const bounced = now.bouncedMs !== undefined && now.bouncedMs >= reset.resetMs;
  if (BY_LINK.includes(user.status)) {
    // A repeated reset makes a new link and may leave statusChanged where it was.
    const madeMs = Math.max(user.statusChangedMs ?? 0, reset.resetMs);
    const diesMs = madeMs + now.lifetimeMs;
    if (bounced) return at('bounced', diesMs);
    // Also where it has expired since: another link would be opened just the same.
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
      (user.passwordChangedMs ?? 0) >= reset.resetMs;
    return at(changed ? 'finished' : 'waiting');
  }
  return at('finished');
}

/**
 * Tells whether a user who was skipped because of its status has come back with the old password: ACTIVE now, and the
 * password has not changed since the plan was made (`plannedMs`, by Okta's clock).
 */
export function hasComeBack(user: User | undefined, plannedMs: number): boolean {
  return user?.status === 'ACTIVE' && (user.passwordChangedMs ?? -Infinity) < plannedMs;
}
