import type { SelectionConfig } from '../config/selection.ts';
import type { OrgReader } from '../domain/org.ts';
import type { User } from '../domain/user.ts';
import { NOBODY_EXCLUDED, readExclusion } from '../plan/exclusion.ts';
import { KeySet } from '../plan/key-set.ts';
import { resolveRows } from '../plan/resolve-rows.ts';
import type { AppContext } from './context.ts';
import { failureError } from './failure-error.ts';
import { excludedRows, rowsOf } from './select-rows.ts';

/** The live users of a selection, each once, in first-seen order. Rows that name nobody are told and left out. */
export async function* selectUsers(
  selection: SelectionConfig,
  reader: OrgReader,
  context: AppContext,
): AsyncIterable<User> {
  const excludes = selection.excludeFiles.length + selection.excludeGroups.length > 0;
  const exclusion = excludes
    ? await readExclusion(excludedRows(selection, reader, context), { lookup: true })
    : NOBODY_EXCLUDED;
  const seen = new KeySet();
  const end = selection.limit === undefined ? Infinity : selection.skip + selection.limit;
  let counted = 0;
  let lost = 0;
  const resolved = resolveRows(
    rowsOf(selection, reader, context),
    { reader, failureError: (failure, tried) => failureError(failure, tried, reader.host) },
    { lookup: true },
    context.interrupt.drain,
  );
  for await (const row of resolved) {
    if (row.resolution.kind !== 'found') {
      lost += 1;
      continue;
    }
    const { user } = row.resolution;
    if (exclusion.has(row) || !seen.add(user.id)) continue;
    counted += 1;
    if (counted > selection.skip) yield user;
    if (counted >= end) break;
  }
  if (lost > 0) {
    context.emit({
      type: 'message',
      level: 'warning',
      text: `${lost} ${lost === 1 ? 'row names' : 'rows name'} no user of this org and ${lost === 1 ? 'is' : 'are'} not exported.`,
      hint: 'okta-reset plan with the same selection says which, and why.',
    });
  }
}
