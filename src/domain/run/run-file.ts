import type { ActionSpec } from '../plan/action.ts';
import type { Preview } from '../plan/preview.ts';
import type { RunFormat } from './run-format.ts';

/** Names of the files in a run directory. */
export const RUN_FILES = {
  run: 'run.json',
  plan: 'plan.jsonl',
  journal: 'journal.jsonl',
  resultsCsv: 'results.csv',
  resultsJson: 'results.json',
  failedCsv: 'failed.csv',
  notAttemptedCsv: 'not-attempted.csv',
  summary: 'summary.json',
  report: 'report.html',
  followup: 'followup.csv',
  secrets: 'secrets.jsonl',
  handedOut: 'handed-out.jsonl',
  log: 'run.log',
  lock: 'lock',
  index: 'index.jsonl',
  declined: 'declined.json',
  evidence: 'evidence.json',
  signature: 'evidence.json.sig',
} as const;

/** Who the credential acts as: a user (SSWS) or a service app (OAuth). */
export type Principal =
  | { readonly kind: 'user'; readonly id: string; readonly login: string }
  | { readonly kind: 'app'; readonly clientId: string }
  | { readonly kind: 'unknown' };

/** Which rows a plan acts on; frozen with it. */
export interface PolicyOptions {
  readonly includeStatus: readonly string[];
  readonly includeProvider: readonly string[];
  readonly includeAdmins: boolean;
  /** Also act on users who are already in RECOVERY. */
  readonly resend: boolean;
  /** Skip users whose password changed after this time (epoch ms). */
  readonly sinceMs: number | undefined;
  /**
   * Ids of the groups whose members are never acted on. Each invocation reads the groups again. Absent in plans of 0.1.0.
   */
  readonly excludedGroups?: readonly string[] | undefined;
  /** Whether live state was read. If not, the plan acts on every valid id. */
  readonly lookup: boolean;
  /** Also act on users whom another run has already acted on and for whom nothing has changed since. */
  readonly again?: boolean | undefined;
}

/** A run whose rows another run takes, as it was when they were read. */
export interface ParentRun {
  readonly runId: string;
  /** Its folder, relative to the folder of the run that takes them. */
  readonly dir: string;
  /** How many records its journal had. */
  readonly records: number;
  /** How many of its open or not attempted rows were taken. */
  readonly left: number;
  /** How many of its ended or skipped rows were taken; absent in plans of 0.1.0. */
  readonly taken?: number | undefined;
}

/** run.json: what a run is. The plan writes it once, and it never changes. It contains no secret. */
export interface RunFile {
  readonly format: RunFormat;
  readonly toolVersion: string;
  readonly runId: string;
  readonly createdAt: string;
  /** Okta's clock when the plan was made (epoch ms); absent if not known. */
  readonly serverTimeMs?: number | undefined;
  readonly origin: string;
  readonly host: string;
  /** The org's own id; empty if the org does not return it. */
  readonly orgId: string;
  readonly principal: Principal;
  readonly spec: ActionSpec;
  readonly policy: PolicyOptions;
  /** The selection as the admin wrote it, for the report: flags and their values. */
  readonly selection: readonly string[];
  /** SHA-256 (hex) of plan.jsonl, byte for byte. */
  readonly planDigest: string;
  readonly rows: number;
  readonly targets: number;
  /** Names of all original columns of all sources, in the order in which they first appear. */
  readonly columns: readonly string[];
  /** The run whose rows this one takes up. */
  readonly parentRunId: string | undefined;
  /** All such runs, including the first, if a results file contained rows of several runs. */
  readonly parentRunIds?: readonly string[] | undefined;
  /** Those whose folder was found. */
  readonly parents?: readonly ParentRun[] | undefined;
  /** The age recipients (public keys) that temporary passwords and links are sealed to, as named when the plan was made. */
  readonly recipients?: readonly string[] | undefined;
  readonly preview: Preview;
}
