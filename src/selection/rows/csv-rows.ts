import { restoreCell } from '../../domain/row/cell.ts';
import type { Columns, Row } from '../../domain/row/row.ts';
import { tallyBadBytes, tallyFault, tallyUsable, type FileTally } from '../remarks/remarks.ts';
import type { EncodingFacts } from '../bytes/encoding.ts';
import { chooseKey } from '../layout/header.ts';
import {
  cleanCell,
  invalid,
  readIdentifier,
  type Fault,
  type UsableIdentifier,
} from './identifier.ts';
import { printable, quoted } from '../input-error.ts';
import type { Layout } from '../layout/layout.ts';
import { refuseDisagreement } from '../layout/choose-column.ts';
import { isKept } from '../layout/left-out.ts';
import { holdsSecretMember, looksLikeFact, secrecyOf } from '../layout/secret-columns.ts';
import type { KeyKind } from '../layout/user-titles.ts';
import { isExample, otherRecordOf } from './other-record.ts';
import { tallyLine } from '../remarks/notice.ts';
import { USER_COLUMN } from './results-header.ts';
import { matchWhere, type WhereIndex } from './where.ts';

/** Turns a record into a row; undefined for records that are no rows. */
export type RowReader = (cells: readonly string[], line: number) => Row | undefined;

const BEYOND_ASCII = /[^\p{ASCII}]/u;

function hasCellsBehind(cells: readonly string[], width: number): boolean {
  for (let index = width; index < cells.length; index += 1) {
    if (cells[index] !== '' && cleanCell(cells[index] ?? '') !== '') return true;
  }
  return false;
}

/** Columns up to here have a title, or cells in most rows; a cell beyond has slipped. */
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

/** Names of the original columns by index; the product's own have none. */
function originalNames(layout: Layout): readonly (string | undefined)[] {
  const own = new Set(layout.results?.values() ?? []);
  return layout.names.map((name, index) => (own.has(index) ? undefined : name));
}

/** How a results file names a user whose id is empty: by `_login`, else by what the original row or `--user` said. */
function fallbackKeys(
  layout: Layout,
): readonly { readonly index: number; readonly kind: KeyKind }[] {
  const login = layout.results?.get('_login');
  const names = originalNames(layout);
  const choice = chooseKey(names);
  const user = names.indexOf(USER_COLUMN);
  return [
    ...(login === undefined ? [] : [{ index: login, kind: 'login' } as const]),
    ...(choice.kind === 'chosen' ? [choice.key] : []),
    ...(user < 0 ? [] : [{ index: user, kind: 'any' } as const]),
  ];
}

