import { restoreCell } from '../../domain/row/cell.ts';
import type { Columns, Row } from '../../domain/row/row.ts';
import type { EncodingFacts } from '../bytes/encoding.ts';
import { printable, quoted } from '../input-error.ts';
import { refuseDisagreement } from '../layout/choose-column.ts';
import { chooseKey } from '../layout/header.ts';
import type { Layout } from '../layout/layout.ts';
import type { KeyKind } from '../layout/user-titles.ts';
import { tallyLine } from '../remarks/notice.ts';
import {
  tallyBadBytes,
  tallyFault,
  tallyUsable,
  type FileTally,
  type RowFault,
} from '../remarks/remarks.ts';
import { cleanCell, readIdentifier, type Fault, type UsableIdentifier } from './identifier.ts';
import { isExample, otherRecordOf } from './other-record.ts';
import { USER_COLUMN } from './results-header.ts';
import {
  hasCellsBehind,
  neverSlips,
  originalNames,
  RowColumns,
  titledWidth,
} from './row-columns.ts';
import { matchWhere, type WhereIndex } from './where.ts';

/** One place where a record can name its user. */
interface KeyPlace {
  readonly index: number;
  readonly kind: KeyKind;
}

/** Why a row is reported but never sent. */
interface Refusal {
  readonly code: RowFault;
  readonly value: string;
  readonly problem: string;
}

const BEYOND_ASCII = /[^\p{ASCII}]/u;

/** Returns up to which column there is a title, or cells in most rows. A cell beyond it has shifted. */
function knownWidth(layout: Layout): number {
  if (layout.header === 'uncertain' || layout.headerRecord === undefined) return layout.width;
  const filled = (index: number): number =>
    layout.sample.filter((cells) => cleanCell(cells[index] ?? '') !== '').length;
  for (let index = layout.width - 1; index >= 0; index -= 1) {
    if ((layout.titles[index] ?? '') !== '') return index + 1;
    if (filled(index) * 2 > layout.sample.length) return index + 1;
  }
  return layout.width;
}

/** Returns how a results file names a user whose id is empty: by `_login`, else by the original row or `--user`. */
function fallbackKeys(layout: Layout): readonly KeyPlace[] {
  const { key, results } = layout;
  if (results === undefined || key.index !== results.get('_user_id')) return [];
  const login = results.get('_login');
  const names = originalNames(layout);
  const choice = chooseKey(names);
  const user = names.indexOf(USER_COLUMN);
  return [
    ...(login === undefined ? [] : [{ index: login, kind: 'login' } as const]),
    ...(choice.kind === 'chosen' ? [choice.key] : []),
    ...(user < 0 ? [] : [{ index: user, kind: 'any' } as const]),
  ];
}

function keyText(cells: readonly string[], index: number): string {
  const cell = cells[index] ?? '';
  return cell.startsWith("'") ? restoreCell(cell) : cell;
}

/** Turns a file's records into rows, and counts what is reported at the end. */
export class RowReader {
  readonly #source: string;
  readonly #layout: Layout;
  readonly #facts: EncodingFacts;
  readonly #where: readonly WhereIndex[];
  readonly #tally: FileTally;
  readonly #columns: RowColumns;
  readonly #fallbacks: readonly KeyPlace[];
  readonly #known: number;

  constructor(
    source: string,
    layout: Layout,
    facts: EncodingFacts,
    where: readonly WhereIndex[],
    tally: FileTally,
  ) {
    this.#source = source;
    this.#layout = layout;
    this.#facts = facts;
    this.#where = where;
    this.#tally = tally;
    this.#columns = new RowColumns(layout, tally);
    this.#fallbacks = fallbackKeys(layout);
    this.#known = layout.leftOut.size > 0 ? titledWidth(layout) : knownWidth(layout);
  }

