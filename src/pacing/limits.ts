/** The numbers of the pacing, each with its reason. Times in milliseconds. */
export const LIMITS = {
  /** A window counts as over this long after its end, because servers count whole milliseconds and timers can be early. */
  afterEndMs: 10,
  /** If a probe has no answer after this time, another one follows. */
  probePatienceMs: 1000,
  /** The wait after a refused probe, doubled after each further refusal, up to a window: headers are in whole seconds. */
  probeAgainMs: 1000,
  /** Reset headers of one window can differ by this much, because some servers compute them again for each answer. */
  resetJitterMs: 1000,
  /** Times from a reset header can be wrong by this much, because it is cut to the second and answers take time. */
  resetSlackMs: 2000,
  /** A reset header that is further ahead than this many windows is not the end of this window. */
  resetMostWindows: 2,
  /** A wall clock that is synchronized with time servers is off by less than this. */
  wallClockMs: 500,
  /** How many consecutive 429s, with calls left, are believed. Okta's limit of emails per recipient causes single ones. */
  refusalsToBelieve: 3,
  /** Calls in flight at the start, before the org has shown that it accepts more. */
  slotsAtStart: 4,
  /** The rest after a concurrency 429 before one more slot is tried, its growth if that is refused, and its maximum. */
  restMs: 500,
  restGrowth: 4,
  restMostMs: 60_000,
  /** The pause while others use all slots, doubled up to its maximum. One is free within a second (Okta's documents). */
  slotsClosedMs: 50,
  slotsClosedMostMs: 2000,
  /** Shorter waits are the normal rhythm of a run, and are not reported. */
  pauseToldMs: 500,
  /** A minute and an hour of our own pace last this much longer, so that a late timer never adds a call to them. */
  ownPaceMarginMs: 100,
} as const;
