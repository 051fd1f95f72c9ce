import type { Org } from './org/org.ts';
import { STATUS_CODE } from './org/user-table.ts';

const HEADER = 'User Id,Status,Username,First name,Last name,Primary email\n';
const ROWS_PER_CHUNK = 500;

const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/**
 * Writes users as Rockstar's “Export Users” does with its default columns: header unquoted, cells quoted, LF, no BOM, no
 * protection against formulas. `deprovisioned` false is Rockstar's blank query, which leaves deactivated users out.
 */
export function* rockstarCsv(
  org: Org,
  options: { readonly deprovisioned: boolean },
): Generator<string> {
  yield HEADER;
  let chunk: string[] = [];
  for (let index = 0; index < org.table.size; index += 1) {
    if (!options.deprovisioned && org.table.status[index] === STATUS_CODE.DEPROVISIONED) continue;
    const { login, firstName, lastName, email } = org.people.person(index);
    const cells = [
      org.userIds.idOf(index),
      org.table.statusOf(index),
      login,
      firstName,
      lastName,
      email,
    ];
    chunk.push(`${cells.map(cell).join(',')}\n`);
    if (chunk.length < ROWS_PER_CHUNK) continue;
    yield chunk.join('');
    chunk = [];
  }
  if (chunk.length > 0) yield chunk.join('');
}
