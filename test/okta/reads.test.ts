import { describe, expect, test } from '@jest/globals';
import type { OrgReader } from '../../src/domain/org/org.ts';
import type { Dispatcher } from 'undici';
import { createListings } from '../../src/okta/endpoints/listing.ts';
import { createHttp } from '../../src/okta/http/http.ts';
import { createReader } from '../../src/okta/endpoints/reader.ts';
import type { Exchange, ReadRequest } from '../../src/okta/http/transport.ts';
import { never, USER, userJson } from './scripted-org.ts';

const ORIGIN = 'https://acme.okta.com';

/** A reader whose requests are kept, each answered with the next JSON of the list, and then with the last one. */
function reading(...answers: readonly unknown[]) {
  const asked: ReadRequest[] = [];
  const send = async (request: ReadRequest) => {
    const json = answers[Math.min(asked.length, answers.length - 1)];
    asked.push(request);
    const call = { status: 200, requestId: 'req', serverTimeMs: 1, durationMs: 1 };
    return { call, json, headers: {}, body: '', failure: undefined } as unknown as Exchange;
  };
  const reader = createReader({
    origin: ORIGIN,
    transport: { send },
    pacing: { limits: () => [] },
    serverClock: { nowMs: () => 7 } as never,
  });
  return { reader, asked };
}

interface Read {
  readonly name: string;
  readonly ask: (reader: OrgReader) => Promise<unknown>;
  readonly path: string;
  readonly route: string;
  readonly bucket: string | undefined;
  /** What the error calls the answer, if it is not that. */
  readonly what: string;
}

const GROUP = '00g1';
const USERS = '/api/v1/users';
const LISTING = 'a listing';

const READS: readonly Read[] = [
  {
    name: 'the org',
    ask: (reader) => reader.organization(never),
    path: '/.well-known/okta-organization',
    route: '/.well-known/okta-organization',
    bucket: undefined,
    what: 'an Okta org',
  },
  {
    name: 'the owner of the credential',
    ask: (reader) => reader.me(never),
    path: `${USERS}/me`,
    route: `${USERS}/me`,
    bucket: `${USERS}/me`,
    what: 'a user',
  },
  {
    name: 'a user',
    ask: (reader) => reader.user(USER, never),
    path: `${USERS}/${USER}`,
    route: `${USERS}/{id}`,
    bucket: `${USERS}/{id:.+}`,
    what: 'a user',
  },
  {
    name: 'a user’s factors',
    ask: (reader) => reader.factors(USER, never),
    path: `${USERS}/${USER}/factors`,
    route: `${USERS}/{id}/factors`,
    bucket: USERS,
    what: 'a list of factors',
  },
  {
    name: 'users',
    ask: (reader) => reader.users({ query: { kind: 'all' }, limit: 200 }, never),
    path: `${USERS}?limit=200`,
    route: USERS,
    bucket: USERS,
    what: LISTING,
  },
  {
    name: 'more users',
    ask: (reader) => reader.users({ next: `${USERS}?after=x` }, never),
    path: `${USERS}?after=x`,
    route: USERS,
    bucket: USERS,
    what: LISTING,
  },
  {
    name: 'groups of a name',
    ask: (reader) => reader.groupsNamed('R&D', never),
    path: '/api/v1/groups?search=profile.name%20eq%20%22R%26D%22&limit=200',
    route: '/api/v1/groups',
    bucket: '/api/v1/groups',
    what: LISTING,
  },
  {
    name: 'groups with a beginning',
    ask: (reader) => reader.groupsLike('R&', 7, never),
    path: '/api/v1/groups?q=R%26&limit=7',
    route: '/api/v1/groups',
    bucket: '/api/v1/groups',
    what: LISTING,
  },
  {
    name: 'a group',
    ask: (reader) => reader.group(GROUP, never),
    path: `/api/v1/groups/${GROUP}`,
    route: '/api/v1/groups/{id}',
    bucket: '/api/v1/groups/{id}',
    what: 'a group',
  },
  {
    name: 'members',
    ask: (reader) => reader.groupMembers({ groupId: GROUP, limit: 200 }, never),
    path: `/api/v1/groups/${GROUP}/users?limit=200`,
    route: '/api/v1/groups/{id}/users',
    bucket: '/api/v1/groups',
    what: LISTING,
  },
  {
    name: 'more members',
    ask: (reader) => reader.groupMembers({ next: `/api/v1/groups/${GROUP}/users?after=x` }, never),
    path: `/api/v1/groups/${GROUP}/users?after=x`,
    route: '/api/v1/groups/{id}/users',
    bucket: '/api/v1/groups',
    what: LISTING,
  },
  {
    name: 'admins',
    ask: (reader) => reader.admins(undefined, never),
    path: '/api/v1/iam/assignees/users?limit=200',
    route: '/api/v1/iam/assignees/users',
    bucket: '/api/v1/iam',
    what: LISTING,
  },
  {
    name: 'more admins',
    ask: (reader) => reader.admins({ next: '/api/v1/iam/assignees/users?after=x' }, never),
    path: '/api/v1/iam/assignees/users?after=x',
    route: '/api/v1/iam/assignees/users',
    bucket: '/api/v1/iam',
    what: LISTING,
  },
  {
    name: 'roles of a user',
    ask: (reader) => reader.roles({ kind: 'user', id: USER }, never),
    path: `${USERS}/${USER}/roles`,
    route: `${USERS}/{id}/roles`,
    bucket: USERS,
    what: 'a list of roles',
  },
  {
    name: 'roles of an app',
    ask: (reader) => reader.roles({ kind: 'app', clientId: '0oa1' }, never),
    path: '/oauth2/v1/clients/0oa1/roles',
    route: '/oauth2/v1/clients/{id}/roles',
    bucket: '/oauth2/v1/clients',
    what: 'a list of roles',
  },
  {
    name: 'more of the log',
    ask: (reader) => reader.logEvents({ next: '/api/v1/logs?after=x' }, never),
    path: '/api/v1/logs?after=x',
    route: '/api/v1/logs',
    bucket: '/api/v1/logs',
    what: LISTING,
  },
  {
    name: 'password policies',
    ask: (reader) => reader.linkLifetime(never),
    path: '/api/v1/policies?type=PASSWORD',
    route: '/api/v1/policies',
    bucket: '/api/v1',
    what: 'a list of password policies',
  },
];

