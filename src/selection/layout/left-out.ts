import type { Columns } from '../../domain/row/row.ts';
import { findColumns } from './header.ts';
import { secretColumn } from './layout-error.ts';
import type { FileOptions } from '../selection.ts';
import { holdsSecret } from './secret-cells.ts';
import { looksLikeFact, secrecyOf } from './secret-columns.ts';

/** Tells whether the admin wants to keep a column although its title mentions secrets. */
export function isKept(name: string, options: Pick<FileOptions, 'keep'>): boolean {
  return options.keep.some((kept) => findColumns([name], kept).length > 0);
}

/**
 * Tells whether a column is left out. It is, unless `--keep-column` names it, if its title says that it contains secrets, or
 * if the title says that it contains facts about secrets and one of its cells is not such a fact.
 */
export function isLeftOut(
  name: string,
  cells: readonly string[],
  options: Pick<FileOptions, 'keep'>,
): boolean {
  const secrecy = secrecyOf(name);
  if (secrecy === 'none' || (secrecy === 'fact' && cells.every(looksLikeFact))) return false;
  return !isKept(name, options);
}

/** Returns the columns of a row without those that might contain secrets, because plans of 0.1.0 still have them. */
export function withoutSecrets(columns: Columns): Columns {
  return Object.fromEntries(
    Object.entries(columns).filter(
      ([name, cell]) => !isLeftOut(name, [cell], { keep: [] }) && !holdsSecret(cell),
    ),
  );
}

/** Throws if `--column` or `--where` names a column that is left out. */
export function refuseLeftOut(
  path: string,
  name: string | undefined,
  flag: 'column' | 'where',
  options: FileOptions,
): void {
  if (name !== undefined && isLeftOut(name, [], options)) throw secretColumn(path, name, flag);
}
