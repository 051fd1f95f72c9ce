/**
 * Okta's rate-limit counters, with the sandbox's default calls per window: half of the last published Workforce table,
 * because a token gets 50 % of each bucket unless an admin changes it.
 */
export const DEFAULT_LIMITS = {
  /** `/api/v1/users`: listing, every lifecycle and credentials call, `DELETE …/sessions`, `…/groups`. */
  users: 300,
  /** `/api/v1/users/{id:.+}`: reading one user. */
  user: 1000,
  /** `/api/v1/users/me`: reading the caller. */
  me: 600,
  /** `/api/v1/users/{id}`: changing or deleting one user. */
  'user-write': 300,
  /** `/api/v1/groups`: listing groups and members. */
  groups: 250,
  /** `/api/v1/groups/{id}`: reading one group. */
  group: 500,
  /** `/api/v1/logs`. */
  logs: 60,
  /** `/api/v1/principal-rate-limits`. */
  'principal-rate-limits': 50,
  /** `/api/v1/iam`: admins and their roles. */
  iam: 600,
  /** `/oauth2/v1/clients`: service apps and their roles. */
  clients: 600,
  /** Everything else under `/api/v1`. */
  other: 600,
} as const satisfies Record<string, number>;

export type BucketName = keyof typeof DEFAULT_LIMITS;

/** Okta's names for its counters, as they appear in its System Log. */
export const BUCKET_PATHS = {
  users: '/api/v1/users',
  user: '/api/v1/users/{id:.+}',
  me: '/api/v1/users/me',
  'user-write': '/api/v1/users/{id}',
  groups: '/api/v1/groups',
  group: '/api/v1/groups/{id}',
  logs: '/api/v1/logs',
  'principal-rate-limits': '/api/v1/principal-rate-limits',
  iam: '/api/v1/iam',
  clients: '/oauth2/v1/clients',
  other: '/api/v1',
} as const satisfies Record<BucketName, string>;

export type Limits = Readonly<Record<BucketName, number>>;

export interface LimitRules {
  /** Calls per window for one credential. `off` refuses nothing and reports a limit of a million. */
  readonly limits: Limits | 'off';
  readonly windowMs: number;
  readonly windowStart: 'grid' | 'first-call';
  readonly resetRounding: 'floor' | 'ceil';
  /** The share of the org's own limit that one credential gets. */
  readonly tokenShare: number;
  /** The part of this credential's window that others use, evenly over its time. */
  readonly rivalShare: number;
}

/** What the three rate-limit headers say, and whether the call is allowed. */
export interface Admission {
  readonly admitted: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Whole epoch seconds. */
  readonly resetS: number;
  /** Whose limit the first refusal of a window exceeded; undefined for any other call. */
  readonly violated?: 'token' | 'org';
}

interface Window {
  startMs: number;
  endMs: number;
  used: number;
  refused: boolean;
}

const OFF: Limits = Object.fromEntries(
  Object.keys(DEFAULT_LIMITS).map((name) => [name, 1_000_000]),
) as Limits;

/** Counts calls in fixed windows: per bucket and credential, and for all credentials of the org together. */
export class RateLimits {
  readonly #rules: LimitRules;
  readonly #gridMs: number;
  readonly #windows = new Map<string, Window>();

  /** `gridMs` is an edge of the grid, because Okta's windows do not begin with the minutes of the clock. */
  constructor(rules: LimitRules, gridMs: number) {
    this.#rules = rules;
    this.#gridMs = Math.floor(gridMs / 1000) * 1000;
  }

  #window(key: string, nowMs: number): Window {
    let window = this.#windows.get(key);
    if (window !== undefined && nowMs < window.endMs && nowMs >= window.startMs) return window;
    const { windowMs, windowStart } = this.#rules;
    const startMs =
      windowStart === 'grid'
        ? this.#gridMs + Math.floor((nowMs - this.#gridMs) / windowMs) * windowMs
        : nowMs;
    window = { startMs, endMs: startMs + windowMs, used: 0, refused: false };
    this.#windows.set(key, window);
    return window;
  }

  #resetS(endMs: number): number {
    return this.#rules.resetRounding === 'ceil'
      ? Math.ceil(endMs / 1000)
      : Math.floor(endMs / 1000);
  }

  /** Counts one call, unless it is refused. */
  admit(principal: string, bucket: BucketName, nowMs: number): Admission {
    const { limits, tokenShare, rivalShare, windowMs } = this.#rules;
    const limit = (limits === 'off' ? OFF : limits)[bucket];
    const own = this.#window(`${principal} ${bucket}`, nowMs);
    const resetS = this.#resetS(own.endMs);
    if (limits === 'off') {
      own.used += 1;
      return { admitted: true, limit, remaining: Math.max(0, limit - own.used), resetS };
    }
    const org = this.#window(`org ${bucket}`, nowMs);
    const orgLimit = Math.max(limit, Math.floor(limit / tokenShare));
    const rival = Math.floor(rivalShare * limit * ((nowMs - own.startMs) / windowMs));
    const left = Math.min(limit - own.used - rival, orgLimit - org.used);
    if (left <= 0) {
      const refusal = { admitted: false, limit, remaining: 0, resetS };
      const spent = org.used >= orgLimit ? org : own;
      if (spent.refused) return refusal;
      spent.refused = true;
      return { ...refusal, violated: spent === org ? 'org' : 'token' };
    }
    own.used += 1;
    org.used += 1;
    return { admitted: true, limit, remaining: left - 1, resetS };
  }
}
