import { restoreCell } from '../../domain/row/cell.ts';
import { findColumns } from '../layout/header.ts';
import { cleanCell } from './identifier.ts';
import type { Layout } from '../layout/layout.ts';
import { ambiguousWhere, missingColumn } from '../layout/layout-error.ts';
import { refuseLeftOut } from '../layout/left-out.ts';
import { preferOriginal } from './results-header.ts';
import type { FileOptions } from '../selection.ts';

/** A condition with its column found. */
export interface WhereIndex {
  readonly index: number;
  /** In lower case, since spreadsheets turn `true` into `TRUE` when they save. */
  readonly value: string;
}

function comparable(text: string): string {
  return cleanCell(text).toLowerCase();
}

/** Finds the columns of the conditions. Rejects with INPUT_COLUMN_MISSING and INPUT_COLUMN_AMBIGUOUS. */
export function findWhere(
  path: string,
  layout: Layout,
  options: FileOptions,
): readonly WhereIndex[] {
  return options.where.map(({ column, value }) => {
    const found = preferOriginal(findColumns(layout.names, column), layout.results);
    const [index] = found;
    refuseLeftOut(path, index === undefined ? undefined : layout.names[index], 'where', options);
    if (index === undefined) throw missingColumn(path, layout.names, options, 'where', column);
    if (found.length > 1) {
      throw ambiguousWhere(
        path,
        found.map((each) => layout.names[each] ?? ''),
      );
    }
    return { index, value: comparable(value) };
  });
}

/** Tells whether a row fulfils all conditions: the whole cell, blind to case and to blanks around it. */
export function matchWhere(
  where: readonly WhereIndex[],
  cells: readonly string[],
  isResults: boolean,
): boolean {
  return where.every(({ index, value }) => {
    const cell = cells[index] ?? '';
    return comparable(isResults ? restoreCell(cell) : cell) === value;
  });
}
