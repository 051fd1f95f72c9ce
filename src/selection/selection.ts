import type { Failure } from '../domain/row/failure.ts';
import type { OrgReader } from '../domain/org/org.ts';
import type { Where } from '../domain/row/where.ts';
import type { Notice } from './remarks/notice.ts';

/** How a file is to be read; whatever is undefined is recognised. */
export interface FileOptions {
  /** The column that names the users: its header, or its 1-based position. */
  readonly column: string | undefined;
  /** One character. */
  readonly delimiter: string | undefined;
  /** A label of the WHATWG Encoding Standard: `utf-8`, `utf-16le`, `windows-1252`, … A byte order mark outranks it. */
  readonly encoding: string | undefined;
  /** The sheet of a workbook; undefined for the only one that is not empty. */
  readonly sheet?: string | undefined;
  /** All must hold. */
  readonly where: readonly Where[];
  /** Columns that are kept although their titles say that they hold secrets. */
  readonly keep: readonly string[];
}

/** Which events of the System Log, and whom of those they name. Times are epoch milliseconds by Okta's clock. */
export interface LogQuery {
  /** An expression of the System Log's `filter`. */
  readonly expression: string;
  /** Undefined for seven days before the end, as Okta has it. */
  readonly sinceMs: number | undefined;
  /** Undefined for now. */
  readonly untilMs: number | undefined;
  readonly who: 'target' | 'actor';
  /** All must hold. */
  readonly where: readonly Where[];
}

/** One source of rows. A `file` path of `-` is standard input. */
export type SelectionSource =
  | { readonly kind: 'file'; readonly path: string; readonly options: FileOptions }
  | { readonly kind: 'users'; readonly values: readonly string[] }
  | { readonly kind: 'search'; readonly expression: string }
  | { readonly kind: 'filter'; readonly expression: string }
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'log'; readonly query: LogQuery }
  | { readonly kind: 'all' };

/** Who: a union of sources; rows come in the order of the sources, and in each in its own order. */
export interface Selection {
  readonly sources: readonly SelectionSource[];
}

/** What reading files needs from outside. */
export interface FilePorts {
  /** Opens a file as a stream of bytes; errors may come at once or with the first chunk. */
  readonly openFile: (path: string, signal: AbortSignal) => AsyncIterable<Uint8Array>;
  /** What `-` stands for; undefined where there is no standard input. */
  readonly stdin: AsyncIterable<Uint8Array> | undefined;
  readonly onNotice: (notice: Notice) => void;
  /** Asks which sheet of a workbook names the users; one of `names` comes back, undefined where it stays open. */
  readonly askSheet?:
    ((path: string, names: readonly string[]) => Promise<string | undefined>) | undefined;
  /** The wall clock in epoch milliseconds, to tell how old an export is; without it nothing is said of age. */
  readonly nowMs?: () => number;
}

/** What reading any selection needs from outside. */
export interface SelectionPorts extends FilePorts {
  /** Undefined where the selection names files and users alone. */
  readonly reader: OrgReader | undefined;
  /** Makes the error of a failed read; `tried` completes “Could not …”. */
  readonly failureError: (failure: Failure, tried: string) => Error;
}

/** Options of a file of which everything is recognised. */
export const RECOGNISE_ALL: FileOptions = {
  column: undefined,
  delimiter: undefined,
  encoding: undefined,
  where: [],
  keep: [],
};