describe.each(READS)('the read of $name', ({ ask, path, route, bucket, what }) => {
  test('is one GET, with its route for the log and its bucket', async () => {
    const { reader, asked } = reading('not it');
    await ask(reader);
    const auth = bucket === undefined ? 'none' : 'credential';
    expect(asked).toEqual([{ method: 'GET', path, route, bucket, auth, headers: [] }]);
  });

  test('refuses an answer that is something else, and names it', async () => {
    const answer = await ask(reading('not it').reader);
    const message = `${route} answered with something that is not ${what}.`;
    const failure = { kind: 'answer', status: 200, message, requestId: 'req', effect: 'certain' };
    expect(answer).toMatchObject({ kind: 'failed', failure });
  });
});

test.each<[string, (reader: OrgReader) => Promise<unknown>]>([
  ['a group that is a path', (reader) => reader.group('../users', never)],
  ['members of such a group', (reader) => reader.groupMembers({ groupId: 'a/b', limit: 1 }, never)],
  ['roles of such a user', (reader) => reader.roles({ kind: 'user', id: '..' }, never)],
  ['roles of such an app', (reader) => reader.roles({ kind: 'app', clientId: '' }, never)],
  ['an id of 65 characters', (reader) => reader.group('a'.repeat(65), never)],
  ...['/api/v1/logs?after=x', `${USERS}/me`, '/api/v1/usersx?after=x', 'x/api/v1/users?a'].map(
    (next): [string, (reader: OrgReader) => Promise<unknown>] => [
      `users at ${next}`,
      (reader) => reader.users({ next }, never),
    ],
  ),
  ['members at users', (reader) => reader.groupMembers({ next: `${USERS}?after=x` }, never)],
  ['admins at users', (reader) => reader.admins({ next: `${USERS}?after=x` }, never)],
  ['the log at users', (reader) => reader.logEvents({ next: `${USERS}?after=x` }, never)],
])('nothing is sent for %s', async (_, ask) => {
  const { reader, asked } = reading([]);
  const call = { status: undefined, requestId: undefined, serverTimeMs: undefined, durationMs: 0 };
  const failure = { kind: 'transport', code: 'NOT_ADDRESSABLE', effect: 'none' };
  expect(await ask(reader)).toMatchObject({ kind: 'failed', failure, call });
  expect(asked).toEqual([]);
});

test('a group is found by its exact name, on all pages, and by the prefix query only if the search finds none', async () => {
  const group = (id: string, name: string) => ({ id, profile: { name } });
  const named = async (...answers: readonly unknown[]) => {
    const { reader, asked } = reading(...answers);
    const answer = await reader.groupsNamed('Sales', never);
    const ids = answer.kind === 'ok' ? answer.value.map(({ id }) => id) : answer.failure.kind;
    return [ids, asked.map(({ path }) => path.replace(/=.*/, ''))];
  };
  const [search, prefix] = ['/api/v1/groups?search', '/api/v1/groups?q'];
  const others = group('00g2', 'Sales EU');
  expect(await named([group('00g1', 'Sales'), others])).toEqual([['00g1'], [search]]);
  expect(await named([others], [others, group('00g3', 'Sales')])).toEqual([
    ['00g3'],
    [search, prefix],
  ]);
  const both = [group('00g5', 'Sales'), others, group('00g4', 'Sales')];
  expect(await named(both)).toEqual([['00g5', '00g4'], [search]]);
  expect(await named([], [])).toEqual([[], [search, prefix]]);
  expect(await named('not it')).toEqual(['answer', [search]]);
});

