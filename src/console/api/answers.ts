/**
 * What the server answers about console, org and drafts. Times are epoch milliseconds unless they are called ISO 8601.
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
  /** Different after a restart: the page then forgets what it knows. */
  readonly instance: string;
  readonly nowMs: number;
  /** The newest event that this answer already includes: `GET /api/events?after=` it. */
  readonly lastEvent: number;
  readonly connection: Connection;
  readonly known: {
    /** The org and credential of the console's process; undefined if it has none that can be used. */
    readonly environment: { readonly host: string } | undefined;
    readonly profiles: readonly string[];
  };
  /** Public keys whose secrets this console can open: of `--identity`, and of keys that it made. */
  readonly recipients: readonly string[];
  readonly actions: readonly ActionCard[];
  /** Every flag that a draft takes. */
  readonly flags: readonly FlagInfo[];
  readonly uploads: readonly UploadInfo[];
  readonly drafts: readonly string[];
  readonly plannings: readonly Planning[];
  /** Runs that this process works on, or has worked on since it began. */
  readonly live: readonly LiveRun[];
}

export interface ActionCard {
  readonly action: string;
  /** “Reset the password”. */
  readonly label: string;
  readonly hint: string;
  /** What happens to the user. */
  readonly does: string;
  /** User statuses that it applies to without a flag. */
  readonly statuses: readonly string[];
  /** Switches to add to it (`revoke-sessions`, …), and whether the console ticks them at first. */
  readonly options: readonly { readonly flag: string; readonly ticked: boolean }[];
  /** It returns temporary passwords, or links with `no-send-email`: a key is needed first. */
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
  /** It names somebody. */
  readonly hasWho: boolean;
  /** Undefined while there is a `problem`. */
  readonly spec: ActionSpec | undefined;
  /** What the flags do not say yet, or say wrongly, such as no users (USAGE) or a missing key (SECRETS_NO_PLACE). */
  readonly problem: ApiError | undefined;
  /** The same in a terminal. */
  readonly command: string;
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
  /** As the file has them; `name` is what `--column` and `--where` take. */
  readonly columns: readonly {
    readonly name: string;
    /** This column names the users. */
    readonly chosen: boolean;
    /** It looks as if it contains secrets: its cells are neither shown nor kept. */
    readonly leftOut: boolean;
    /** It also looks as if it names users. */
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
  /** How the file was read, what could not be used and why. */
  readonly notices: readonly (Note & {
    readonly count: number | undefined;
    /** The first of the lines. */
    readonly lines: readonly number[];
  })[];
  /** Of the whole file, if requested. */
  readonly counted: { readonly rows: number; readonly unusable: number } | undefined;
  /** Sheets of a workbook, if several are not empty and `--sheet` is not given. */
  readonly sheets: readonly string[];
  /** Why the file cannot be used as it is (no column is clear, …): columns and rows are still shown if possible. */
  readonly problem: ApiError | undefined;
}

/** GET /api/groups: groups whose names begin with a text, twenty at most. */
export interface Groups {
  readonly groups: readonly { readonly id: string; readonly name: string }[];
  readonly more: boolean;
}

/** GET /api/count. */
export interface Count {
  readonly users: number;
  /** There are more than were counted. */
  readonly more: boolean;
  readonly sample: readonly { readonly login: string; readonly status: string }[];
}

/** POST …/plan, …/rerun, …/resend: the planning that has begun. */
export interface PlanningBegun {
  readonly planning: string;
}
