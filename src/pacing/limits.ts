/** The figures that the pacing goes by, each with its reason. Times in milliseconds. */
export const LIMITS = {
  /** A window counts as over so long after its end: servers count whole milliseconds, and timers may be early. */
  afterEndMs: 10,
  /** A probe that is not answered so soon is followed by another. */
  probePatienceMs: 1000,
  /** Wait after a refused probe, doubled with each further refusal up to a window: headers have whole seconds. */
  probeAgainMs: 1000,
  /** Reset headers of one window differ by up to this: some servers compute them again for each answer. */
  resetJitterMs: 1000,
  /** Times that follow from a reset header are off by up to this: it is cut to the second, and answers travel. */
  resetSlackMs: 2000,
  /** A reset header further off than so many windows is no time of this window. */
  resetMostWindows: 2,
  /** A wall clock set by time servers is right to less than this. */
  wallClockMs: 500,
  /** 429s in a row that say calls are left, before the refusal is believed rather than the number (Okta's mail brake sends single ones). */
  refusalsToBelieve: 3,
  /** Calls in flight at the start, before the org has shown that it takes more. */
  slotsAtStart: 4,
  /** Rest after a concurrency 429, before one more slot is tried; how it grows while that one is refused, and up to what. */
  restMs: 500,
  restGrowth: 4,
  restMostMs: 60_000,
  /** Pause while others hold all slots, doubled up to the longest: a slot frees within a second, whatever the reset says (Okta's rate-limit documents). */
  slotsClosedMs: 50,
  slotsClosedMostMs: 2000,
  /** Waits shorter than this are the ordinary rhythm of a run, and not told. */
  pauseToldMs: 500,
  /** A minute and an hour of our own pace last this much longer, so that late timers never put one call too many into either. */
  ownPaceMarginMs: 100,
} as const;
