import type { Verdict } from './verdict.ts';

/** Something the admin must know before saying yes. */
export interface Warning {
  readonly code:
    | 'sessions-stay-alive'
    | 'tokens-stay-alive'
    | 'old-password-stays-usable'
    | 'directory-password-stays'
    | 'federated-conversion'
    | 'second-email'
    | 'link-lifetime'
    | 'admins-unknown'
    | 'admins-included'
    | 'self-unknown'
    | 'excluded-unknown'
    | 'no-lookup'
    | 'secrets-plaintext'
    | 'all-not-found'
    | 'already-done'
    | 'password-stays-valid'
    | 'app-sessions-stay-alive'
    | 'import-lifts-suspension'
    | 'factors-open-to-intruders'
    | 'old-password-back'
    | 'mails'
    | 'again';
  /** One or two plain sentences. */
  readonly text: string;
  /** How many rows it concerns, where that is a number. */
  readonly rows?: number;
}

/** What a run will cost, from the limits the org advertises to this credential. */
export interface Estimate {
  readonly calls: number;
  /** Undefined where the limit is not known yet. */
  readonly durationMs: number | undefined;
  readonly limitPerWindow: number | undefined;
  readonly windowMs: number;
  /** The org has not shown how long its windows last: `windowMs` is what Okta documents. */
  readonly windowAssumed?: boolean | undefined;
  readonly ratePercent: number;
  /** How long a call whose answer is lost is watched, at most, before it is sent again; absent in plans of 0.1.0. */
  readonly doubtMs?: number | undefined;
}

/** What a person decides from. Counts add up: every row is in exactly one verdict. */
export interface Preview {
  readonly rows: number;
  readonly targets: number;
  /** Rows by skip reason. */
  readonly skipped: Readonly<Record<string, number>>;
  /** Rows by status, then by provider type; rows that resolved to a user only. */
  readonly statusByProvider: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly sample: readonly {
    readonly row: number;
    readonly input: string;
    readonly userId: string | undefined;
    readonly login: string | undefined;
    readonly status: string | undefined;
    readonly verdict: Verdict;
  }[];
  /** The calls sent per target, in order: `POST /api/v1/users/{id}/lifecycle/reset_password?sendEmail=true`. */
  readonly calls: readonly string[];
  readonly warnings: readonly Warning[];
  readonly estimate: Estimate;
  readonly reads: number;
}
