import { restoreCell } from '../../domain/row/cell.ts';
import type { Where, WhereTest } from '../../domain/row/where.ts';
import { findColumns } from '../layout/header.ts';
import { cleanCell } from './identifier.ts';
import type { Layout } from '../layout/layout.ts';
import { ambiguousWhere, missingColumn } from '../layout/layout-error.ts';
import { refuseLeftOut } from '../layout/left-out.ts';
import { preferOriginal } from './results-header.ts';
import type { FileOptions } from '../selection.ts';

/** A condition whose column is found. */
export interface WhereIndex {
  readonly index: number;
  readonly holds: (cell: string) => boolean;
}

/** Converts to lower case, because spreadsheets turn `true` into `TRUE` when they save. */
function comparable(text: string): string {
  return cleanCell(text).toLowerCase();
}

/** Makes the test of a condition, which ignores case and spaces around the cell. */
export function cellTest(test: WhereTest): (cell: string) => boolean {
  switch (test.kind) {
    case 'is':
    case 'is-not': {
      const wanted = comparable(test.value);
      const isWanted = test.kind === 'is';
      return (cell) => (comparable(cell) === wanted) === isWanted;
    }
    case 'contains': {
      const part = comparable(test.value);
      return (cell) => comparable(cell).includes(part);
    }
    case 'one-of': {
      const wanted = new Set(test.values.map(comparable));
      return (cell) => wanted.has(comparable(cell));
    }
    default: {
      const never: never = test;
      return never;
    }
  }
}

function findOne(path: string, layout: Layout, where: Where, options: FileOptions): WhereIndex {
  const [first] = where.readings;
  for (const { column, test } of where.readings) {
    const found = preferOriginal(findColumns(layout.names, column), layout.results);
    const [index] = found;
    if (index === undefined) continue;
    refuseLeftOut(path, layout.names[index], 'where', options);
    if (found.length > 1) {
      throw ambiguousWhere(
        path,
        found.map((each) => layout.names[each] ?? ''),
      );
    }
    return { index, holds: cellTest(test) };
  }
  throw missingColumn(path, layout.names, options, 'where', first.column);
}

/** Finds the columns of the conditions. Rejects with INPUT_COLUMN_MISSING and INPUT_COLUMN_AMBIGUOUS. */
export function findWhere(
  path: string,
  layout: Layout,
  options: FileOptions,
): readonly WhereIndex[] {
  return options.where.map((where) => findOne(path, layout, where, options));
}

/** Tells whether a row meets all conditions. */
export function matchWhere(
  where: readonly WhereIndex[],
  cells: readonly string[],
  isResults: boolean,
): boolean {
  return where.every(({ index, holds }) => {
    const cell = cells[index] ?? '';
    return holds(isResults ? restoreCell(cell) : cell);
  });
}
