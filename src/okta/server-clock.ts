import type { Clock } from '../domain/clock.ts';

/** Okta's clock, carried on by ours between answers. */
export interface ServerClock {
  /**
   * Takes the `Date` of an answer that has just arrived, epoch milliseconds, and our monotonic time before its
   * call was sent. An answer that was long on its way says little, and moves nothing that others said better.
   */
  readonly learn: (serverDateMs: number, sentMs: number) => void;
  /**
   * Okta's time now, epoch milliseconds; undefined before the first answer. Never ahead of Okta's own clock: `Date`
   * has whole seconds, and the way here took its time, so it may be behind by a second and that time.
   */
  readonly nowMs: () => number | undefined;
}

const SECOND_MS = 1000;

export function createServerClock(clock: Clock): ServerClock {
  let known: { readonly offsetMs: number; readonly sentMs: number } | undefined;
  return {
    learn: (serverDateMs, sentMs) => {
      // Between sending and now Okta's clock stood within the second of `Date`: that bounds the offset on both sides.
      const leastMs = serverDateMs - clock.monotonicMs();
      const mostMs = serverDateMs + SECOND_MS - sentMs;
      // A clock was set back, or ours ran through a sleep; an older call cannot know that better than a newer one.
      const refuted = known !== undefined && known.offsetMs > mostMs && sentMs >= known.sentMs;
      if (known === undefined || refuted || leastMs > known.offsetMs)
        known = { offsetMs: leastMs, sentMs };
    },
    nowMs: () => (known === undefined ? undefined : known.offsetMs + clock.monotonicMs()),
  };
}
