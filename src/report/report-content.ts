import type { RunFile } from '../domain/run/run-file.ts';
import type { Summary } from '../domain/run/summary.ts';
import type { Outcome } from '../domain/row/outcome.ts';
import type { Timeline } from '../domain/run/timeline.ts';
import type { FileDigest } from '../disk/staged-files.ts';

/** What a code means here, who can fix it, and how. An `ErrorEntry` is one of these. */
export interface Explanation {
  readonly meaning: string;
  readonly who: string;
  readonly how: string;
}

/** Explains one of our codes or Okta's; undefined for an unknown code. */
export type Explain = (code: string) => Explanation | undefined;

/** A row as a report lists it: enough to find the user, and short enough to keep in memory. */
export interface ListedRow {
  readonly row: number;
  readonly who: string;
  readonly userId: string | undefined;
  readonly outcome: Outcome;
  readonly why: string;
  readonly requestId: string | undefined;
}

/** Failed and unknown rows that share a code. */
export interface FailureGroup {
  readonly code: string;
  readonly failed: number;
  readonly unknown: number;
  /** What Okta said about the first of them. */
  readonly message: string | undefined;
  readonly examples: readonly ListedRow[];
}

/** Everything in a report except the rows. */
export interface ReportContent {
  readonly run: RunFile;
  /** The run's name in commands: its folder as a shell word, or its id. */
  readonly name: string;
  /** The name, in commands, of the run that has taken up what this one left; undefined if none has. */
  readonly heir?: string | undefined;
  /** How many rows had ended and were taken up by other runs since. */
  readonly takenUp?: number | undefined;
  /** How the program is started on the machine that makes the report. */
  readonly program: string;
  readonly summary: Summary;
  /** Nothing was run yet, so this is the report of a plan. */
  readonly planned: boolean;
  readonly failures: readonly FailureGroup[];
  /** Skipped rows by reason, the most frequent first. */
  readonly skips: readonly { readonly reason: string; readonly rows: number }[];
  /** The first rows that still need attention. */
  readonly left: readonly ListedRow[];
  /** The first rows of the plan, for readers on paper. */
  readonly first: readonly ListedRow[];
  readonly timeline: Timeline;
  readonly chainHead: string | undefined;
  /** The files written in the same pass. */
  readonly digests: readonly FileDigest[];
  /** When the report was written, ISO 8601. */
  readonly writtenAt: string;
}
