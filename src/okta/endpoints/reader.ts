import type { Answer } from '../../domain/row/call.ts';
import type {
  Cursor,
  Group,
  Organization,
  OrgReader,
  Page,
  UserQuery,
} from '../../domain/org/org.ts';
import { parseUserId } from '../../domain/org/user-id.ts';
import { notAddressable, readOne, readPage, readRequest, wrongAnswer } from './endpoint.ts';
import { isRecord, textOf } from '../http/json.ts';
import {
  readFactor,
  readGroup,
  readHolder,
  readLinkLifetime,
  readList,
  readLogEvent,
  readRole,
} from './list-shape.ts';
import { createListings } from './listing.ts';
import type { Pacing } from '../../domain/org/pacing.ts';
import type { ServerClock } from '../../domain/clock.ts';
import type { ReadRequest, ReadTransport } from '../http/transport.ts';
import { readUser } from './user-shape.ts';

/** Okta's maximum of users and members per page. */
const PAGE_USERS = 200;
/** Okta's maximum of log events per page. */
const PAGE_EVENTS = 1000;
/** Names that a path would not carry to the user they mean: `me` is the caller himself. */
const NOT_IN_A_PATH = /[/\\?#;]|^\.{1,2}$|^me$|^$|[\ud800-\udfff]/iu;

export interface ReaderPorts {
  readonly origin: string;
  readonly transport: ReadTransport;
  readonly pacing: Pick<Pacing, 'limits'>;
  readonly serverClock: ServerClock;
}

function readOrganization(json: unknown): Organization | undefined {
  if (!isRecord(json)) return undefined;
  const engine =
    json['pipeline'] === 'v1' ? 'classic' : json['pipeline'] === 'idx' ? 'oie' : 'unknown';
  return { id: textOf(json['id']) ?? '', engine };
}

/** Encodes a value of a query. Halves of a character, which no URL carries, become U+FFFD, which is nobody's name. */
function encoded(text: string): string {
  return encodeURIComponent(text.replace(/[\ud800-\udfff]/gu, '\ufffd'));
}

function queryOf(query: UserQuery): string {
  switch (query.kind) {
    case 'search':
      return `search=${encoded(query.expression)}&`;
    case 'filter':
      return `filter=${encoded(query.expression)}&`;
    case 'q':
      return `q=${encoded(query.prefix)}&`;
    case 'all':
      return '';
    default: {
      const never: never = query;
      return never;
    }
  }
}

function pageSize(limit: number): number {
  return Math.max(1, Math.min(PAGE_USERS, Math.floor(limit)));
}

/** Returns the page's path if the cursor leads to this endpoint; a cursor comes from a page, but types cannot tell which. */
function cursorRequest(cursor: Cursor, route: string, pattern: RegExp): ReadRequest | undefined {
  return pattern.test(cursor.next) ? readRequest(cursor.next, route) : undefined;
}

const readUsers = (json: unknown) => readList(json, readUser);
const readEvents = (json: unknown) => readList(json, readLogEvent);
const readFactors = (json: unknown) => readList(json, readFactor);
const readRoles = (json: unknown) => readList(json, readRole);
const readHolders = (json: unknown) => readList(isRecord(json) ? json['value'] : json, readHolder);

/** The typed reads of an org. */
export function createReader(ports: ReaderPorts): OrgReader {
  const { origin, transport, pacing, serverClock } = ports;
  const listing = { transport, listings: createListings(origin) };

  function page<T>(
    from: Cursor | undefined,
    request: ReadRequest | undefined,
    read: (json: unknown) => readonly T[] | undefined,
    signal: AbortSignal,
  ): Promise<Answer<Page<T>>> {
    if (request === undefined)
      return Promise.resolve(notAddressable('A cursor of another listing'));
    return readPage(listing, request, from, read, signal);
  }

  async function groupsBy(
    query: string,
    name: string,
    signal: AbortSignal,
  ): Promise<Answer<readonly Group[]>> {
    const found: Group[] = [];
    let from: Cursor | undefined;
    for (;;) {
      const path: string = from?.next ?? `/api/v1/groups?${query}`;
      const request = readRequest(path, '/api/v1/groups');
      const answer = await page(from, request, (json) => readList(json, readGroup), signal);
      if (answer.kind === 'failed') return answer;
      for (const group of answer.value.items) if (group.name === name) found.push(group);
      from = answer.value.next;
      if (from === undefined) return { kind: 'ok', value: found, call: answer.call };
    }
  }

  return {
    origin,
    host: new URL(origin).host,
    organization: (signal) => {
      const path = '/.well-known/okta-organization';
      return readOne(
        transport,
        readRequest(path, path, true),
        'an Okta org',
        readOrganization,
        signal,
      );
    },
    me: (signal) => {
      const path = '/api/v1/users/me';
      return readOne(transport, readRequest(path, path), 'a user', readUser, signal);
    },
    user: async (idOrLogin, signal) => {
      if (NOT_IN_A_PATH.test(idOrLogin)) return notAddressable('This login');
      const path = `/api/v1/users/${encodeURIComponent(idOrLogin)}`;
      const exchange = await transport.send(readRequest(path, '/api/v1/users/{id}'), signal);
      const { call, failure } = exchange;
      if (failure !== undefined) return { kind: 'failed', failure, call };
      const user = readUser(exchange.json);
      if (user === undefined) {
        return wrongAnswer(
          exchange,
          '/api/v1/users/{id} answered with something that is not a user.',
        );
      }
      const id = parseUserId(idOrLogin);
      return id !== undefined && id !== user.id
        ? wrongAnswer(exchange, '/api/v1/users/{id} answered with another user.')
        : { kind: 'ok', value: user, call };
    },
    factors: (userId, signal) => {
      const route = '/api/v1/users/{id}/factors';
      const request = readRequest(`/api/v1/users/${userId}/factors`, route);
      return readOne(transport, request, 'a list of factors', readFactors, signal);
    },
    users: (which, signal) => {
      const route = '/api/v1/users';
      if ('next' in which) {
        return page(
          which,
          cursorRequest(which, route, /^\/api\/v1\/users(\?|$)/),
          readUsers,
          signal,
        );
      }
      const path = `${route}?${queryOf(which.query)}limit=${pageSize(which.limit)}`;
      return page(undefined, readRequest(path, route), readUsers, signal);
    },
    groupsNamed: async (name, signal) => {
      const quoted = name.replace(/["\\]/g, '\\$&');
      const expression = encoded(`profile.name eq "${quoted}"`);
      const searched = await groupsBy(`search=${expression}&limit=200`, name, signal);
      // The search lags behind new groups, and servers of old know none; the prefix query fills in.
      const refused =
        searched.kind === 'failed' &&
        searched.failure.kind === 'okta' &&
        searched.failure.status === 400;
      if (!refused && (searched.kind === 'failed' || searched.value.length > 0)) return searched;
      return groupsBy(`q=${encoded(name)}&limit=200`, name, signal);
    },
    groupsLike: async (beginning, limit, signal) => {
      const path = `/api/v1/groups?q=${encoded(beginning)}&limit=${limit}`;
      const request = readRequest(path, '/api/v1/groups');
      const answer = await page(undefined, request, (json) => readList(json, readGroup), signal);
      if (answer.kind === 'failed') return answer;
      return { kind: 'ok', value: answer.value.items.slice(0, limit), call: answer.call };
    },
    group: (id, signal) => {
      if (!/^\w{1,64}$/.test(id)) return Promise.resolve(notAddressable('This group id'));
      const request = readRequest(`/api/v1/groups/${id}`, '/api/v1/groups/{id}');
      return readOne(transport, request, 'a group', readGroup, signal);
    },
    groupMembers: (which, signal) => {
      const route = '/api/v1/groups/{id}/users';
      if ('next' in which) {
        const pattern = /^\/api\/v1\/groups\/\w{1,64}\/users(\?|$)/;
        return page(which, cursorRequest(which, route, pattern), readUsers, signal);
      }
      if (!/^\w{1,64}$/.test(which.groupId))
        return Promise.resolve(notAddressable('This group id'));
      const path = `/api/v1/groups/${which.groupId}/users?limit=${pageSize(which.limit)}`;
      return page(undefined, readRequest(path, route), readUsers, signal);
    },
    admins: (cursor, signal) => {
      const route = '/api/v1/iam/assignees/users';
      const request =
        cursor === undefined
          ? readRequest(`${route}?limit=200`, route)
          : cursorRequest(cursor, route, /^\/api\/v1\/iam\/assignees\/users(\?|$)/);
      return page(cursor, request, readHolders, signal);
    },
    roles: (holder, signal) => {
      const id = holder.kind === 'user' ? holder.id : holder.clientId;
      if (!/^\w{1,64}$/.test(id)) return Promise.resolve(notAddressable('This id'));
      const [family, route] =
        holder.kind === 'user'
          ? ['/api/v1/users', '/api/v1/users/{id}/roles']
          : ['/oauth2/v1/clients', '/oauth2/v1/clients/{id}/roles'];
      const request = readRequest(`${family}/${id}/roles`, route);
      return readOne(transport, request, 'a list of roles', readRoles, signal);
    },
    logEvents: (which, signal) => {
      const route = '/api/v1/logs';
      if ('next' in which) {
        return page(
          which,
          cursorRequest(which, route, /^\/api\/v1\/logs(\?|$)/),
          readEvents,
          signal,
        );
      }
      const since = encodeURIComponent(new Date(which.sinceMs).toISOString());
      const until = encodeURIComponent(new Date(which.untilMs).toISOString());
      const filter = encoded(which.filter);
      const path = `${route}?since=${since}&until=${until}&filter=${filter}&sortOrder=ASCENDING&limit=${PAGE_EVENTS}`;
      return page(undefined, readRequest(path, route), readEvents, signal);
    },
    linkLifetime: (signal) => {
      const route = '/api/v1/policies';
      const request = readRequest(`${route}?type=PASSWORD`, route);
      return readOne(transport, request, 'a list of password policies', readLinkLifetime, signal);
    },
    limits: () => pacing.limits(),
    serverNowMs: () => serverClock.nowMs(),
  };
}
