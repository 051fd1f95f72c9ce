import { DEFAULTS } from '../../config/defaults.ts';
import type { OrgConfig } from '../../config/org.ts';
import type { PaceConfig } from '../../config/pace.ts';
import type { ServerClock } from '../../domain/clock.ts';
import type { Host } from '../../domain/host.ts';
import type { Pacing, Pause } from '../../domain/org/pacing.ts';
import type { BucketTraffic } from '../../domain/run/summary.ts';
import { createPacing } from '../../pacing/pacing.ts';
import { createServerClock } from '../../okta/http/server-clock.ts';

/** Okta's bucket that every write of okta-reset counts towards. */
export const WRITE_BUCKET = '/api/v1/users';

export type OnPause = (pause: Pause) => void;

/** What two connections must have in common to share a pacing. */
export type SharedPace = Pick<PaceConfig, 'ratePercent' | 'perMinute' | 'perHour' | 'concurrency'>;

/** The pacing of an org for one connection. */
export interface PacingTurn {
  readonly pacing: Pacing;
  readonly serverClock: ServerClock;
  /** Calls and waits since this turn began. */
  readonly traffic: () => readonly BucketTraffic[];
}

/** The pacing of each org that a command talks to. */
export interface Pacings {
  /**
   * Begins a turn: the new connection continues with what was learned about the org's windows, and with what is left of
   * them. From now on, only `onPause` is told about waits.
   */
  readonly turn: (org: Pick<OrgConfig, 'origin'>, pace: SharedPace, onPause: OnPause) => PacingTurn;
  /** Rejects all waiting calls and leaves no timer behind. */
  readonly close: () => void;
}

interface Shared {
  readonly pacing: ReturnType<typeof createPacing>;
  readonly serverClock: ServerClock;
  onPause: OnPause;
}

function since(
  now: readonly BucketTraffic[],
  before: readonly BucketTraffic[],
): readonly BucketTraffic[] {
  return now.flatMap((bucket) => {
    const earlier = before.find((each) => each.bucket === bucket.bucket);
    if (earlier === undefined) return [bucket];
    const calls = bucket.calls - earlier.calls;
    const throttled = bucket.throttled - earlier.throttled;
    const waitedMs = bucket.waitedMs - earlier.waitedMs;
    return calls + throttled + waitedMs === 0
      ? []
      : [{ bucket: bucket.bucket, calls, throttled, waitedMs }];
  });
}

/**
 * Opens the pacings of one command. Okta counts the calls of a credential together, no matter which connection sends them.
 */
export function openPacings({ clock, random }: Pick<Host, 'clock' | 'random'>): Pacings {
  const known = new Map<string, Shared>();

  const sharedOf = (org: Pick<OrgConfig, 'origin'>, pace: SharedPace, onPause: OnPause): Shared => {
    const { ratePercent, perMinute, perHour, concurrency } = pace;
    const key = JSON.stringify([org.origin, ratePercent, perMinute, perHour, concurrency]);
    const old = known.get(key);
    if (old !== undefined) return old;
    const serverClock = createServerClock(clock);
    const pacing = createPacing(
      {
        ...{ ratePercent, perMinute, perHour },
        maxInFlight: concurrency,
        windowMs: DEFAULTS.windowMs,
        writeBucket: WRITE_BUCKET,
      },
      { clock, serverClock, random, onPause: (pause) => shared.onPause(pause) },
    );
    const shared: Shared = { pacing, serverClock, onPause };
    known.set(key, shared);
    return shared;
  };

  return {
    turn: (org, pace, onPause) => {
      const shared = sharedOf(org, pace, onPause);
      shared.onPause = onPause;
      const { pacing, serverClock } = shared;
      const before = pacing.traffic();
      return { pacing, serverClock, traffic: () => since(pacing.traffic(), before) };
    },
    close: () => {
      for (const { pacing } of known.values()) pacing.close();
    },
  };
}
