import type { EncodingFacts } from '../bytes/encoding.ts';
import type { FaultCode, UsableIdentifier } from '../rows/identifier.ts';
import type { Layout } from '../layout/layout.ts';
import type { OtherRecord } from '../rows/other-record.ts';
import { newTally, tallyLine, type LineTally } from './notice.ts';

/** Why a row cannot be used: because of its cell, or of its position in the file. */
export type RowFault = FaultCode | 'torn' | 'uncertain-text';

/** What is counted in a file as it passes: a few numbers, however long the file is. */
export interface FileTally {
  /** Rows passed on, usable or not. */
  rows: number;
  readonly faults: Map<RowFault, LineTally>;
  readonly otherRecords: Record<OtherRecord, LineTally>;
  readonly titleLines: LineTally;
  readonly ragged: LineTally;
  readonly multiLine: LineTally;
  readonly badBytes: LineTally;
  readonly leftOut: LineTally;
  /** Cells that might contain a secret although their title mentions none. They are left out. */
  readonly secretCells: LineTally;
  /** Ids in a column of logins or email addresses. */
  readonly idsAmongLogins: LineTally;
  ids: number;
  /** Whether an id had a capital letter. */
  capitals: boolean;
  /** How many logins are only digits, by the number of digits. */
  readonly digitsByLength: number[];
}

export function newFileTally(): FileTally {
  return {
    rows: 0,
    faults: new Map(),
    otherRecords: { blank: newTally(), trailer: newTally(), 'repeated-header': newTally() },
    titleLines: newTally(),
    ragged: newTally(),
    multiLine: newTally(),
    badBytes: newTally(),
    leftOut: newTally(),
    secretCells: newTally(),
    idsAmongLogins: newTally(),
    ids: 0,
    capitals: false,
    digitsByLength: [],
  };
}

const DIGITS = /^\d{1,20}$/;

/** Counts a row that names a user. */
export function tallyUsable(
  tally: FileTally,
  identifier: UsableIdentifier,
  keyKind: Layout['key']['kind'],
  line: number,
): void {
  switch (identifier.kind) {
    case 'id':
      tally.ids += 1;
      if (!tally.capitals) tally.capitals = !/^00u(?=.*[a-z])[a-z0-9]*$/.test(identifier.value);
      if (keyKind === 'login' || keyKind === 'email') tallyLine(tally.idsAmongLogins, line);
      return;
    case 'login':
    case 'email':
      if (DIGITS.test(identifier.value)) {
        const { length } = identifier.value;
        tally.digitsByLength[length] = (tally.digitsByLength[length] ?? 0) + 1;
      }
      return;
    default: {
      const never: never = identifier;
      return never;
    }
  }
}

/** Counts a row that names nobody. */
export function tallyFault(tally: FileTally, code: RowFault, line: number): void {
  let lines = tally.faults.get(code);
  if (lines === undefined) tally.faults.set(code, (lines = newTally()));
  tallyLine(lines, line);
}

/** Counts cells whose bytes were not text. */
export function tallyBadBytes(
  tally: FileTally,
  facts: EncodingFacts,
  cells: readonly string[],
  line: number,
): void {
  if (facts.badBytes && cells.some((cell) => cell.includes('\uFFFD'))) {
    tallyLine(tally.badBytes, line);
  }
}
