import { afterEach, describe, expect, test } from '@jest/globals';
import type { Cursor } from '../../src/domain/org/org.ts';
import { connectReader } from '../../src/okta/connect.ts';
import { createServerClock } from '../../src/okta/http/server-clock.ts';
import { Secret } from '../../src/secrets/secret.ts';
import {
  connect,
  clock,
  json,
  never,
  oktaError,
  openGate,
  startOrg,
  TOKEN,
  USER,
  userJson,
} from './scripted-org.ts';
import type { Script } from './scripted-org.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function scripted(script: Script) {
  const org = await startOrg(script);
  const connection = connect(org.origin);
  closers.push(org.close, connection.close);
  return { org, ...connection };
}

const all = { query: { kind: 'all' }, limit: 200 } as const;

describe('users', () => {
  test('are read as they come, without links and password', async () => {
    const { reader, org } = await scripted((_q, r) => {
      const bare = { id: '00u2222222222222222b' };
      json(r, 200, [userJson(USER, { custom: { deep: [1] }, _embedded: {} }), bare], {
        date: 'Wed, 21 Oct 2026 07:28:00 GMT',
      });
    });
    const answer = await reader.users(all, never);
    expect(answer).toMatchObject({
      kind: 'ok',
      call: { status: 200, requestId: 'req-1', serverTimeMs: Date.UTC(2026, 9, 21, 7, 28) },
    });
    const { items } = (answer as Extract<typeof answer, { kind: 'ok' }>).value;
    expect(items[0]).toEqual({
      id: USER,
      status: 'ACTIVE',
      login: `${USER}@example.com`,
      email: `${USER}@example.com`,
      secondEmail: undefined,
      providerType: 'OKTA',
      providerName: 'OKTA',
      statusChangedMs: Date.UTC(2026, 0, 2, 3, 4, 5),
      passwordChangedMs: undefined,
      raw: {
        id: USER,
        status: 'ACTIVE',
        statusChanged: '2026-01-02T03:04:05.000Z',
        passwordChanged: null,
        profile: { login: `${USER}@example.com`, email: `${USER}@example.com`, secondEmail: null },
        credentials: { provider: { type: 'OKTA', name: 'OKTA' } },
        custom: { deep: [1] },
      },
    });
    expect(items[1]).toMatchObject({ status: 'UNKNOWN', providerType: 'UNKNOWN', login: '' });
    expect(org.seen[0]).toMatchObject({
      url: '/api/v1/users?limit=200',
      headers: {
        accept: 'application/json',
        authorization: `SSWS ${TOKEN}`,
        'user-agent': 'okta-reset/0.0.0 (run=test)',
      },
    });
    expect(reader.serverNowMs()).toBeGreaterThanOrEqual(Date.UTC(2026, 9, 21, 7, 28));
  });

  test('queries are encoded, whatever they contain', async () => {
    const { reader, org } = await scripted((_q, r) => json(r, 200, []));
    const expression = 'profile.login eq "a&b=c#d/é +"';
    await reader.users({ query: { kind: 'search', expression }, limit: 9999 }, never);
    await reader.users({ query: { kind: 'filter', expression }, limit: 0 }, never);
    await reader.users({ query: { kind: 'q', prefix: 'a b' }, limit: 5 }, never);
    const urls = org.seen.map(({ url }) => new URL(url, org.origin).searchParams);
    expect(urls.map((url) => Object.fromEntries(url))).toEqual([
      { search: expression, limit: '200' },
      { filter: expression, limit: '1' },
      { q: 'a b', limit: '5' },
    ]);
  });

  test('a page with a member that is not a user is refused completely, and none is dropped', async () => {
    const { reader } = await scripted((_q, r) =>
      json(r, 200, [userJson(USER), { id: '../admin' }]),
    );
    expect(await reader.users(all, never)).toMatchObject({ failure: { kind: 'answer' } });
  });

  test.each(['', 'a/b', 'me', 'ME', '..', '.', 'a?b', 'a#b', 'a\\b', 'a;b'])(
    'the login %j is not put into a URL',
    async (login) => {
      const { reader, org } = await scripted((_q, r) => json(r, 200, userJson(USER)));
      expect(await reader.user(login, never)).toMatchObject({
        failure: { code: 'NOT_ADDRESSABLE' },
      });
      expect(org.seen).toHaveLength(0);
    },
  );

  test('a different user than the one requested is not an answer', async () => {
    const { reader } = await scripted((_q, r) => json(r, 200, userJson('00u2222222222222222b')));
    expect(await reader.user(USER, never)).toMatchObject({ failure: { kind: 'answer' } });
    expect(await reader.user('some@example.com', never)).toMatchObject({ kind: 'ok' });
  });
});

