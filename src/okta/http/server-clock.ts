import type { Clock, ServerClock } from '../../domain/clock.ts';

const SECOND_MS = 1000;

/** Starts Okta's clock as far as answers tell it: it knows nothing before the first. */
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
