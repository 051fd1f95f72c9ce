import { errorReply, jsonReply, notFound, type Reply } from './errors.ts';
import { segment, type Exchange } from './exchange.ts';
import type { Org } from './org.ts';
import { linkHeaders, readPage, scanPage } from './paging.ts';
import { parseExpression, type Operator } from './search-grammar.ts';
import { compileExpression, type Field } from './search-match.ts';
import { resolveUser } from './user-lookup.ts';
import { userPage } from './user-reads.ts';
import { STATUS_CODE } from './user-table.ts';

const NAMES = ['Everyone', 'Engineering', 'Sales', 'Finance', 'Contractors', 'Contractors'];
const CREATED = '2019-03-01T00:00:00.000Z';
const TEXT: ReadonlySet<Operator> = new Set<Operator>(['eq', 'sw', 'co', 'pr']);
const EQUAL: ReadonlySet<Operator> = new Set<Operator>(['eq']);

/** The name of a group. The last of the first six shares its name with another: one of Okta, one of a directory. */
export function groupName(index: number): string {
  return NAMES[index] ?? `Team ${index + 1 - NAMES.length}`;
}

const groupType = (index: number): string =>
  index === 0 ? 'BUILT_IN' : index === 5 ? 'APP_GROUP' : 'OKTA_GROUP';

/** Whether a user is in a group: all in Everyone, each of the others has every n-th user; deactivated users are in none. */
function isMember(org: Org, group: number, user: number): boolean {
  if (org.table.status[user] === STATUS_CODE.DEPROVISIONED) return false;
  return group === 0 || user % org.settings.groups === group;
}

function groupJson(exchange: Exchange, index: number): string {
  const id = exchange.org.groupIds.idOf(index);
  const self = `${exchange.origin}/api/v1/groups/${id}`;
  const type = groupType(index);
  return JSON.stringify({
    id,
    created: CREATED,
    lastUpdated: CREATED,
    lastMembershipUpdated: CREATED,
    objectClass: [type === 'APP_GROUP' ? 'okta:windows_security_principal' : 'okta:user_group'],
    type,
    profile: { name: groupName(index), description: null },
    _links: { users: { href: `${self}/users` }, apps: { href: `${self}/apps` } },
  });
}

function groupField(org: Org, attribute: string, kind: 'search' | 'filter'): Field | undefined {
  const field = (read: Field['read']): Field => ({
    kind: 'text',
    operators: kind === 'search' ? TEXT : EQUAL,
    caseSensitive: kind === 'filter',
    read,
  });
  switch (attribute) {
    case 'id':
      return { ...field(org.groupIds.idOf), caseSensitive: true };
    case 'type':
      return field(groupType);
    case 'profile.name':
      return kind === 'search' ? field(groupName) : undefined;
    default:
      return undefined;
  }
}

/** `GET /groups`: `search`, `filter` (id and type alone), `q` (prefix of the name, unpaged). */
export function listGroups(exchange: Exchange): Reply {
  const { org, query } = exchange;
  const page = readPage(exchange, 10_000, 10_000);
  if ('body' in page) return page;
  const search = query.get('search');
  const text = search ?? query.get('filter');
  const kind = search === null ? 'filter' : 'search';
  const q = query.get('q')?.toLowerCase();
  let matches = (index: number): boolean =>
    q === undefined || groupName(index).toLowerCase().startsWith(q);
  if (text !== null) {
    const parsed = parseExpression(text);
    if (parsed.kind === 'bad') return errorReply('E0000031', { causes: [parsed.problem] });
    const compiled = compileExpression(parsed.expression, (name) => groupField(org, name, kind));
    if (compiled.kind === 'bad') return errorReply('E0000031', { causes: [compiled.problem] });
    matches = compiled.matches;
  }
  const limited = q === undefined ? page : { from: 0, limit: Math.min(page.limit, 300) };
  const { found, next } = scanPage(limited, org.settings.groups, matches);
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

/** `GET /groups/{groupId}/users`: default 1,000 a page, as Okta's is for historical reasons. */
export function listMembers(exchange: Exchange): Reply {
  const group = resolveGroup(exchange);
  if (typeof group !== 'number') return group;
  const page = readPage(exchange, 1000, 1000);
  if ('body' in page) return page;
  const { org } = exchange;
  return userPage(
    exchange,
    scanPage(page, org.table.size, (user) => isMember(org, group, user)),
  );
}

/** `GET /users/{id}/groups`. */
export function listUserGroups(exchange: Exchange): Reply {
  const user = resolveUser(exchange, 4);
  if (typeof user !== 'number') return user;
  const { org } = exchange;
  const groups = Array.from({ length: org.settings.groups }, (_, group) => group);
  const own = groups.filter((group) => isMember(org, group, user));
  return jsonReply(`[${own.map((group) => groupJson(exchange, group)).join(',')}]`);
}