/** Makes the function that reads a file's rows, counting on the way what the doctor reports in the end. */
export function rowReader(
  source: string,
  layout: Layout,
  facts: EncodingFacts,
  where: readonly WhereIndex[],
  tally: FileTally,
): RowReader {
  const { key, results } = layout;
  const isResults = results !== undefined;
  const isMembers = layout.header === 'members';
  /** Members and cells of a sheet stand where they belong, whatever the others hold. */
  const neverSlips = isMembers || layout.sheet !== undefined;
  const own = new Set(results?.values() ?? []);
  const names = originalNames(layout);
  const taken = new Set(names);
  const titled =
    layout.headerRecord === undefined
      ? layout.width
      : layout.names.findLastIndex((name) => name !== undefined) + 1;
  const known = layout.leftOut.size > 0 ? titled : knownWidth(layout);
  const aboutSecrets = new Set(
    names.filter((name) => name !== undefined && secrecyOf(name) === 'fact'),
  );
  const fallbacks = isResults && key.index === results.get('_user_id') ? fallbackKeys(layout) : [];

  /** In a row with fewer or more cells than titles a secret may stand in any of them. */
  function mayHoldSlippedSecret(cells: readonly string[]): boolean {
    if (neverSlips || layout.leftOut.size === 0) return false;
    return cells.length < titled || hasCellsBehind(cells, titled);
  }

  function columnsOf(
    cells: readonly string[],
    line: number,
    identifier: UsableIdentifier | Fault,
  ): Columns {
    const columns: Record<string, string> = {};
    if (mayHoldSlippedSecret(cells)) return keyColumn(cells, identifier);
    const isMore = identifier.kind === 'fault' && identifier.code === 'more-than-login';
    const cellAt = (index: number): string =>
      isMore && index === key.index ? identifier.value : (cells[index] ?? '');
    for (let index = 0; index < names.length; index += 1) {
      const name = names[index];
      const cell = cellAt(index);
      if (layout.leftOut.has(index) || (isMembers && cells[index] === undefined)) continue;
      if (isSecretCell(name, cell)) {
        tallyLine(tally.secretCells, line);
      } else if (name !== undefined) columns[name] = isResults ? restoreCell(cell) : cell;
      else if (cell !== '' && !own.has(index)) columns[untitled(index)] = cell;
    }
    for (let index = names.length; index < cells.length; index += 1) {
      const cell = cellAt(index);
      const late = layout.lateName?.(index);
      if (layout.lateName !== undefined && late === undefined) continue;
      if (cell !== '' && !layout.leftOut.has(index) && !isSecretCell(late, cell))
        columns[late ?? untitled(index)] = cell;
    }
    return columns;
  }

  /** A cell that is left out although its column is kept. */
  function isSecretCell(name: string | undefined, cell: string): boolean {
    if (cell === '') return false;
    const isSecret =
      holdsSecretMember(cell) ||
      (name !== undefined && aboutSecrets.has(name) && !looksLikeFact(cell));
    return isSecret && !isKept(name ?? '', layout);
  }

  function keyColumn(cells: readonly string[], identifier: UsableIdentifier | Fault): Columns {
    const name = names[key.index];
    const cell = cells[key.index] ?? '';
    if (identifier.kind === 'fault') return {};
    return { [name ?? untitled(key.index)]: isResults ? restoreCell(cell) : cell };
  }

  function untitled(index: number): string {
    const name = `Column ${index + 1}`;
    return taken.has(name) ? `${name} (untitled)` : name;
  }

  function keyText(cells: readonly string[], index: number): string {
    const cell = cells[index] ?? '';
    return cell.startsWith("'") ? restoreCell(cell) : cell;
  }

  /** More cells than titles: one of them holds the delimiter unquoted, and those behind it have slipped. */
  function isTorn(cells: readonly string[], identifier: UsableIdentifier | Fault): boolean {
    if (neverSlips || key.index === 0 || cells.length <= known) return false;
    if (hasCellsBehind(cells, known)) return true;
    return (
      cells.length > layout.width && identifier.kind === 'login' && !identifier.value.includes('@')
    );
  }

  function identify(cells: readonly string[]): UsableIdentifier | Fault {
    const text = keyText(cells, key.index);
    if (fallbacks.length > 0 && cleanCell(text) === '') {
      for (const { index, kind } of fallbacks) {
        const other = keyText(cells, index);
        if (cleanCell(other) !== '') return readIdentifier(kind, other);
      }
    }
    return readIdentifier(key.kind, text);
  }

  function refused(
    cells: readonly string[],
    line: number,
    value: string,
    problem: string,
    found: UsableIdentifier | Fault,
  ): Row {
    tally.rows += 1;
    const identifier = { kind: 'invalid', value: printable(value), problem } as const;
    // An empty value: nobody knows which cell it is.
    return { source, line, identifier, columns: value === '' ? {} : columnsOf(cells, line, found) };
  }

  return (cells, line) => {
    const other = otherRecordOf(cells, layout);
    if (other !== undefined) {
      tallyLine(tally.otherRecords[other], line);
      return undefined;
    }
    tallyBadBytes(tally, facts, cells, line);
    const identifier = identify(cells);
    // Before --where, which would compare a slipped cell.
    if (isTorn(cells, identifier)) {
      tallyFault(tally, 'torn', line);
      const problem = `The row has ${cells.length} cells where ${known} are expected, so ${quoted(key.name)} may have slipped; put quotes around the cell that holds the delimiter.`;
      const value = layout.leftOut.size > 0 ? '' : keyText(cells, key.index);
      return refused(cells, line, value, problem, identifier);
    }
    if (!neverSlips && cells.length !== layout.width) tallyLine(tally.ragged, line);
    if (!matchWhere(where, cells, isResults)) {
      tallyLine(tally.leftOut, line);
      return undefined;
    }
    if (isExample(cells)) {
      tallyFault(tally, 'example', line);
      const problem = 'The row is the template’s example and names nobody.';
      return refused(cells, line, keyText(cells, key.index), problem, identifier);
    }
    if (identifier.kind === 'fault') {
      tallyFault(tally, identifier.code, line);
      tally.rows += 1;
      return {
        source,
        line,
        identifier: invalid(identifier),
        columns: columnsOf(cells, line, identifier),
      };
    }
    if (layout.rivals.length > 0) refuseDisagreement(source, layout.names, layout, cells);
    if (facts.source === 'guessed' && BEYOND_ASCII.test(identifier.value)) {
      tallyFault(tally, 'uncertain-text', line);
      const problem = `The letters of ${quoted(identifier.value)} are a guess, since the file does not say its encoding; give --encoding windows-1252 or the right one.`;
      return refused(cells, line, identifier.value, problem, identifier);
    }
    tallyUsable(tally, identifier, key.kind, line);
    tally.rows += 1;
    return { source, line, identifier, columns: columnsOf(cells, line, identifier) };
  };
}
