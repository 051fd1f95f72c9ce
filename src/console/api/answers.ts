/**
 * What the server answers about the console, the org and drafts. Times are epoch milliseconds unless they are called ISO
 * 8601.
 */
import type { ActionSpec } from '../../domain/plan/action.ts';
import type { LiveRun, Planning } from './live.ts';
import type { ApiError, Connection, Note, UploadInfo } from './parts.ts';

/** GET /api/state: everything that does not belong to one run or draft. */
export interface State {
  readonly program: string;
  readonly version: string;
  /** The folder that the console works in. */
  readonly cwd: string;
  /** Different after a restart, so that the page forgets what it knew. */
  readonly instance: string;
  readonly nowMs: number;
  /** The newest event that this answer already includes, to be used in `GET /api/events?after=`. */
  readonly lastEvent: number;
  readonly connection: Connection;
  readonly known: {
    /**
     * The org from the environment of the console's process; undefined if it names none with a credential that can be used.
     */
    readonly environment: { readonly host: string } | undefined;
    readonly profiles: readonly string[];
  };
  /** Public keys whose secrets this console can open: those of `--identity`, and of keys that it made. */
  readonly recipients: readonly string[];
  readonly actions: readonly ActionCard[];
  /** Every flag that a draft can have. */
  readonly flags: readonly FlagInfo[];
  readonly uploads: readonly UploadInfo[];
  readonly drafts: readonly string[];
  readonly plannings: readonly Planning[];
  /** Runs that this process is working on, or has worked on since it began. */
  readonly live: readonly LiveRun[];
}

export interface ActionCard {
  readonly action: string;
  /** “Reset the password”. */
  readonly label: string;
  readonly hint: string;
  /** What happens to the user. */
  readonly does: string;
  /** The user statuses that it applies to without a flag. */
  readonly statuses: readonly string[];
  /** Switches that can be added to it (`revoke-sessions`, …), and whether the console ticks them at first. */
  readonly options: readonly { readonly flag: string; readonly ticked: boolean }[];
  /** Whether it returns temporary passwords, or links with `no-send-email`, so that a key is needed first. */
  readonly secrets: 'always' | 'with-no-send-email' | 'never';
}

export interface FlagInfo {
  readonly name: string;
  /** `list` can be given several times; a `switch` has no value. */
  readonly kind: 'text' | 'list' | 'switch';
  /** The title of its group: Who, What, Policy, Guards, Pace, Secrets. */
  readonly group: string;
  readonly describe: string;
  readonly value: string | undefined;
  readonly choices: readonly string[] | undefined;
}

/** GET and POST /api/drafts/:id, POST /api/drafts. */
export interface Draft {
  readonly id: string;
  readonly flags: Readonly<Record<string, readonly string[]>>;
  readonly files: readonly UploadInfo[];
  readonly excludes: readonly UploadInfo[];
  /** Whether it names somebody. */
  readonly hasWho: boolean;
  /** Undefined while there is a `problem`. */
  readonly spec: ActionSpec | undefined;
  /** What the flags do not say yet, or say incorrectly, such as no users (USAGE) or a missing key (SECRETS_NO_PLACE). */
  readonly problem: ApiError | undefined;
  /** The command that does the same in a terminal. */
  readonly command: string;
  /** The newest one, unless the draft was changed since. */
  readonly planning: Planning | undefined;
}

/** POST /api/keys: a new key in the console's folder, 0600. Its recipient is public; the key itself stays in the file. */
export interface MadeKey {
  readonly recipient: string;
  readonly path: string;
}

/** GET /api/drafts/:id/peek. */
export interface Peek {
  readonly upload: string;
  /** In the order of the file. `name` is what `--column` and `--where` take. */
  readonly columns: readonly {
    readonly name: string;
    /** Whether this column names the users. */
    readonly chosen: boolean;
    /** Whether it looks as if it contains secrets, so that its cells are neither shown nor kept. */
    readonly leftOut: boolean;
    /** Whether it also looks as if it names users. */
    readonly rival: boolean;
  }[];
  /** The first rows that match `--where`. */
  readonly rows: readonly {
    readonly line: number;
    /** In the order of the columns; empty if left out. */
    readonly cells: readonly string[];
    /** Why the row names nobody; undefined if it names somebody. */
    readonly problem: string | undefined;
  }[];
  /** How the file was read, and what could not be used and why. */
  readonly notices: readonly (Note & {
    readonly count: number | undefined;
    /** The first of the lines. */
    readonly lines: readonly number[];
  })[];
  /** Counts of the whole file, if requested. */
  readonly counted: { readonly rows: number; readonly unusable: number } | undefined;
  /** The sheets of a workbook, if several are not empty and `--sheet` is not given. */
  readonly sheets: readonly string[];
  /** Why the file cannot be used as it is (no column is clear, …). Columns and rows are still shown if possible. */
  readonly problem: ApiError | undefined;
}

/** GET /api/groups: at most twenty groups whose names begin with a text. */
export interface Groups {
  readonly groups: readonly { readonly id: string; readonly name: string }[];
  readonly more: boolean;
}

/** GET /api/count. */
export interface Count {
  readonly users: number;
  /** Whether there are more than were counted. */
  readonly more: boolean;
  readonly sample: readonly { readonly login: string; readonly status: string }[];
}

/** POST …/plan, …/rerun, …/resend: the planning that has begun. */
export interface PlanningBegun {
  readonly planning: string;
}
