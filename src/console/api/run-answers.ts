/** What the server answers about runs and their rows. Times are epoch milliseconds unless they are called ISO 8601. */
import type { ActionSpec } from '../../domain/plan/action.ts';
import type { Preview, Warning } from '../../domain/plan/preview.ts';
import type { Outcome, OutcomeCounts } from '../../domain/row/outcome.ts';
import type { Columns } from '../../domain/row/row.ts';
import type { PolicyOptions } from '../../domain/run/run-file.ts';
import type { RunPhase } from '../../domain/run/run-phase.ts';
import type { BucketTraffic } from '../../domain/run/summary.ts';
import type { FailureGroup, LiveRun, TakenFollowup } from './live.ts';
import type { ApiError, NextStep } from './parts.ts';

/** A run as Home lists it. */
export interface ListedRun {
  /** Its name in the API. */
  readonly id: string;
  /** Its name in a command line. */
  readonly name: string;
  readonly state: RunPhase;
  /** Whether this process is working on it. `LiveRun` then shows its progress. */
  readonly live: boolean;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly lastAt: string | undefined;
  readonly ageMs: number;
  readonly spec: ActionSpec;
  readonly host: string;
  readonly origin: string;
  /** Empty if Okta did not return it. */
  readonly orgId: string;
  /** Whether the console is connected to its org. */
  readonly connected: boolean;
  readonly rows: number;
  readonly targets: number;
  readonly counts: OutcomeCounts;
  readonly unsettled: number;
  readonly secrets: 'none' | 'sealed' | 'plaintext';
  /** The runs whose rows it took, by run id. */
  readonly parents: readonly string[];
  readonly next: readonly NextStep[];
}

/** GET /api/runs: running and interrupted ones first, then waiting plans, then the others, newest first. */
export interface Runs {
  readonly runs: readonly ListedRun[];
  readonly unreadable: readonly { readonly name: string; readonly problem: string }[];
}

/** GET /api/runs/:id. */
export interface RunDetail extends ListedRun {
  /** Identifies exactly this run, for `ExecuteRequest.shown`. */
  readonly shown: string;
  /** What is done to each user. */
  readonly does: string;
  /** SHA-256 (hex) of the plan. */
  readonly planDigest: string;
  /** The owner of the plan's credential, in words. */
  readonly plannedBy: string;
  readonly preview: Preview;
  readonly policy: PolicyOptions;
  /** The selection as it was typed. */
  readonly selection: readonly string[];
  readonly recipients: readonly string[];
  /** How many rows have a temporary password or link that was marked as handed over. */
  readonly handedOver: number;
  readonly warnings: readonly (Warning & {
    /** What fixes it: flags for the draft, and a new plan; undefined if nothing does, or the draft is gone. */
    readonly settle:
      | { readonly label: string; readonly flags: Readonly<Record<string, readonly string[]>> }
      | undefined;
  })[];
  /** Rows by reason to skip, each with its meaning. */
  readonly skips: readonly {
    readonly reason: string;
    readonly rows: number;
    readonly meaning: string | undefined;
  }[];
  /** When it would end if it began now; undefined if the org has not stated its limit. */
  readonly endsAtMs: number | undefined;
  /** After this time the plan is too old to execute. */
  readonly expiresAtMs: number | undefined;
  /** All files except those with secrets. `kind` is for GET /api/runs/:id/files/:kind. */
  readonly files: readonly {
    readonly kind: FileKind;
    readonly name: string;
    readonly bytes: number;
  }[];
  /** Whether it has a seal. GET /api/runs/:id/seal says how much that proves. */
  readonly sealed: boolean;
  readonly stop: { readonly kind: string; readonly text: string } | undefined;
  /** The command that does the same in a terminal, which is what this screen would do next. */
  readonly command: string;
  /** The draft that it was planned from; undefined if it was planned in a terminal or by another process. */
  readonly draft: string | undefined;
  readonly liveRun: LiveRun | undefined;
  readonly followup: TakenFollowup | undefined;
}

export type FileKind =
  | 'results-csv'
  | 'results-json'
  | 'failed-csv'
  | 'not-attempted-csv'
  | 'summary'
  | 'report'
  | 'followup-csv'
  | 'evidence'
  | 'evidence-signature';

/** GET /api/runs/:id/seal: the run compared with its seal, in sentences. */
export interface CheckedSeal {
  readonly sealed: string;
  readonly signature: { readonly text: string; readonly worth: 'vouched' | 'none' | 'bad' };
  readonly faults: readonly string[];
  readonly holds: string | undefined;
  readonly since: readonly string[];
  /** Why the run is not evidence in its current state; undefined if nothing has changed since the seal. */
  readonly problem: ApiError | undefined;
}