describe('listings', () => {
  async function follow(link: (origin: string, nth: number) => string | string[] | undefined) {
    const { reader, org } = await scripted((_q, r, nth) => {
      const value = link(`http://${_q.headers.host}`, nth);
      json(r, 200, [userJson(USER)], value === undefined ? {} : { link: value });
    });
    let from: Cursor | undefined;
    for (let pages = 1; pages < 20; pages++) {
      const answer = await reader.users(from ?? all, never);
      if (answer.kind === 'failed') return { pages, failure: answer.failure, org };
      from = answer.value.next;
      if (from === undefined) return { pages, failure: undefined, org };
    }
    throw new Error('endless');
  }
  const next = (origin: string, after: number) =>
    `<${origin}/api/v1/users?after=${after}&limit=200>; rel="next"`;

  test('are followed to their end, however the header is written', async () => {
    const { pages, failure } = await follow((origin, nth) => {
      const self = `<${origin}/api/v1/users?limit=200>; rel="self"`;
      if (nth === 1) return [self, next(origin, nth)];
      if (nth === 2) return `${self}, ${next(origin, nth)}`;
      if (nth === 3) return `</api/v1/users?after=3>;title="a, b";rel=next`;
      return self;
    });
    expect(failure).toBeUndefined();
    expect(pages).toBe(4);
  });

  test.each([
    ['another scheme', 'https://127.0.0.1/api/v1/users'],
    ['the host of the Admin Console', 'https://acme-admin.okta.com/api/v1/users'],
    ['a custom domain', 'https://login.acme.example:8443/api/v1/users'],
    ['a host of its own', 'https://evil.example/api/v1/users'],
    ['a user in the URL', 'http://x:y@127.0.0.1/api/v1/users'],
  ])('continue at our own origin if a link names %s', async (_name, link) => {
    const { failure, pages, org } = await follow((_origin, nth) =>
      nth < 3 ? `<${link}?after=${nth}&limit=200>; rel="next"` : undefined,
    );
    expect([failure, pages]).toEqual([undefined, 3]);
    expect(org.seen.map(({ url }) => url).slice(1)).toEqual([
      '/api/v1/users?after=1&limit=200',
      '/api/v1/users?after=2&limit=200',
    ]);
  });

  test.each([
    ['another endpoint', '</api/v1/apps?after=1>; rel="next"'],
    ['another endpoint of another host', '<https://evil.example/steal?after=1>; rel="next"'],
    ['a path that only begins alike', '</api/v1/users/00u1?after=1>; rel="next"'],
    ['something that is no web address', '<javascript:alert(1)>; rel="next"'],
    ['a dotted path', '</api/v1/users/../apps?after=1>; rel="next"'],
    ['no URL', '<http://[>; rel="next"'],
    ['a link without its brackets', '/api/v1/users?after=1; rel="next"'],
    ['a link without its end', '</api/v1/users?after=1; rel=next'],
    ['a link after its parameters', 'rel="next" </api/v1/users?after=1>'],
  ])('are not followed to %s', async (_name, link) => {
    const { failure, org } = await follow(() => link);
    expect(failure).toMatchObject({ kind: 'answer' });
    expect(org.seen).toHaveLength(1);
  });

  test('are not followed in a circle', async () => {
    const { failure, pages } = await follow((origin, nth) => next(origin, nth % 3));
    expect(failure).toMatchObject({ kind: 'answer', message: expect.stringContaining('circle') });
    expect(pages).toBeLessThan(6);
  });

  test('a cursor of one listing does not work in another', async () => {
    const { reader, org } = await scripted((_q, r) => json(r, 200, []));
    const cursor = { next: '/api/v1/logs?after=1' };
    expect(await reader.users(cursor, never)).toMatchObject({
      failure: { code: 'NOT_ADDRESSABLE' },
    });
    expect(org.seen).toHaveLength(0);
  });
});

