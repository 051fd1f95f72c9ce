import type { SelectionConfig } from '../../config/selection.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import type { OrgReader } from '../../domain/org/org.ts';
import type { User } from '../../domain/org/user.ts';
import { NOBODY_EXCLUDED, readExclusion } from '../../plan/verdicts/exclusion.ts';
import { KeySet } from '../../plan/verdicts/key-set.ts';
import { readExcludedGroups } from '../../plan/verdicts/protected-users.ts';
import { resolveRows } from '../../plan/lookup/resolve-rows.ts';
import type { AppContext } from '../context.ts';
import { readPorts } from '../org/failure-error.ts';
import { excludedGroupsOf, excludedRows, rowsOf } from './select-rows.ts';

/** Returns the members of the excluded groups. Rejects with ORG_ANSWER if they cannot be read completely. */
async function membersOf(
  selection: SelectionConfig,
  reader: OrgReader,
  context: AppContext,
): Promise<{ readonly has: (id: string) => boolean }> {
  const groups = await excludedGroupsOf(selection, reader, context);
  const excluded = await readExcludedGroups(groups, readPorts(reader), context.interrupt.drain);
  if (excluded.kind === 'known') return excluded.ids;
  throw new AppError(
    'ORG_ANSWER',
    `The excluded groups could not be read completely, so some of their members would be exported: ${excluded.why}.`,
    {
      hint: 'Use a credential that can read these groups (okta.groups.read), or list their members in a file: --exclude FILE.',
    },
  );
}

/**
 * Returns the live users of a selection, each once, in first-seen order. Rows that name nobody are reported and left out.
 */
export async function* selectUsers(
  selection: SelectionConfig,
  reader: OrgReader,
  context: AppContext,
): AsyncIterable<User> {
  const exclusion =
    selection.excludeFiles.length === 0
      ? NOBODY_EXCLUDED
      : await readExclusion(excludedRows(selection, context), { lookup: true });
  const inGroups = await membersOf(selection, reader, context);
  const seen = new KeySet();
  const end = selection.limit === undefined ? Infinity : selection.skip + selection.limit;
  let counted = 0;
  let lost = 0;
  const resolved = resolveRows(
    rowsOf(selection, reader, context),
    readPorts(reader),
    { lookup: true },
    context.interrupt.drain,
  );
  for await (const row of resolved) {
    if (row.resolution.kind !== 'found') {
      lost += 1;
      continue;
    }
    const { user } = row.resolution;
    if (inGroups.has(user.id) || exclusion.has(row) || !seen.add(user.id)) continue;
    counted += 1;
    if (counted > selection.skip) yield user;
    if (counted >= end) break;
  }
  if (lost > 0) {
    context.emit({
      type: 'message',
      level: 'warning',
      text: `${lost} ${lost === 1 ? 'row names' : 'rows name'} no user of this org and ${lost === 1 ? 'is' : 'are'} not exported.`,
      hint: 'To see which and why: okta-reset plan with the same flags.',
    });
  }
}
