const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Every default of the product, with its unit and where the number comes from. The command line adds none of its own. */
export const DEFAULTS = {
  /** Workers. 300 calls a minute at 400 ms need 2 in flight (Okta's concurrency formula); 10 leaves room for slow days. */
  concurrency: 10,
  /**
   * Rows under way at once where factors are removed before a reset. A window that is spent in between leaves its users for
   * up to a minute without factors and with the old password, so they are few; 3 still make 90 rows a minute at 600 ms a
   * call, which is all that 300 calls a minute allow.
   */
  rowsWithoutFactors: 3,
  /** Percent of the limit Okta's headers report to this credential; the rest stays for others who share it. */
  ratePercent: 90,
  /** One call, from sending to the last byte. Okta's own query time-out is 30 s. */
  timeoutMs: 35 * SECOND_MS,
  /** Tries after the first, for connection faults and 5xx; waits for a rate limit do not count. */
  maxRetries: 5,
  /** Share of ended rows that may fail before the run stops; judged from `FAILURE_SAMPLE` rows on. */
  maxFailurePercent: 10,
  /**
   * How long a canary that mails links waits before the System Log is asked who opened them. Mail gateways open a link within
   * a minute of its mail, and the events of Okta's log come seconds later, at times a minute (Okta names no number).
   */
  canaryWaitMs: 2 * MINUTE_MS,
  planMaxAgeMs: 24 * HOUR_MS,
  /** Okta's windows last 60 s, not aligned to wall-clock minutes (Okta docs, rate limits). */
  windowMs: MINUTE_MS,
  /**
   * How long a call may still take effect once its own time-out is over. Okta ends a query after 30 s, and the load balancers
   * and proxies on the way keep a call for a minute at most by default (nginx, AWS): what has not happened by then will not.
   */
  lateEffectMs: MINUTE_MS,
  /** How long a token command may take: a person may have to unlock the password manager meanwhile. */
  tokenCommandMs: MINUTE_MS,
  /** Characters of a token: Okta's API tokens have 42; what is this long is something else. */
  tokenCommandBytes: 16 * 1024,
  /** How long a hook may take. */
  hookMs: 10 * SECOND_MS,
  /** How long the end of the process waits for hooks. */
  hookAtEndMs: 3 * SECOND_MS,
  /** How long an attempt that is written down may wait for a free connection before it is written down again. */
  attemptAheadMs: 10 * SECOND_MS,
  /** A call leaves on a read of its user that is no older. */
  readFreshMs: MINUTE_MS,
  /** Reads may lag behind what happened. Okta names no number; the tests of its .NET SDK wait 10 s. */
  readLagMs: 10 * SECOND_MS,
  reportsDir: 'reports',
} as const;

/**
 * How long a call in doubt is watched, for calls that end after `timeoutMs`: so long after its attempt was written down it may
 * still take effect, and so far apart lie the reads after that.
 */
export function patienceFor(timeoutMs: number): {
  readonly effectMs: number;
  readonly readLagMs: number;
} {
  const effectMs = DEFAULTS.attemptAheadMs + timeoutMs + DEFAULTS.lateEffectMs;
  return { effectMs, readLagMs: DEFAULTS.readLagMs };
}

/** How old may be what a call leaves on: the read of its user, and its attempt in the journal. */
export const FRESHNESS = {
  readMs: DEFAULTS.readFreshMs,
  attemptMs: DEFAULTS.attemptAheadMs,
} as const;
