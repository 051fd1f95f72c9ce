import { shellWord } from '../../domain/shell-word.ts';
import { chooseKey, findColumns, kindOfHeader, type Key } from './header.ts';
import { positionOf } from './head-reading.ts';
import { cleanCell } from '../rows/identifier.ts';
import { printable } from '../input-error.ts';
import {
  actorOrTarget,
  ambiguousColumn,
  badColumnPosition,
  columnFlag,
  missingColumn,
  proposedColumn,
  sideBySide,
  type Shown,
} from './layout-error.ts';
import { preferOriginal, type ResultIndexes } from '../rows/results-header.ts';
import type { FileOptions } from '../selection.ts';
import { disagree, lookOf, rivalsOf, sideOf } from './rivals.ts';
import { memberOfSeveral, normalizeHeader, numberedMember } from './titles.ts';

type Records = readonly (readonly string[])[];
type Names = readonly (string | undefined)[];

/** The column that names the users. */
export interface ChosenColumn {
  readonly key: Key;
  /** Candidates of lower rank. */
  readonly passedOver: readonly Key[];
  /** Columns that also look as if they name users, and that have agreed with the key so far. */
  readonly rivals: readonly number[];
}

const SHOWN_CELLS = 3;

function nameOf(names: Names, index: number): string {
  return names[index] ?? `Column ${index + 1}`;
}

/** Returns columns with three cells each, from rows in which they differ if there are any. */
export function shownColumns(
  names: Names,
  rows: Records,
  indexes: readonly number[],
): readonly Shown[] {
  const first = indexes[0] ?? 0;
  const differs = (cells: readonly string[]) =>
    indexes.some((index) => disagree(cells, first, index));
  const filled = rows.filter((cells) =>
    indexes.some((index) => cleanCell(cells[index] ?? '') !== ''),
  );
  const chosen = [...filled.filter(differs), ...filled.filter((cells) => !differs(cells))];
  return indexes.map((index) => ({
    index,
    name: nameOf(names, index),
    cells: chosen.slice(0, SHOWN_CELLS).map((cells) => cleanCell(cells[index] ?? '')),
  }));
}

/** Returns the flags that select an event's users by its targets: of all targets, those of type User. */
function targetFlags(names: Names, rows: Records, name: string): string {
  const wanted = normalizeHeader(name).replace(/(?:alternateid|id)(s?)$/u, 'type$1');
  const type = names.findIndex((other) => other !== undefined && normalizeHeader(other) === wanted);
  const isTyped = rows.some((cells) => cleanCell(cells[type] ?? '').toLowerCase() === 'user');
  const where = isTyped ? ` --where ${shellWord(`${printable(nameOf(names, type))}=User`)}` : '';
  return `${columnFlag(name)}${where}`;
}

/** Tells whether each line has several users, such as `id_0` next to `id_1`, which are not two names of one user. */
function isSideBySide(names: Names, indexes: readonly number[]): boolean {
  const members = new Set(indexes.map((index) => memberOfSeveral(names[index] ?? '')));
  return indexes.length > 1 && members.size === 1 && !members.has(undefined);
}

function ambiguous(path: string, names: Names, rows: Records, indexes: readonly number[]): Error {
  if (isSideBySide(names, indexes)) return sideBySide(path, nameOf(names, indexes[0] ?? 0), false);
  const shown = shownColumns(names, rows, indexes);
  const targets = shown.map(({ name }) => name).filter((name) => sideOf(name) === 'target');
  const others = shown.map(({ name }) => name).filter((name) => sideOf(name) !== 'target');
  const actors = others.filter((name) => sideOf(name) === 'actor');
  const [target] = targets.sort();
  if (target === undefined && actors.length === 0) return ambiguousColumn(path, shown);
  const flags = target === undefined ? undefined : targetFlags(names, rows, target);
  const [actor] = target === undefined || actors.length > 0 ? actors : others;
  const rest = others.filter((name) => name !== actor);
  return actorOrTarget(path, shown, flags, actor, rest);
}

