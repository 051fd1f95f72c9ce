const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Every default of the product, with its unit and source. The command line adds none. */
export const DEFAULTS = {
  /**
   * Workers. 300 calls a minute at 400 ms need 2 in flight (Okta's concurrency formula); 10 leaves room for slower
   * answers.
   */
  concurrency: 10,
  /**
   * Rows in progress at once if factors are removed before a reset. If the window is used up in between, a user has no
   * factors and still the old password for up to a minute, so these rows are few; 3 still make 90 rows a minute at 600
   * ms a call, which is all that 300 calls a minute allow.
   */
  rowsWithoutFactors: 3,
  /** Percent of the limit Okta's headers report to this credential; the rest stays for others who share it. */
  ratePercent: 90,
  /** One call, from sending to the last byte. Okta's own query timeout is 30 s. */
  timeoutMs: 35 * SECOND_MS,
  /** Tries after the first, for connection faults and 5xx; waits for a rate limit do not count. */
  maxRetries: 5,
  /** Percentage of ended rows that can fail before the run stops; judged from `FAILURE_SAMPLE` rows on. */
  maxFailurePercent: 10,
  /**
   * How long a canary that emails links waits before it asks the System Log who opened them. Mail gateways open a link
   * within a minute of its email, and the events come to Okta's log seconds later, sometimes a minute (Okta names no
   * number).
   */
  canaryWaitMs: 2 * MINUTE_MS,
  planMaxAgeMs: 24 * HOUR_MS,
  /** Okta's windows last 60 s, not aligned to wall-clock minutes (Okta docs, rate limits). */
  windowMs: MINUTE_MS,
  /**
   * How long a call can still take effect after its own timeout. Okta ends a query after 30 s, and load balancers and
   * proxies in between keep a call for a minute at most by default (nginx, AWS): what has not happened by then will not
   * happen.
   */
  lateEffectMs: MINUTE_MS,
  /** How long a token command can take: a person might have to unlock the password manager. */
  tokenCommandMs: MINUTE_MS,
  /** Characters of a token: Okta's API tokens have 42; a text of this length is something else. */
  tokenCommandBytes: 16 * 1024,
  /** How long a hook can take. */
  hookMs: 10 * SECOND_MS,
  /** How long the end of the process waits for hooks. */
  hookAtEndMs: 3 * SECOND_MS,
  /** How long a recorded attempt can wait for a free connection before it is recorded again. */
  attemptAheadMs: 10 * SECOND_MS,
  /** A call leaves only if the read of its user is at most this old. */
  readFreshMs: MINUTE_MS,
  /** Reads can lag behind what happened. Okta names no number; the tests of its .NET SDK wait 10 s. */
  readLagMs: 10 * SECOND_MS,
  reportsDir: 'reports',
} as const;

/**
 * How long a call in doubt is watched, for calls that end after `timeoutMs`: for this time after its attempt was
 * recorded it can still take effect, and the reads after that are this far apart.
 */
export function patienceFor(timeoutMs: number): {
  readonly effectMs: number;
  readonly readLagMs: number;
} {
  const effectMs = DEFAULTS.attemptAheadMs + timeoutMs + DEFAULTS.lateEffectMs;
  return { effectMs, readLagMs: DEFAULTS.readLagMs };
}

/** The greatest age of what a call depends on: the read of its user, and its attempt in the journal. */
export const FRESHNESS = {
  readMs: DEFAULTS.readFreshMs,
  attemptMs: DEFAULTS.attemptAheadMs,
} as const;
