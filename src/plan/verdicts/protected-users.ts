import type { Answer } from '../../domain/row/call.ts';
import type { Failure } from '../../domain/row/failure.ts';
import type { Cursor, OrgReader, Page } from '../../domain/org/org.ts';
import type { PolicyOptions, Principal } from '../../domain/run/run-file.ts';
import { KeySet } from './key-set.ts';

/** The ids on a protecting list. If it could not be read completely, `ids` has those that were read before the failure. */
export type ProtectingList =
  | { readonly kind: 'known'; readonly ids: Ids }
  | { readonly kind: 'unreadable'; readonly ids: Ids; readonly why: string };

type Ids = Pick<ReadonlySet<string>, 'has' | 'size'>;

/** The users that a run must not act on. */
export interface ProtectedUsers {
  /** The owner of the credential, on whom a run never acts. */
  readonly principal: Principal;
  /** Users with an admin role. */
  readonly admins: ProtectingList;
  /** Members of the excluded groups. */
  readonly excluded: ProtectingList;
}

export const NOBODY: ProtectingList = { kind: 'known', ids: new Set<string>() };

export interface ProtectionPorts {
  readonly reader: Pick<OrgReader, 'admins' | 'groupMembers'>;
  readonly failureError: (failure: Failure, tried: string) => Error;
}

/** Returns why a list cannot be read; undefined if the cause is the connection and not the list. */
function whyClosed(failure: Failure, what: string): string | undefined {
  if (failure.kind === 'answer') return `the answer cannot be understood (${failure.message})`;
  if (failure.kind === 'transport') return undefined;
  if (failure.status === 401 || failure.status === 429 || failure.status >= 500) return undefined;
  const code = failure.oktaCode === undefined ? '' : ` ${failure.oktaCode}`;
  const said = `HTTP ${failure.status}${code}`;
  if (failure.status === 403) return `the credential cannot read ${what} (${said})`;
  if (failure.status === 404) return `this org has no list of ${what} (${said})`;
  return `Okta refused to list ${what} (${said})`;
}

interface Listing<T> {
  readonly what: string;
  readonly page: (cursor: Cursor | undefined) => Promise<Answer<Page<T>>>;
  readonly idOf: (member: T) => string;
}

/** Adds every page of a listing to `ids`. Returns why it could not be read to the end. */
async function readInto<T>(
  ids: KeySet,
  { what, page, idOf }: Listing<T>,
  failureError: ProtectionPorts['failureError'],
): Promise<string | undefined> {
  let cursor: Cursor | undefined;
  do {
    const answer = await page(cursor);
    if (answer.kind === 'failed') {
      const why = whyClosed(answer.failure, what);
      if (why === undefined) throw failureError(answer.failure, `read ${what}`);
      return why;
    }
    for (const member of answer.value.items) ids.add(idOf(member));
    cursor = answer.value.next;
  } while (cursor !== undefined);
  return undefined;
}

function listOf(ids: KeySet, why: string | undefined): ProtectingList {
  return why === undefined ? { kind: 'known', ids } : { kind: 'unreadable', ids, why };
}

/**
 * Reads who has an admin role, over all pages. If the credential is not allowed to read it (403, 404, …), that is not an
 * error, but anyone who acts must say what follows from it. Rejects with the `failureError` of a 401, 429, 5xx or broken
 * connection, and on abort.
 */
export async function readAdmins(
  { reader, failureError }: ProtectionPorts,
  signal: AbortSignal,
): Promise<ProtectingList> {
  const ids = new KeySet();
  const why = await readInto(
    ids,
    {
      what: 'role assignments',
      page: (cursor) => reader.admins(cursor, signal),
      idOf: (id) => id,
    },
    failureError,
  );
  return listOf(ids, why);
}

/** Reads the members of the groups, by the ids of these. Rejects like `readAdmins`. */
export async function readExcludedGroups(
  groups: readonly string[],
  { reader, failureError }: ProtectionPorts,
  signal: AbortSignal,
): Promise<ProtectingList> {
  const ids = new KeySet();
  const closed: string[] = [];
  for (const groupId of groups) {
    const why = await readInto(
      ids,
      {
        what: `members of the group ${groupId}`,
        page: (cursor) => reader.groupMembers(cursor ?? { groupId, limit: 200 }, signal),
        idOf: ({ id }) => id,
      },
      failureError,
    );
    if (why !== undefined) closed.push(why);
  }
  return listOf(ids, closed.length === 0 ? undefined : closed.join('; '));
}

/**
 * Reads which users a run must not act on, as of now: admins, and the members of the groups that its policy excludes.
 * Rejects like `readAdmins`.
 */
export async function readProtectedUsers(
  principal: Principal,
  policy: Pick<PolicyOptions, 'excludedGroups'>,
  ports: ProtectionPorts,
  signal: AbortSignal,
): Promise<ProtectedUsers> {
  const [admins, excluded] = await Promise.all([
    readAdmins(ports, signal),
    readExcludedGroups(policy.excludedGroups ?? [], ports, signal),
  ]);
  return { principal, admins, excluded };
}

/** A protecting list that could not be read completely, with what that means and why. */
export interface UnreadList {
  readonly list: 'admins' | 'excluded' | 'self';
  /** One plain sentence without its period, to follow “…, so”. */
  readonly text: string;
}

/** Returns the protecting lists that the policy needs and that could not be read completely. */
export function unreadLists(
  { principal, admins, excluded }: ProtectedUsers,
  policy: Pick<PolicyOptions, 'includeAdmins'>,
): readonly UnreadList[] {
  const unread: UnreadList[] = [];
  if (principal.kind === 'unknown') {
    unread.push({
      list: 'self',
      text: 'Okta does not show who owns the credential, so the owner would not be protected',
    });
  }
  if (excluded.kind === 'unreadable') {
    unread.push({
      list: 'excluded',
      text: `The excluded groups could not be read completely, so some of their members would not be protected: ${excluded.why}`,
    });
  }
  if (admins.kind === 'unreadable' && !policy.includeAdmins) {
    unread.push({
      list: 'admins',
      text: `The list of admins could not be read completely, so some admins would not be protected: ${admins.why}`,
    });
  }
  return unread;
}
