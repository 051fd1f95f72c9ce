/** The numbers of the pacing, each with its reason. Times in milliseconds. */
export const LIMITS = {
  /** A window counts as over this long after its end: servers count whole milliseconds, and timers can be early. */
  afterEndMs: 10,
  /** If a probe has no answer after this time, another one follows. */
  probePatienceMs: 1000,
  /** Wait after a refused probe, doubled with each further refusal up to a window: headers have whole seconds. */
  probeAgainMs: 1000,
  /** Reset headers of one window differ by up to this: some servers compute them again for each answer. */
  resetJitterMs: 1000,
  /** Times from a reset header can be wrong by this much: it is cut to the second, and answers take time. */
  resetSlackMs: 2000,
  /** A reset header that is further away than this many windows is not the end of this window. */
  resetMostWindows: 2,
  /** A wall clock that is set by time servers is right to less than this. */
  wallClockMs: 500,
  /** 429s in a row with calls left before they are believed: Okta's limit of emails per recipient sends single ones. */
  refusalsToBelieve: 3,
  /** Calls in flight at the start, before the org has shown that it takes more. */
  slotsAtStart: 4,
  /** Rest after a concurrency 429 before one more slot is tried, its growth while that one is refused, and its end. */
  restMs: 500,
  restGrowth: 4,
  restMostMs: 60_000,
  /** Pause while others use all slots, doubled up to the longest: one is free within a second (Okta's documents). */
  slotsClosedMs: 50,
  slotsClosedMostMs: 2000,
  /** Shorter waits are the normal rhythm of a run, and are not reported. */
  pauseToldMs: 500,
  /** A minute and an hour of our own pace last this much longer, so that a late timer never adds a call to them. */
  ownPaceMarginMs: 100,
} as const;