/** POST /api/runs/:id/seal: what was sealed, what to keep, and what had changed since the previous seal. */
export interface MadeSeal {
  readonly text: string;
  readonly hint: string;
  readonly changed: readonly string[];
}

/** GET /api/runs/:id/consent. */
export interface Consent {
  /** “Reset the passwords of the first 5 of 307 users on acme.okta.com, … This cannot be undone.” */
  readonly sentence: string;
  /** What to type. */
  readonly confirm: string;
  /** As in `Question`. */
  readonly planDigest: string;
  readonly users: number;
  /** How many users are asked about later, after these were read back. */
  readonly later: number;
  /** The canary of a begun run, or of the draft; undefined if none is set. */
  readonly canary: string | undefined;
}

/** GET /api/runs/:id/summary, read from plan and journal, never from a report file. */
export interface RunSummary {
  readonly counts: OutcomeCounts;
  readonly reasons: readonly {
    readonly reason: string;
    readonly rows: number;
    readonly meaning: string | undefined;
  }[];
  readonly failures: readonly FailureGroup[];
  readonly traffic: readonly BucketTraffic[];
  /** ISO 8601. */
  readonly startedAt: string | undefined;
  readonly finishedAt: string | undefined;
  readonly invocations: number;
  /** The owners of the credentials that executed it, in words. */
  readonly executedBy: readonly string[];
  readonly chain: 'intact' | 'torn-tail' | 'broken';
}

/** A row of the table. */
export interface TableRow {
  readonly row: number;
  /** As it is in the file. */
  readonly input: string;
  readonly userId: string | undefined;
  readonly login: string | undefined;
  /** As it was when the plan was made. */
  readonly status: string | undefined;
  readonly verdict: 'act' | 'skip';
  readonly outcome: Outcome;
  readonly reason: string | undefined;
  readonly detail: string | undefined;
  readonly error: string | undefined;
  readonly message: string | undefined;
  readonly requestId: string | undefined;
  readonly attempts: number;
  /** ISO 8601. */
  readonly finishedAt: string | undefined;
  readonly columns: Columns;
  readonly handover: Handover | undefined;
}

/** GET /api/runs/:id/rows. */
export interface Rows {
  readonly rows: readonly TableRow[];
  /** The `from` of the next request; undefined at the end. */
  readonly next: number | undefined;
  /** The number of the last row that was read. */
  readonly scanned: number;
  /** How many rows the plan has. */
  readonly total: number;
}

/** Whether a row's secret has reached its user. */
export interface Handover {
  readonly kind: 'temp-password' | 'reset-link';
  /** How often it was shown in a console, and when last. ISO 8601. */
  readonly shown: number;
  readonly lastShownAt: string | undefined;
  /** When it was marked as handed over; undefined if it is not. ISO 8601. */
  readonly handedOverAt: string | undefined;
}

/** GET /api/runs/:id/rows/:row. */
export interface RowDetail extends TableRow {
  readonly source: string;
  readonly line: number;
  readonly providerType: string | undefined;
  readonly statusChangedMs: number | undefined;
  readonly passwordChangedMs: number | undefined;
  readonly tries: readonly Attempt[];
  /** The meaning of its code or reason, and what to do. */
  readonly meaning: string | undefined;
  readonly remedy: string | undefined;
  /** The user's page in the Admin Console; undefined for a sandbox. */
  readonly adminUrl: string | undefined;
  /** What “only this one again” and “all with this error again” would do; undefined if no rerun takes the row. */
  readonly again: { readonly row: RerunOffer; readonly error: RerunOffer | undefined } | undefined;
}

/** A rerun: the body for POST …/rerun, and the command that does the same. */
export interface RerunOffer {
  readonly request: {
    readonly only: readonly Outcome[];
    readonly rows?: readonly number[];
    readonly errors?: readonly string[];
  };
  readonly command: string;
}

/** One sending of one step. */
export interface Attempt {
  readonly attempt: number;
  readonly step: string;
  /** `POST /api/v1/users/00u…/lifecycle/reset_password?sendEmail=true`. */
  readonly call: string;
  /** ISO 8601, by this machine's clock. */
  readonly sentAt: string;
  readonly endedAt: string | undefined;
  readonly effect: 'applied' | 'not-applied' | 'unknown' | 'open';
  /** Whether the effect was read from Okta afterwards. */
  readonly reconciled: boolean;
  readonly httpStatus: number | undefined;
  readonly error: string | undefined;
  readonly message: string | undefined;
  readonly requestId: string | undefined;
}

/** POST /api/runs/:id/rows/:row/secret: once per press of the button, and recorded next to the journal. */
export interface ShownSecret {
  readonly login: string | undefined;
  readonly kind: 'temp-password' | 'reset-link';
  readonly secret: string;
  readonly handover: Handover;
}