  /** Returns the row that a record is; undefined if it is not a row. Throws INPUT_COLUMN_AMBIGUOUS. */
  read(cells: readonly string[], line: number): Row | undefined {
    const tally = this.#tally;
    const layout = this.#layout;
    const other = otherRecordOf(cells, layout);
    if (other !== undefined) {
      tallyLine(tally.otherRecords[other], line);
      return undefined;
    }
    tallyBadBytes(tally, this.#facts, cells, line);
    const found = this.#identify(cells);
    // Before --where, which would compare a cell that has shifted.
    if (this.#isTorn(cells, found)) return this.#torn(cells, line, found);
    if (!neverSlips(layout) && cells.length !== layout.width) tallyLine(tally.ragged, line);
    if (!matchWhere(this.#where, cells, layout.results !== undefined)) {
      tallyLine(tally.leftOut, line);
      return undefined;
    }
    const refusal = isExample(cells) ? this.#example(cells) : this.#refusalOf(cells, found);
    const columns = this.#columns.of(cells, line, found);
    if (refusal !== undefined) return this.#refused(refusal, line, columns);
    if (found.kind === 'fault') return this.#refused(found, line, columns);
    tallyUsable(tally, found, layout.key.kind, line);
    tally.rows += 1;
    return { source: this.#source, line, identifier: found, columns };
  }

  #identify(cells: readonly string[]): UsableIdentifier | Fault {
    const { key } = this.#layout;
    const text = keyText(cells, key.index);
    if (this.#fallbacks.length > 0 && cleanCell(text) === '') {
      for (const { index, kind } of this.#fallbacks) {
        const other = keyText(cells, index);
        if (cleanCell(other) !== '') return readIdentifier(kind, other);
      }
    }
    return readIdentifier(key.kind, text);
  }

  /**
   * Tells whether a record has more cells than titles, because one of them contains the delimiter unquoted and those after
   * it have shifted.
   */
  #isTorn(cells: readonly string[], found: UsableIdentifier | Fault): boolean {
    const { key, width } = this.#layout;
    if (neverSlips(this.#layout) || key.index === 0 || cells.length <= this.#known) return false;
    if (hasCellsBehind(cells, this.#known)) return true;
    return cells.length > width && found.kind === 'login' && !found.value.includes('@');
  }

  #torn(cells: readonly string[], line: number, found: UsableIdentifier | Fault): Row {
    const { key, leftOut } = this.#layout;
    const problem = `The row has ${cells.length} cells where ${this.#known} are expected, so ${quoted(key.name)} may be in the wrong column. Put quotes around the cell that contains the delimiter.`;
    // If a column contains secrets, nobody knows which cell is in it now.
    const isKept = leftOut.size === 0;
    const value = isKept ? keyText(cells, key.index) : '';
    const columns = isKept ? this.#columns.of(cells, line, found) : {};
    return this.#refused({ code: 'torn', value, problem }, line, columns);
  }

  #example(cells: readonly string[]): Refusal {
    const value = keyText(cells, this.#layout.key.index);
    return {
      code: 'example',
      value,
      problem: 'The row is the template’s example and names nobody.',
    };
  }

  /** Returns why a row is refused although its cell names somebody. */
  #refusalOf(cells: readonly string[], found: UsableIdentifier | Fault): Refusal | undefined {
    const { names, rivals } = this.#layout;
    if (found.kind === 'fault') return undefined;
    if (rivals.length > 0) refuseDisagreement(this.#source, names, this.#layout, cells);
    const { value } = found;
    if (this.#facts.source !== 'guessed' || !BEYOND_ASCII.test(value)) return undefined;
    const problem = `The letters of ${quoted(value)} are a guess, because the file does not name its encoding. Pass --encoding windows-1252 or the right one.`;
    return { code: 'uncertain-text', value, problem };
  }

  #refused({ code, value, problem }: Refusal, line: number, columns: Columns): Row {
    tallyFault(this.#tally, code, line);
    this.#tally.rows += 1;
    const identifier = { kind: 'invalid', value: printable(value), problem } as const;
    return { source: this.#source, line, identifier, columns };
  }
}
