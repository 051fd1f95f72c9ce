/**
 * What happens by itself. GET /api/events streams these (text/event-stream, read by fetch): `id` is an ascending
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
  /** The list of runs has changed: read GET /api/runs again. */
  | { readonly type: 'runs' }
  | { readonly type: 'uploads'; readonly uploads: readonly UploadInfo[] }
  /** A draft was changed, perhaps by another tab. */
  | { readonly type: 'draft'; readonly draft: string }
  /** `about`: the id of a run, planning or draft; undefined if it is about the console. */
  | { readonly type: 'message'; readonly about: string | undefined; readonly note: Note }
  /** Ctrl-C in the terminal: runs in progress are being settled. */
  | { readonly type: 'closing' }
  /** The stream is alive. Without `id`, and never stored. */
  | { readonly type: 'alive'; readonly nowMs: number };

/** A plan being made. It sends nothing. */
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

/** A bucket waits. */
export interface Wait {
  readonly cause: WaitCause;
  /** What it waits for. */
  readonly text: string;
  readonly untilMs: number;
}

/** A run that this process works on, or has worked on. */
export interface LiveRun {
  readonly run: string;
  /**
   * `preparing`: consent, org and protecting lists are checked, nothing was sent now · `asking`: `question` waits ·
   * `sending` · `stopping`: calls in flight are settled · `reporting`: every row has ended, the report is written ·
   * `ended`: `end` says how · `refused`: `error` says why, nothing was sent now.
   */
  readonly phase:
    'preparing' | 'asking' | 'sending' | 'stopping' | 'reporting' | 'ended' | 'refused';
  /** Rows to act on. */
  readonly total: number;
  /** Those of them that have ended, in earlier invocations too, and those to come. */
  readonly counts: OutcomeCounts;
  /** Rows that had ended before this invocation. */
  readonly resumedFrom: number;
  readonly startedAtMs: number;
  readonly nowMs: number;
  /** Calls a minute; undefined until one window is complete. */
  readonly callsPerMinute: number | undefined;
  /** What Okta allows this credential a minute; undefined if it has not said. */
  readonly limitPerMinute: number | undefined;
  readonly endsAtMs: number | undefined;
  readonly wait: Wait | undefined;
  /** Rows that wait to see whether a call without an answer took effect. */
  readonly settling: { readonly rows: number; readonly untilMs: number } | undefined;
  readonly canary: 'started' | 'verified' | 'failed' | undefined;
  /** The rows that ended last, newest first. */
  readonly tail: readonly LiveRow[];
  /** Of this invocation, the most frequent first. */
  readonly failures: readonly FailureGroup[];
  readonly question: Question | undefined;
  readonly notes: readonly Note[];
  readonly error: ApiError | undefined;
  readonly end:
    | {
        /** Why it ended before its last row. */
        readonly stop: { readonly kind: string; readonly text: string } | undefined;
        /** Rows that a resume continues with. */
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

/** Failed and unknown rows with one code. */
export interface FailureGroup {
  /** Okta's code, our code if Okta did not answer, or a reason: `RowsQuery.error` accepts it. */
  readonly code: string;
  readonly rows: number;
  /** Those of the rows of which it is not known whether Okta acted. */
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
  /** SHA-256 (hex) of the plan; `#` and its first eight digits or more can be typed after `confirm`. */
  readonly planDigest: string;
  readonly users: number;
  readonly later: number;
  /** What could not be read, each with what that means. */
  readonly unread: readonly string[];
  /** The canary users as read back. */
  readonly seen: readonly {
    readonly login: string;
    readonly status: string;
  }[];
  /** Okta has emailed them: “have the emails arrived?”. */
  readonly mails: boolean;
}

/** How far the users of a run and its reruns have come. */
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
        /** Those of whom there is good news, and what that is: `finished`, `still contained`, `restored`. */
        readonly good: { readonly users: number; readonly words: string };
        /** What was done to the users: `reset`, `acted on`. */
        readonly done: string;
        /** By state, in the order of the funnel; each with its meaning and whether a resend takes it by default. */
        readonly states: readonly {
          readonly state: string;
          readonly users: number;
          readonly meaning: string;
          readonly resend: 'default' | 'by-name' | 'never';
        }[];
        readonly neverReset: number;
        readonly unreadable: number;
        /** Resets for which the System Log has an event. */
        readonly proven: number;
        /** How long the links last that the users were given; undefined where there were none. */
        readonly links:
          { readonly lifetimeMs: number; readonly from: 'policy' | 'flag' | 'assumed' } | undefined;
        readonly next: readonly NextStep[];
      }
    | undefined;
}
