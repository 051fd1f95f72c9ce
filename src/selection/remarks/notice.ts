/** What the messages about an input are about. Additive only. */
export type NoticeCode =
  /** Which column was chosen and why; where the header was; delimiter and encoding. */
  | 'column'
  | 'no-header'
  /** A first line that is treated as titles, although it might be a row. */
  | 'unknown-titles'
  | 'results-file'
  /** Columns and cells that might contain secrets, and are left out. */
  | 'left-out'
  | 'encoding-guessed'
  | 'bad-bytes'
  /** Lines that are not rows. */
  | 'title-lines'
  | 'blank-lines'
  | 'trailer-lines'
  | 'repeated-headers'
  | 'where'
  /** Rows that cannot be used, by kind of fault. */
  | 'invalid-rows'
  | 'wrong-objects'
  | 'mixed-column'
  | 'e-notation'
  | 'case-changed'
  | 'lost-zeros'
  | 'ragged-rows'
  | 'shifted-header'
  | 'multi-line-rows'
  | 'stale-export'
  /** Things that only sheets of workbooks have. */
  | 'hidden-rows'
  | 'merged-cells'
  | 'formulas'
  /** Messages about events of the System Log. */
  | 'log-window'
  | 'log-nobody'
  | 'log-late'
  | 'log-kept';

/** A message about an input file, for the admin. */
export interface Notice {
  readonly code: NoticeCode;
  readonly level: 'info' | 'warning';
  /** The file as the admin named it. */
  readonly source: string;
  /** One or two plain sentences, without the file and line that the fields below name. */
  readonly text: string;
  /** The one flag or step that fixes it. */
  readonly hint?: string;
  /** How many lines the message is about. */
  readonly count?: number;
  /** The first of those lines, at most ten, 1-based. */
  readonly lines?: readonly number[];
}

const MOST_LINES = 10;

/** Counts lines of one kind and remembers the first ten. */
export interface LineTally {
  count: number;
  readonly lines: number[];
}

export function newTally(): LineTally {
  return { count: 0, lines: [] };
}

export function tallyLine(tally: LineTally, line: number): void {
  tally.count += 1;
  if (tally.lines.length < MOST_LINES) tally.lines.push(line);
}

/** Formats a count with its noun: `1 row`, `3 rows`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