test('a listing continues on its own path, whatever its query contains', () => {
  const listings = createListings(ORIGIN);
  const next = (path: string, link: string) => listings.next(undefined, path, link).kind;
  for (const path of ['/api/v1/users', '/api/v1/users?search=a', '/api/v1/users?search=a?b&c=?'])
    expect([
      next(path, '/api/v1/users?after=1'),
      next(path, '/api/v1/user?after=1'),
      next(path, '/api/v1/users/x?after=1'),
    ]).toEqual(['next', 'refused', 'refused']);
});

/** An exchange over a connection that answers at once with this. */
async function exchanged(
  status: number,
  headers: Record<string, string>,
  {
    method = 'GET',
    body = '{}',
  }: { readonly method?: 'GET' | 'POST'; readonly body?: string } = {},
) {
  const learned: number[] = [];
  const dispatcher = {
    dispatch: (_: unknown, handler: Dispatcher.DispatchHandler) => {
      const controller = { abort: () => undefined } as unknown as Dispatcher.DispatchController;
      handler.onRequestStart?.(controller, {});
      handler.onResponseStart?.(controller, status, headers, '');
      handler.onResponseData?.(controller, Buffer.from(body));
      handler.onResponseEnd?.(controller, {});
      return true;
    },
    destroy: async () => undefined,
  } as unknown as Dispatcher;
  const http = createHttp({
    origin: ORIGIN,
    dispatcher,
    clock: {
      nowMs: () => 0,
      monotonicMs: () => 0,
      sleep: () => new Promise(() => undefined),
    } as never,
    serverClock: { learn: (ms: number) => learned.push(ms), nowMs: () => undefined },
    userAgent: 'test',
    timeoutMs: 1000,
  });
  const call = { method, path: '/', headers: [], body: undefined, keep: 'body' } as const;
  const { failure } = await http.send(call, never);
  return { failed: failure?.kind ?? 'no', learned: learned.length > 0 };
}

const DATE = { date: 'Sun, 22 Nov 2026 03:15:02 GMT' };
const OKTAS = { ...DATE, 'x-okta-request-id': 'req' };
const PAGE = { ...DATE, 'content-type': 'text/html' };

test.each<[number, Record<string, string>, 'GET' | 'POST', string, boolean]>([
  [200, OKTAS, 'GET', 'no', true],
  [299, OKTAS, 'GET', 'no', true],
  [300, OKTAS, 'GET', 'okta', true],
  [400, OKTAS, 'POST', 'okta', true],
  // Without Okta's mark, only a success that is not a web page has Okta's time.
  [200, DATE, 'GET', 'no', true],
  [299, DATE, 'GET', 'no', true],
  [300, DATE, 'GET', 'okta', false],
  [503, DATE, 'GET', 'okta', false],
  [200, PAGE, 'GET', 'no', false],
  [200, PAGE, 'POST', 'okta', false],
  [200, { ...PAGE, ...OKTAS }, 'POST', 'no', true],
  [200, DATE, 'POST', 'no', true],
])(
  'HTTP %d with %j to a %s: failure %s, time learned %s',
  async (status, headers, method, failed, learned) => {
    expect(await exchanged(status, headers, { method })).toEqual({ failed, learned });
  },
);

test('no more groups are listed than were asked for', async () => {
  const groups = [1, 2, 3].map((n) => ({ id: `00g${n}`, profile: { name: `G${n}` } }));
  const { reader } = reading(groups);
  expect(await reader.groupsLike('G', 2, never)).toMatchObject({
    kind: 'ok',
    value: [{ name: 'G1' }, { name: 'G2' }],
  });
});

test.each([
  ['v1', 'classic'],
  ['idx', 'oie'],
  ['v3', 'unknown'],
  [undefined, 'unknown'],
])('an org with the pipeline %j is %s', async (pipeline, engine) => {
  const { reader } = reading({ id: '00o1', pipeline }, { pipeline });
  expect(await reader.organization(never)).toMatchObject({ value: { id: '00o1', engine } });
  expect(await reader.organization(never)).toMatchObject({ value: { id: '', engine } });
});

test('admins are listed as they come, or as the value of a page', async () => {
  const { reader } = reading([{ id: USER }], { value: [{ id: USER }] });
  for (let nth = 1; nth <= 2; nth += 1)
    expect(await reader.admins(undefined, never)).toMatchObject({ value: { items: [USER] } });
});

test('pages have 1 to 200 users', async () => {
  const { reader, asked } = reading([userJson(USER)]);
  for (const limit of [0, 1, 7.9, 200, 201]) {
    await reader.users({ query: { kind: 'all' }, limit }, never);
    await reader.groupMembers({ groupId: GROUP, limit }, never);
  }
  const limits = asked.map(({ path }) => path.replace(/.*limit=/, ''));
  expect(limits).toEqual(['1', '1', '1', '1', '7', '7', '200', '200', '200', '200']);
});

test('a reader knows its org', () => {
  const { reader } = reading([]);
  expect([reader.origin, reader.host, reader.limits(), reader.serverNowMs()]).toEqual([
    ORIGIN,
    'acme.okta.com',
    [],
    7,
  ]);
});
