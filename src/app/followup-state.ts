import type { ActionSpec } from '../domain/action.ts';
import type { User } from '../domain/user.ts';

/**
 * How far a user has come after a reset:
 * - `finished`: has set a new password since
 * - `waiting`: has not, and still can
 * - `link-dead`: has not, and the link has expired; only an admin can help
 * - `bounced`: has not, and a mail sent to the user after the reset came back
 * - `gone`: deactivated, suspended, or no longer there
 * - `no-trace`: Okta shows the user as it was before the reset
 */
export const FOLLOWUP_STATES = [
  'finished',
  'waiting',
  'link-dead',
  'bounced',
  'gone',
  'no-trace',
] as const;

export type FollowupState = (typeof FOLLOWUP_STATES)[number];

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
