/** Small questions to the org that a page asks while somebody is typing. */
import type { OrgConfig } from '../../config/org.ts';
import { NOTHING_GIVEN } from '../../config/flags/flag.ts';
import { PACE } from '../../config/pace.ts';
import type { Answer } from '../../domain/row/call.ts';
import type { Group, OrgReader, UserQuery } from '../../domain/org/org.ts';
import type { User } from '../../domain/org/user.ts';
import { openReading } from '../org/connection.ts';
import { failureError } from '../org/failure-error.ts';
import type { AppContext } from '../context.ts';

const PAGE = 200;
const SAMPLE = 5;

async function asking<T>(
  org: OrgConfig,
  context: AppContext,
  ask: (reader: OrgReader, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const pace = PACE.read(NOTHING_GIVEN);
  const connection = openReading({ org, pace, runId: undefined }, context);
  try {
    return await ask(connection.reader, context.interrupt.drain);
  } finally {
    await connection.close();
  }
}

function valueOf<T>(answer: Answer<T>, tried: string, { host }: OrgConfig): T {
  if (answer.kind === 'ok') return answer.value;
  throw failureError(answer.failure, tried, host);
}

/** Returns the groups whose names begin with a text, and whether there are more. Rejects with AUTH_*, ORG_*. */
export async function groupsLike(
  org: OrgConfig,
  { beginning, most }: { readonly beginning: string; readonly most: number },
  context: AppContext,
): Promise<{ readonly groups: readonly Group[]; readonly more: boolean }> {
  const found = await asking(org, context, async (reader, signal) =>
    valueOf(await reader.groupsLike(beginning, most + 1, signal), 'read the groups', org),
  );
  return { groups: found.slice(0, most), more: found.length > most };
}

/** Which users a count is about. */
export type Counted = UserQuery | { readonly kind: 'group'; readonly id: string };

/**
 * Counts users page by page, up to `most`. Rejects with AUTH_*, ORG_* (also for a query that Okta does not understand).
 */
export async function countUsers(
  org: OrgConfig,
  { counted, most }: { readonly counted: Counted; readonly most: number },
  context: AppContext,
): Promise<{ readonly users: number; readonly more: boolean; readonly sample: readonly User[] }> {
  return asking(org, context, async (reader, signal) => {
    const first =
      counted.kind === 'group'
        ? reader.groupMembers({ groupId: counted.id, limit: PAGE }, signal)
        : reader.users({ query: counted, limit: PAGE }, signal);
    let page = valueOf(await first, 'count the users', org);
    const sample = page.items.slice(0, SAMPLE);
    let users = page.items.length;
    while (page.next !== undefined && users < most) {
      const next = counted.kind === 'group' ? reader.groupMembers : reader.users;
      page = valueOf(await next(page.next, signal), 'count the users', org);
      users += page.items.length;
    }
    return { users, more: page.next !== undefined, sample };
  });
}
