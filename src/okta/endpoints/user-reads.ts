import type { OrgReader, UserQuery } from '../../domain/org/org.ts';
import { parseUserId } from '../../domain/org/user-id.ts';
import { notAddressable, readOne, readRequest, wrongAnswer } from './endpoint.ts';
import { readFactor, readList } from './list-shape.ts';
import { cursorRequest, encoded, pageSize, type ReadPorts } from './pages.ts';
import { readUser } from './user-shape.ts';

/** Names that would mean a different user in a path: `me` is the caller. */
const NOT_IN_A_PATH = /[/\\?#;]|^\.{1,2}$|^me$|^$|[\ud800-\udfff]/iu;

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

const readUsers = (json: unknown) => readList(json, readUser);
const readFactors = (json: unknown) => readList(json, readFactor);

/** Makes the reads of users and of the factors that they have enrolled. */
export function userReads({
  transport,
  page,
}: ReadPorts): Pick<OrgReader, 'me' | 'user' | 'users' | 'factors'> {
  return {
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
  };
}
