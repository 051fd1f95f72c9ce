import type { Clock } from '../domain/clock.ts';

/** Okta's clock, carried on by ours between answers. */
export interface ServerClock {
  /** Takes the `Date` of an answer that has just arrived, epoch milliseconds. */
  readonly learn: (serverDateMs: number) => void;
  /**
   * Okta's time now, epoch milliseconds; undefined before the first answer. Never ahead of Okta's own clock: `Date`
   * has whole seconds, and the way here took its time, so it may be behind by a second and that time.
   */
  readonly nowMs: () => number | undefined;
}

export function createServerClock(clock: Clock): ServerClock {
  let offsetMs: number | undefined;
  return {
    learn: (serverDateMs) => {
      offsetMs = serverDateMs - clock.monotonicMs();
    },
    nowMs: () => (offsetMs === undefined ? undefined : offsetMs + clock.monotonicMs()),
  };
}