/** Makes the error if no title names users. The cells decide which error it is. */
function withoutTitle(
  path: string,
  names: Names,
  rows: Records,
  options: FileOptions,
  isJson: boolean,
): Error {
  // The targets of one event are numbered too: `target.0.id`.
  const beside = names.find(
    (name = '') =>
      sideOf(name) === undefined && kindOfHeader(numberedMember(name) ?? '') !== undefined,
  );
  if (beside !== undefined) return sideBySide(path, beside, isJson);
  for (const look of ['id', 'login'] as const) {
    const found = names.flatMap((name, index) =>
      lookOf(name, index, rows) === look ? [index] : [],
    );
    const [first] = found;
    if (first === undefined) continue;
    const differ = rows.some((cells) => found.some((index) => disagree(cells, first, index)));
    if (differ) return ambiguous(path, names, rows, found);
    if (sideOf(names[first] ?? '') === 'actor') return ambiguous(path, names, rows, found);
    const [shown] = shownColumns(names, rows, [first]);
    if (shown !== undefined) return proposedColumn(path, shown);
  }
  return missingColumn(path, names, options, 'column');
}

function declaredColumn(
  path: string,
  names: Names,
  results: ResultIndexes | undefined,
  rows: Records,
  column: string,
  options: FileOptions,
): ChosenColumn {
  const found = preferOriginal(findColumns(names, column), results);
  if (found.length > 1) throw ambiguousColumn(path, shownColumns(names, rows, found));
  const index = found[0] ?? positionOf(column);
  if (index === undefined) throw missingColumn(path, names, options, 'column');
  if (index >= names.length) throw badColumnPosition(path, index, names.length);
  const name = nameOf(names, index);
  return { key: { index, name, kind: kindOfHeader(name) ?? 'any' }, passedOver: [], rivals: [] };
}

/**
 * Chooses the column that names the users: the one that `--column` names, else by its title. Rejects with
 * INPUT_COLUMN_MISSING if no title is known. Rejects with INPUT_COLUMN_AMBIGUOUS if several could be meant, or if an equally
 * good column names other people in one of the first rows.
 */
export function chooseColumn(
  path: string,
  names: Names,
  rows: Records,
  results: ResultIndexes | undefined,
  options: FileOptions,
  isJson = false,
): ChosenColumn {
  const { column } = options;
  if (column !== undefined) return declaredColumn(path, names, results, rows, column, options);
  const index = results?.get('_user_id');
  if (index !== undefined)
    return { key: { index, name: '_user_id', kind: 'id' }, passedOver: [], rivals: [] };
  const choice = chooseKey(names, rows);
  switch (choice.kind) {
    case 'chosen': {
      const { key, passedOver } = choice;
      const rivals = rivalsOf(names, rows, key);
      const other = rivals.filter((rival) =>
        rows.some((cells) => disagree(cells, key.index, rival)),
      );
      if (other.length > 0) throw ambiguous(path, names, rows, [key.index, ...other]);
      return { key, passedOver, rivals };
    }
    case 'ambiguous':
      throw ambiguous(
        path,
        names,
        rows,
        choice.candidates.map((candidate) => candidate.index),
      );
    case 'actor': {
      const others = choice.passedOver
        .filter(({ kind }) => kind !== 'id')
        .map(({ index }) => index);
      const rivals = rivalsOf(names, rows, choice.key).filter((index) => !others.includes(index));
      throw ambiguous(path, names, rows, [choice.key.index, ...others, ...rivals]);
    }
    case 'missing':
      throw withoutTitle(path, names, rows, options, isJson);
    default: {
      const never: never = choice;
      return never;
    }
  }
}

/** Refuses a row in which a column that looked as good as the key names somebody else. Throws INPUT_COLUMN_AMBIGUOUS. */
export function refuseDisagreement(
  path: string,
  names: Names,
  { key, rivals }: ChosenColumn,
  cells: readonly string[],
): void {
  const other: number[] = [];
  for (const rival of rivals) {
    // Rivals are in order, and a short row of a wide table has none of the rest.
    if (rival >= cells.length) break;
    if (disagree(cells, key.index, rival)) other.push(rival);
  }
  if (other.length > 0) throw ambiguous(path, names, [cells], [key.index, ...other]);
}
