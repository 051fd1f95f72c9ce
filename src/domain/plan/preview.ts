import type { Verdict } from './verdict.ts';

/** Something that the admin must know before consenting. */
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
  /** How many rows it is about, if it is about rows. */
  readonly rows?: number;
}

/** What a run costs, given the limits that the org reports to this credential. */
export interface Estimate {
  readonly calls: number;
  /** Undefined if the limit is not known yet. */
  readonly durationMs: number | undefined;
  readonly limitPerWindow: number | undefined;
  readonly windowMs: number;
  /** The org has not shown the length of its windows, so `windowMs` is the one that Okta documents. */
  readonly windowAssumed?: boolean | undefined;
  readonly ratePercent: number;
  /** How long a call without an answer is watched, at most, before it is sent again; absent in plans of 0.1.0. */
  readonly doubtMs?: number | undefined;
}

/** What a person bases the decision on. Counts add up: every row is in exactly one verdict. */
export interface Preview {
  readonly rows: number;
  readonly targets: number;
  /** Rows by skip reason. */
  readonly skipped: Readonly<Record<string, number>>;
  /** Rows by status, then by provider type; only rows that were resolved to a user. */
  readonly statusByProvider: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly sample: readonly {
    readonly row: number;
    readonly input: string;
    readonly userId: string | undefined;
    readonly login: string | undefined;
    readonly status: string | undefined;
    readonly verdict: Verdict;
  }[];
  /** The calls sent for each target, in order: `POST /api/v1/users/{id}/lifecycle/reset_password?sendEmail=true`. */
  readonly calls: readonly string[];
  readonly warnings: readonly Warning[];
  readonly estimate: Estimate;
  readonly reads: number;
}
