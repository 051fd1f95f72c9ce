const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Every default of okta-reset, with its unit and source. The command line adds none. */
export const DEFAULTS = {
  /**
   * Workers. 300 calls a minute at 400 ms need 2 in flight (Okta's concurrency formula). 10 leaves room for slower answers.
   */
  concurrency: 10,
  /**
   * Rows in progress at once if factors are removed before a reset. If the window is used up between the two, a user has no
   * factors and still the old password for up to a minute, so there are few of these rows. 3 are enough for 90 rows a minute
   * at 600 ms a call, which is all that 300 calls a minute allow.
   */
  rowsWithoutFactors: 3,
  /** Percentage of the limit that Okta's headers report to this credential. The rest is left to others who share it. */
  ratePercent: 90,
  /** One call, from sending to the last byte. Okta's own query timeout is 30 s. */
  timeoutMs: 35 * SECOND_MS,
  /** Tries after the first one, for connection faults and 5xx. Waits for a rate limit do not count. */
  maxRetries: 5,
  /** Percentage of ended rows that can fail before the run stops. It is not judged before `FAILURE_SAMPLE` rows. */
  maxFailurePercent: 10,
  /**
   * How long a canary that emails links waits before it asks the System Log who opened them. Mail gateways open a link
   * within a minute of its email, and the events reach Okta's log seconds later, sometimes a minute later (Okta names no
   * number).
   */
  canaryWaitMs: 2 * MINUTE_MS,
  planMaxAgeMs: 24 * HOUR_MS,
  /** Okta's windows last 60 s and are not aligned to the minutes of the clock (Okta docs, rate limits). */
  windowMs: MINUTE_MS,
  /**
   * How long a call can still take effect after its own timeout. Okta ends a query after 30 s, and load balancers and
   * proxies in between keep a call for a minute at most by default (nginx, AWS). What has not happened by then will not
   * happen.
   */
  lateEffectMs: MINUTE_MS,
  /** How long a token command can take, because a person might have to unlock the password manager. */
  tokenCommandMs: MINUTE_MS,
  /** The most characters of a token. Okta's API tokens have 42, so a text of this length is something else. */
  tokenCommandBytes: 16 * 1024,
  /** How long a hook can take. */
  hookMs: 10 * SECOND_MS,
  /** How long the end of the process waits for hooks. */
  hookAtEndMs: 3 * SECOND_MS,
  /** How long a recorded attempt can wait for a free connection before it is recorded again. */
  attemptAheadMs: 10 * SECOND_MS,
  /** A call leaves only if the read of its user is at most this old. */
  readFreshMs: MINUTE_MS,
  /** How far reads can lag behind what happened. Okta names no number, and the tests of its .NET SDK wait 10 s. */
  readLagMs: 10 * SECOND_MS,
  reportsDir: 'reports',
} as const;

/**
 * Returns how long a call in doubt is watched, for calls that end after `timeoutMs`: it can take effect until this long
 * after its attempt was recorded, and the reads after that are this far apart.
 */
export function patienceFor(timeoutMs: number): {
  readonly effectMs: number;
  readonly readLagMs: number;
} {
  const effectMs = DEFAULTS.attemptAheadMs + timeoutMs + DEFAULTS.lateEffectMs;
  return { effectMs, readLagMs: DEFAULTS.readLagMs };
}

/** How old the things that a call depends on can be: the read of its user, and its attempt in the journal. */
export const FRESHNESS = {
  readMs: DEFAULTS.readFreshMs,
  attemptMs: DEFAULTS.attemptAheadMs,
} as const;