describe('the other reads', () => {
  test('the org, without credentials and without a place in the gate', async () => {
    const { reader, org, gate } = await scripted((_q, r) =>
      json(r, 200, { id: '00o1', pipeline: 'idx' }),
    );
    expect(await reader.organization(never)).toMatchObject({
      value: { id: '00o1', engine: 'oie' },
    });
    expect(org.seen[0]?.headers.authorization).toBeUndefined();
    expect(gate.entered).toEqual([]);
  });

  test('groups by exact name, or by prefix if the search finds none', async () => {
    const group = (name: string) => ({ id: `00g${name}`, profile: { name } });
    const { reader, org } = await scripted((q, r) => {
      if (q.url.includes('search=')) oktaError(r, 400, 'E0000031');
      else json(r, 200, [group('Sales'), group('Sales EU')]);
    });
    expect(await reader.groupsNamed('Sales', never)).toMatchObject({
      value: [{ id: '00gSales', name: 'Sales' }],
    });
    expect(new URL(org.seen[0]!.url, org.origin).searchParams.get('search')).toBe(
      'profile.name eq "Sales"',
    );
    await reader.groupsNamed('a "b" \\', never);
    expect(new URL(org.seen[2]!.url, org.origin).searchParams.get('search')).toBe(
      'profile.name eq "a \\"b\\" \\\\"',
    );
  });

  test('members, admins by a link in the body, and log events', async () => {
    const { reader, org } = await scripted((q, r) => {
      if (q.url.startsWith('/api/v1/groups/')) json(r, 200, [userJson(USER)]);
      else if (q.url.includes('/iam/')) {
        const more = q.url.includes('after') ? {} : { next: { href: `${q.url}&after=2` } };
        json(r, 200, { value: [{ id: USER }], _links: more });
      } else {
        const target = [
          { type: 'User', id: USER },
          { type: 'App', id: '0oa1' },
        ];
        const event = { uuid: 'u', eventType: 'e', published: '2026-01-02T03:04:05.000Z', target };
        json(r, 200, [
          {
            ...event,
            actor: { id: 'a' },
            outcome: { result: 'SUCCESS' },
            transaction: { id: 't' },
          },
        ]);
      }
    });
    expect(await reader.groupMembers({ groupId: '00g1', limit: 200 }, never)).toMatchObject({
      value: { items: [{ id: USER }] },
    });
    expect(await reader.groupMembers({ groupId: '../users', limit: 200 }, never)).toMatchObject({
      failure: { code: 'NOT_ADDRESSABLE' },
    });
    const first = await reader.admins(undefined, never);
    expect(first).toMatchObject({
      value: { items: [USER], next: { next: expect.stringContaining('after=2') } },
    });
    const cursor = first.kind === 'ok' ? first.value.next : undefined;
    expect(await reader.admins(cursor, never)).toMatchObject({ value: { next: undefined } });
    const filter = 'eventType eq "x"';
    expect(await reader.logEvents({ filter, sinceMs: 0, untilMs: 1000 }, never)).toMatchObject({
      value: {
        items: [
          {
            uuid: 'u',
            publishedMs: Date.UTC(2026, 0, 2, 3, 4, 5),
            actorId: 'a',
            userIds: [USER],
            result: 'SUCCESS',
            requestId: 't',
          },
        ],
      },
    });
    expect(Object.fromEntries(new URL(org.seen.at(-1)!.url, org.origin).searchParams)).toEqual({
      since: '1970-01-01T00:00:00.000Z',
      until: '1970-01-01T00:00:01.000Z',
      filter,
      sortOrder: 'ASCENDING',
      limit: '1000',
    });
  });

  test('link lifetime over the active policies', async () => {
    const policy = (status: string, tokenLifetimeMinutes: unknown) => ({
      status,
      settings: {
        recovery: {
          factors: { okta_email: { properties: { recoveryToken: { tokenLifetimeMinutes } } } },
        },
      },
    });
    const { reader } = await scripted((_q, r, nth) =>
      json(
        r,
        200,
        nth > 1 ? [{}] : [policy('ACTIVE', 60), policy('ACTIVE', 10080), policy('INACTIVE', 5)],
      ),
    );
    expect(await reader.linkLifetime(never)).toMatchObject({
      value: { minMinutes: 60, maxMinutes: 10080 },
    });
    expect(await reader.linkLifetime(never)).toMatchObject({ failure: { kind: 'answer' } });
  });
});

test('a reader connected for a dry run has no way to write', async () => {
  const org = await startOrg((_q, r) => json(r, 200, userJson(USER)));
  const { pacing } = openGate();
  const options = {
    origin: `${org.origin}/`,
    timeoutMs: 5000,
    maxRetries: 0,
    connections: 1,
    env: {},
  };
  const connection = connectReader(
    { ...options, userAgent: 'x', credentials: { kind: 'ssws', token: new Secret(TOKEN) } },
    {
      clock,
      serverClock: createServerClock(clock),
      random: () => 0.5,
      pacing,
    },
  );
  closers.push(org.close, connection.close);
  expect(Object.keys(connection)).toEqual(['reader', 'grantedScopes', 'close']);
  expect('write' in connection.reader).toBe(false);
  expect(connection.reader).toMatchObject({ origin: org.origin, host: `127.0.0.1:${org.port}` });
  expect(await connection.reader.me(never)).toMatchObject({ kind: 'ok' });
});
