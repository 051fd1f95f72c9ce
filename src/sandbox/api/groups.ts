import { jsonReply, notFound, type Reply } from '../wire/errors.ts';
import { segment, type Exchange } from '../wire/exchange.ts';
import { groupField, groupOf } from './group-fields.ts';
import type { Org } from '../org/org.ts';
import { linkHeaders, readPage, scanPage, slicePage } from '../wire/paging.ts';
import { parseExpression } from '../search/grammar.ts';
import { compileExpression, type Field, type Predicate } from '../search/match.ts';
import { sorted } from '../search/sorting.ts';
import { searchField } from './user-fields.ts';
import { resolveUser } from './user-lookup.ts';
import { userPage } from './user-reads.ts';
import { badSearch, compileUsers } from '../search/user-search.ts';
import type { UserView } from '../org/user-table.ts';

/**
 * Tells whether a user is in a group. All users are in Everyone, each other group has every n-th user, and deactivated users
 * are in none.
 */
function isMember(org: Org, view: UserView, group: number, user: number): boolean {
  if (view.statusOf(user) === 'DEPROVISIONED') return false;
  return group === 0 || user % org.settings.groups === group;
}

const iso = (ms: number): string => new Date(ms).toISOString();

function groupJson(exchange: Exchange, index: number): string {
  const id = exchange.org.groupIds.idOf(index);
  const self = `${exchange.origin}/api/v1/groups/${id}`;
  const group = groupOf(index);
  const { name, description, type } = group;
  return JSON.stringify({
    id,
    created: iso(group.createdMs),
    lastUpdated: iso(group.lastUpdatedMs),
    lastMembershipUpdated: iso(group.lastMembershipUpdatedMs),
    objectClass: [type === 'APP_GROUP' ? 'okta:windows_security_principal' : 'okta:user_group'],
    type,
    profile: { name, description: description ?? null },
    _links: { users: { href: `${self}/users` }, apps: { href: `${self}/apps` } },
  });
}

function inOrder(
  org: Org,
  matches: Predicate,
  order: Field,
  sortOrder: string | null,
): readonly number[] {
  const all = Array.from({ length: org.settings.groups }, (_, index) => index);
  return sorted(all.filter(matches), order, org.groupIds.idOf, sortOrder);
}

/** `GET /groups`: `search` with an order, `filter` by a few attributes, or `q` (prefix of the name, without pages). */
export function listGroups(exchange: Exchange): Reply {
  const { org, query } = exchange;
  const page = readPage(exchange, 10_000, 10_000);
  if ('body' in page) return page;
  const search = query.get('search');
  const text = search ?? query.get('filter');
  const kind = search === null ? 'filter' : 'search';
  const q = query.get('q')?.toLowerCase();
  let matches = (index: number): boolean =>
    q === undefined || groupOf(index).name.toLowerCase().startsWith(q);
  if (text !== null) {
    const parsed = parseExpression(text);
    if (parsed.kind === 'bad') return badSearch(parsed.problem);
    const compiled = compileExpression(parsed.expression, (name) => groupField(org, name, kind));
    if (compiled.kind === 'bad') return badSearch(compiled.problem);
    matches = compiled.matches;
  }
  const limited = q === undefined ? page : { from: 0, limit: Math.min(page.limit, 300) };
  const sortBy = search === null ? null : query.get('sortBy');
  const order = sortBy === null ? undefined : groupField(org, sortBy, 'search');
  if (sortBy !== null && order === undefined) return badSearch(`cannot sort by ${sortBy}`);
  const { found, next } =
    order === undefined
      ? scanPage(limited, org.settings.groups, matches)
      : slicePage(limited, inOrder(org, matches, order, query.get('sortOrder')));
  const body = `[${found.map((index) => groupJson(exchange, index)).join(',')}]`;
  return jsonReply(body, 200, linkHeaders(exchange, q === undefined ? next : undefined));
}

function resolveGroup(exchange: Exchange): number | Reply {
  const id = segment(exchange, 4) ?? '';
  return exchange.org.groupIds.indexOf(id) ?? notFound(id, 'UserGroup');
}

/** `GET /groups/{groupId}`. */
export function getGroup(exchange: Exchange): Reply {
  const index = resolveGroup(exchange);
  return typeof index === 'number' ? jsonReply(groupJson(exchange, index)) : index;
}

/**
 * `GET /groups/{groupId}/users`: 1,000 per page by default, as in Okta for historical reasons; `search` works among the
 * members.
 */
export function listMembers(exchange: Exchange): Reply {
  const group = resolveGroup(exchange);
  if (typeof group !== 'number') return group;
  const page = readPage(exchange, 1000, 1000);
  if ('body' in page) return page;
  const { org, query, nowMs, lagMs } = exchange;
  const search = query.get('search');
  const behindMs = search === null ? lagMs : Math.max(org.settings.searchLagMs, lagMs);
  const view = org.history.view(nowMs, behindMs);
  const member: Predicate = (user) => isMember(org, view, group, user);
  if (search === null) return userPage(exchange, scanPage(page, org.table.size, member), view);
  const compiled = compileUsers(org, view, search, searchField);
  if (compiled.kind === 'bad') return badSearch(compiled.problem);
  const { matches } = compiled;
  const both: Predicate = (user) => member(user) && matches(user);
  return userPage(exchange, scanPage(page, org.table.size, both), view);
}

/** `GET /users/{id}/groups`. */
export function listUserGroups(exchange: Exchange): Reply {
  const user = resolveUser(exchange, 4);
  if (typeof user !== 'number') return user;
  const { org } = exchange;
  const groups = Array.from({ length: org.settings.groups }, (_, group) => group);
  const own = groups.filter((group) => isMember(org, org.table, group, user));
  return jsonReply(`[${own.map((group) => groupJson(exchange, group)).join(',')}]`);
}
