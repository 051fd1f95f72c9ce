import type { Clock, ServerClock } from '../../domain/clock.ts';

const SECOND_MS = 1000;

/** Makes Okta's clock from the times in its answers. It knows nothing before the first one. */
export function createServerClock(clock: Clock): ServerClock {
  let known: { readonly offsetMs: number; readonly sentMs: number } | undefined;
  return {
    learn: (serverDateMs, sentMs) => {
      // Between sending and now, Okta's clock was within the second of `Date`, which limits the offset on both sides.
      const leastMs = serverDateMs - clock.monotonicMs();
      const mostMs = serverDateMs + SECOND_MS - sentMs;
      // A clock was set back, or ours continued through a sleep. A newer call is right, and an older one is not.
      const refuted = known !== undefined && known.offsetMs > mostMs && sentMs >= known.sentMs;
      if (known === undefined || refuted || leastMs > known.offsetMs)
        known = { offsetMs: leastMs, sentMs };
    },
    nowMs: () => (known === undefined ? undefined : known.offsetMs + clock.monotonicMs()),
  };
}
