/**
 * What happens while nobody asks. GET /api/events streams these (text/event-stream, read by fetch): `id` is an ascending
 * number, `event` the type, `data` the JSON of the event.
 *
 * Each event is the complete state of its subject, so the newest of a kind and subject replaces all earlier ones, and a
 * reconnect with `after` misses nothing. Only `message` adds to the earlier ones.
 */
import type { OutcomeCounts } from '../../domain/row/outcome.ts';
import type { WaitCause } from '../../domain/run/wait.ts';
import type { ApiError, Connection, NextStep, Note, UploadInfo } from './parts.ts';

export type ConsoleEvent =
  | { readonly type: 'connection'; readonly connection: Connection }
  | { readonly type: 'planning'; readonly planning: Planning }
  | { readonly type: 'run'; readonly run: LiveRun }
  | { readonly type: 'followup'; readonly followup: TakenFollowup }
  /** The list of runs has changed. Read GET /api/runs again. */
  | { readonly type: 'runs' }
  | { readonly type: 'uploads'; readonly uploads: readonly UploadInfo[] }
  /** A draft was changed, perhaps by another tab. */
  | { readonly type: 'draft'; readonly draft: string }
  /** `about` is the id of a run, planning or draft; undefined if the message is about the console. */
  | { readonly type: 'message'; readonly about: string | undefined; readonly note: Note }
  /** Ctrl-C in the terminal: runs in progress are being settled. */
  | { readonly type: 'closing' }
  /** The stream is alive. This event has no `id` and is never stored. */
  | { readonly type: 'alive'; readonly nowMs: number };

/** A plan that is being made. It sends nothing. */
export interface Planning {
  readonly id: string;
  readonly of:
    | { readonly kind: 'draft'; readonly draft: string }
    | { readonly kind: 'rerun'; readonly run: string }
    | { readonly kind: 'resend'; readonly run: string };
  readonly state: 'planning' | 'planned' | 'failed' | 'cancelled';
  /** How much has been read. */
  readonly read: { readonly what: string; readonly done: number } | undefined;
  readonly wait: Wait | undefined;
  readonly notes: readonly Note[];
  /** The plan, once there is one: `GET /api/runs/:id`. */
  readonly run: string | undefined;
  readonly error: ApiError | undefined;
}

/** A bucket that waits. */
export interface Wait {
  readonly cause: WaitCause;
  /** What it waits for. */
  readonly text: string;
  readonly untilMs: number;
}

/** A run that this process is working on, or has worked on. */
export interface LiveRun {
  readonly run: string;
  /**
   * `preparing`: consent, org and protecting lists are checked, nothing was sent in this invocation · `asking`: `question`
   * waits · `sending` · `stopping`: calls in flight are settled · `reporting`: every row has ended, the report is written ·
   * `ended`: `end` says how · `refused`: `error` says why, nothing was sent in this invocation.
   */
  readonly phase:
    'preparing' | 'asking' | 'sending' | 'stopping' | 'reporting' | 'ended' | 'refused';
  /** How many rows there are to act on. */
  readonly total: number;
  /** How many of them have ended, including in earlier invocations, and how many are left. */
  readonly counts: OutcomeCounts;
  /** How many rows had ended before this invocation. */
  readonly resumedFrom: number;
  readonly startedAtMs: number;
  readonly nowMs: number;
  /** Calls a minute; undefined until one window is complete. */
  readonly callsPerMinute: number | undefined;
  /** The number of calls per minute that Okta allows this credential; undefined if it has not said. */
  readonly limitPerMinute: number | undefined;
  readonly endsAtMs: number | undefined;
  readonly wait: Wait | undefined;
  /** How many rows wait to see whether a call without an answer took effect. */
  readonly settling: { readonly rows: number; readonly untilMs: number } | undefined;
  readonly canary: 'started' | 'verified' | 'failed' | undefined;
  /** The rows that ended last, newest first. */
  readonly tail: readonly LiveRow[];
  /** The failures of this invocation, the most frequent first. */
  readonly failures: readonly FailureGroup[];
  readonly question: Question | undefined;
  readonly notes: readonly Note[];
  readonly error: ApiError | undefined;
  readonly end:
    | {
        /** Why it ended before its last row. */
        readonly stop: { readonly kind: string; readonly text: string } | undefined;
        /** How many rows a resume would continue with. */
        readonly left: number;
        readonly exitCode: number;
        readonly next: readonly NextStep[];
      }
    | undefined;
}

export interface LiveRow {
  readonly row: number;
  readonly login: string | undefined;
  readonly userId: string | undefined;
  readonly outcome: 'succeeded' | 'failed' | 'unknown' | 'skipped';
  readonly reason: string | undefined;
  readonly error: string | undefined;
  readonly message: string | undefined;
  readonly requestId: string | undefined;
  readonly atMs: number;
}

/** The failed and unknown rows that share a code. */
export interface FailureGroup {
  /** Okta's code, our code if Okta did not answer, or a reason. `RowsQuery.error` accepts it. */
  readonly code: string;
  readonly rows: number;
  /** For how many of these rows it is not known whether Okta acted. */
  readonly unknown: number;
  readonly message: string | undefined;
  /** What it means, who can fix it and how; undefined for an unknown code. */
  readonly meaning: string | undefined;
  readonly who: string | undefined;
  readonly remedy: string | undefined;
  /** A rerun with `errors: [code]` takes these rows. */
  readonly again: boolean;
  readonly examples: readonly { readonly row: number; readonly login: string | undefined }[];
}

/** What a run asks before it continues. POST …/answer answers it. */
export interface Question {
  readonly id: string;
  /** `consent`: consent is missing, or protecting lists could not be read; `canary`: check, then continue or stop. */
  readonly kind: 'consent' | 'canary';
  readonly sentence: string;
  /** What to type for a yes. */
  readonly confirm: string;
  /** SHA-256 (hex) of the plan. `#` and its first eight or more digits can be typed after `confirm`. */
  readonly planDigest: string;
  readonly users: number;
  readonly later: number;
  /** What could not be read, each with what that means. */
  readonly unread: readonly string[];
  /** The canary users, as they were read back. */
  readonly seen: readonly {
    readonly login: string;
    readonly status: string;
  }[];
  /** Whether Okta has emailed them, so that the page asks whether the emails have arrived. */
  readonly mails: boolean;
}

/** How far the users of a run and its reruns are. */
export interface TakenFollowup {
  readonly run: string;
  readonly state: 'reading' | 'taken' | 'failed';
  readonly error: ApiError | undefined;
  readonly notes: readonly Note[];
  readonly result:
    | {
        /** ISO 8601. */
        readonly takenAt: string;
        readonly users: number;
        /** How many users have good news, and what it is: `finished`, `still contained`, `restored`. */
        readonly good: { readonly users: number; readonly words: string };
        /** What was done to the users: `reset`, `acted on`. */
        readonly done: string;
        /** Users by state, in the order of the funnel, each with its meaning and whether a resend takes it by default. */
        readonly states: readonly {
          readonly state: string;
          readonly users: number;
          readonly meaning: string;
          readonly resend: 'default' | 'by-name' | 'never';
        }[];
        readonly neverReset: number;
        readonly unreadable: number;
        /** How many resets have an event in the System Log. */
        readonly proven: number;
        /** How long the links last that the users were given; undefined if they were given none. */
        readonly links:
          { readonly lifetimeMs: number; readonly from: 'policy' | 'flag' | 'assumed' } | undefined;
        readonly next: readonly NextStep[];
      }
    | undefined;
}
