import type { Failure } from '../domain/row/failure.ts';
import type { OrgReader } from '../domain/org/org.ts';
import type { Where } from '../domain/row/where.ts';
import type { Notice } from './remarks/notice.ts';

/** How to read a file. Whatever is undefined is recognized. */
export interface FileOptions {
  /** The column that names the users: its header, or its 1-based position. */
  readonly column: string | undefined;
  /** One character. */
  readonly delimiter: string | undefined;
  /** A label of the WHATWG Encoding Standard: `utf-8`, `utf-16le`, `windows-1252`, … A byte order mark takes precedence. */
  readonly encoding: string | undefined;
  /** The sheet of a workbook; undefined for the only one that is not empty. */
  readonly sheet?: string | undefined;
  /** All must be met. */
  readonly where: readonly Where[];
  /** Columns that are kept although their titles say that they contain secrets. */
  readonly keep: readonly string[];
}

/**
 * Which events of the System Log to read, and which of their users to select. Times are epoch milliseconds by Okta's clock.
 */
export interface LogQuery {
  /** An expression of the System Log's `filter`. */
  readonly expression: string;
  /** Undefined: seven days before the end, as in Okta. */
  readonly sinceMs: number | undefined;
  /** Undefined: now. */
  readonly untilMs: number | undefined;
  readonly who: 'target' | 'actor';
  /** All must be met. */
  readonly where: readonly Where[];
}

/** One source of rows. `-` as the path of a `file` is standard input. */
export type SelectionSource =
  | { readonly kind: 'file'; readonly path: string; readonly options: FileOptions }
  | { readonly kind: 'users'; readonly values: readonly string[] }
  | { readonly kind: 'search'; readonly expression: string }
  | { readonly kind: 'filter'; readonly expression: string }
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'log'; readonly query: LogQuery }
  | { readonly kind: 'all' };

/**
 * Which users to act on: a union of sources. Rows come in the order of the sources, and within a source in its own order.
 */
export interface Selection {
  readonly sources: readonly SelectionSource[];
}

/** What reading files requires. */
export interface FilePorts {
  /** Opens a file as a stream of bytes; errors can come at once or with the first chunk. */
  readonly openFile: (path: string, signal: AbortSignal) => AsyncIterable<Uint8Array>;
  /** The stream that `-` means; undefined if there is no standard input. */
  readonly stdin: AsyncIterable<Uint8Array> | undefined;
  readonly onNotice: (notice: Notice) => void;
  /** Asks which sheet of a workbook names the users. Returns one of `names`; undefined if there is no answer. */
  readonly askSheet?:
    ((path: string, names: readonly string[]) => Promise<string | undefined>) | undefined;
  /** The wall clock in epoch milliseconds, for the age of an export. Without it, no age is reported. */
  readonly nowMs?: () => number;
}

/** What reading any selection requires. */
export interface SelectionPorts extends FilePorts {
  /** Undefined if the selection names only files and users. */
  readonly reader: OrgReader | undefined;
  /** Undefined if the selection consists of files and users only. */
  readonly failureError: (failure: Failure, tried: string) => Error;
}

/** Options for a file in which everything is to be recognized. */
export const RECOGNISE_ALL: FileOptions = {
  column: undefined,
  delimiter: undefined,
  encoding: undefined,
  where: [],
  keep: [],
};
