import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Step } from '../../src/domain/plan/step.ts';
import { parseUserId } from '../../src/domain/org/user-id.ts';
import { parseChaos } from '../../src/sandbox/chaos/chaos.ts';
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { never, stepCall } from '../okta/scripted-org.ts';
import { appToken, sendBytes, taker, USERS } from '../sandbox/rig.ts';
import { startPair, type Pair } from './pair.ts';

/** Facts counted in recorded answers of real orgs: what the sandbox answers, and what the client makes of that. */

let pair: Pair;
/** Undefined while a test has started no pair, or only its own. */
let started: Pair | undefined;
afterEach(async () => {
  await started?.close();
  started = undefined;
});

const ACTIVE = { statuses: { ACTIVE: 1 } };

async function start(options: SandboxOptions & { readonly words?: string } = {}): Promise<Pair> {
  const { words, ...rest } = options;
  const chaos = words === undefined ? {} : { chaos: parseChaos(words) };
  pair = await startPair({ limits: 'off', ...rest, ...chaos });
  started = pair;
  return pair;
}

async function everyone({ client }: Pair): Promise<readonly string[]> {
  const ids: string[] = [];
  let at: Parameters<typeof client.users>[0] | undefined = { query: { kind: 'all' }, limit: 100 };
  while (at !== undefined) {
    const page = await client.users(at, never);
    if (page.kind !== 'ok') throw new Error(page.failure.message);
    ids.push(...page.value.items.map(({ id }) => id));
    at = page.value.next;
  }
  return ids;
}

describe('a next link can name another scheme or the -admin host', () => {
  test.each([
    ['admin-next=on', /^<http:\/\/localhost-admin:\d+\/api\/v1\/users\?after=/],
    ['scheme-next=on', /^<https:\/\/localhost:\d+\/api\/v1\/users\?after=/],
    ['admin-next=on,scheme-next=on', /^<https:\/\/localhost-admin:\d+\/api\/v1\/users\?after=/],
  ])('%s: the client reads all pages from the org itself', async (words, link) => {
    const { rig } = await start({ words, users: 250, host: 'localhost' });
    const { headers } = await rig.get(`${USERS}?limit=100`);
    expect(String(headers['link']).split(', ')[1]).toMatch(link);
    const expected = [...rig.org.users()].filter(({ status }) => status !== 'DEPROVISIONED');
    expect(await everyone(pair)).toEqual(expected.map(({ id }) => id));
  });
});

describe('a window begins with its first call', () => {
  test.each([
    [undefined, 42, 42 + 60],
    ['grid', 42, 60],
  ] as const)('windowStart %s: a call after %d s gets a reset at %d s', async (by, atS, resetS) => {
    const { rig } = await start({ limits: {}, windowStart: by });
    const startS = Math.floor(rig.clock.nowMs() / 1000);
    rig.clock.advance(atS * 1000);
    const { headers } = await rig.get(USERS);
    expect(Number(headers['x-rate-limit-reset']) - startS).toBe(resetS);
  });
});

test('a missing scope is a 403 with an empty body, and the challenge names the scope', async () => {
  const { rig, token } = await appToken({ limits: 'off' }, ['okta.users.manage']);
  pair = { ...(await startPair()), rig };
  const got = await rig.send('GET', '/api/v1/groups?limit=5', { authorization: `Bearer ${token}` });
  expect([got.status, got.text]).toEqual([403, '']);
  expect(got.headers['content-type']).toBeUndefined();
  const { url } = rig.org;
  expect(got.headers['www-authenticate']).toBe(
    `Bearer authorization_uri="${url}/oauth2/v1/authorize", realm="${url}", scope="okta.groups.read okta.groups.manage", ` +
      'error="insufficient_scope", error_description="The access token provided does not contain the required scopes.", ' +
      'resource="/api/v1/groups"',
  );
});

describe('expire_password?tempPassword=true is followed, ignored, or answered with an empty object', () => {
  test.each([
    ['honoured', 1, { kind: 'ok', value: { kind: 'secret', what: 'temp-password' } }],
    ['ignored', 0, { kind: 'ok', value: { kind: 'expired-without-password' } }],
    ['empty', 1, { kind: 'ok', value: { kind: 'expired-without-password' } }],
  ] as const)('%s', async (tempPasswordQuery, made, answer) => {
    const { rig, client } = await start({ tempPasswordQuery, mix: ACTIVE });
    const id = taker(rig.org)('ACTIVE', 'OKTA');
    const before = rig.org.user(id)!.passwordChangedMs;
    const userId = parseUserId(id)!;
    expect(await client.write(stepCall({ userId, step: 'temp-password' }), never)).toMatchObject(
      answer,
    );
    expect(rig.org.effects(id)!.tempPasswords).toBe(made);
    expect(rig.org.user(id)!.status).toBe('PASSWORD_EXPIRED');
    expect(rig.org.user(id)!.passwordChangedMs === before).toBe(made === 0);
  });

  test('the split endpoint returns a password in each of these orgs', async () => {
    for (const tempPasswordQuery of ['honoured', 'ignored', 'empty'] as const) {
      const own = await startPair({ tempPasswordQuery, mix: ACTIVE });
      const id = taker(own.rig.org)('ACTIVE', 'OKTA');
      const call = stepCall({ userId: parseUserId(id)!, step: 'temp-password-split' });
      expect(await own.client.write(call, never)).toMatchObject({ value: { kind: 'secret' } });
      await own.close();
    }
  });
});

test('headers of more than 16 KiB do not prevent the client from reading', async () => {
  const { rig, client } = await start({ words: 'big-headers=on' });
  const raw = await sendBytes(
    rig.org,
    `GET ${USERS}/me HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nAuthorization: SSWS ${rig.org.token}\r\nConnection: close\r\n\r\n`,
  );
  expect(raw.indexOf('\r\n\r\n')).toBeGreaterThan(16 * 1024);
  expect(await client.me(never)).toMatchObject({ kind: 'ok', value: { id: rig.org.tokenOwnerId } });
});

describe('a captive page answers instead of Okta', () => {
  test('a read is not mistaken for an answer of Okta’s, nor a write for done', async () => {
    const { rig, client } = await start({ words: 'all:captive-page=100%', mix: ACTIVE });
    const id = taker(rig.org)('ACTIVE', 'OKTA');
    const got = await rig.get(USERS);
    expect([got.status, got.headers['content-type']]).toEqual([200, 'text/html']);
    expect(got.headers).not.toHaveProperty('x-okta-request-id');
    const listed = await client.users({ query: { kind: 'all' }, limit: 5 }, never);
    expect(listed).toMatchObject({ kind: 'failed' });
    const written = await client.write(stepCall({ userId: parseUserId(id)! }), never);
    expect(written).toMatchObject({ kind: 'failed', failure: { effect: 'possible' } });
    expect(rig.org.effects(id)!.resets).toBe(0);
    expect(rig.org.stats().faults).toEqual({ 'captive-page': 3 });
  });
});

describe('answers are gzipped', () => {
  const bytes = async ({ rig }: Pair, headers: Record<string, string>) => {
    const response = await fetch(`${rig.org.url}${USERS}/me`, {
      headers: {
        accept: 'application/json',
        authorization: `SSWS ${rig.org.token}`,
        'accept-encoding': 'identity',
        ...headers,
      },
    });
    return response.headers.get('content-encoding');
  };

  test.each([
    [undefined, 'identity', null],
    [undefined, 'br, gzip', 'gzip'],
    [undefined, 'gzip;q=0, br', null],
    ['always', 'identity', 'gzip'],
    ['never', 'gzip', null],
  ] as const)('gzip %s, asked for %s: %s', async (gzip, asked, encoding) => {
    await start({ gzip });
    expect(await bytes(pair, { 'accept-encoding': asked })).toBe(encoding);
  });

  test('the packed body is the same user', async () => {
    const { rig } = await start({ gzip: 'always' });
    const { port } = new URL(rig.org.url);
    const { request } = await import('node:http');
    const packed = await new Promise<Buffer>((resolve, reject) => {
      const headers = { accept: '*/*', authorization: `SSWS ${rig.org.token}` };
      request({ port, path: `${USERS}/me`, headers, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve(Buffer.concat(chunks)));
      })
        .on('error', reject)
        .end();
    });
    expect(JSON.parse(gunzipSync(packed).toString())).toMatchObject({ id: rig.org.tokenOwnerId });
  });

  test.each(['asked', 'always', 'never'] as const)(
    '%s: the client reads and writes',
    async (gzip) => {
      const { rig, client } = await start({ gzip, users: 150 });
      const me = { kind: 'ok', value: { id: rig.org.tokenOwnerId } };
      expect(await client.me(never)).toMatchObject(me);
      expect((await everyone(pair)).length).toBeGreaterThan(100);
      const id = taker(rig.org)('ACTIVE', 'OKTA');
      const call = stepCall({ userId: parseUserId(id)!, step: 'temp-password-split' });
      const written = await client.write(call, never);
      const secret =
        written.kind === 'ok' && written.value.kind === 'secret' ? written.value.secret : undefined;
      expect(secret?.reveal()).toBe(rig.org.currentTempPassword(id));
      const nobody = await client.user('00uAAAAAAAAAAAAAAAAA', never);
      expect(nobody).toMatchObject({ failure: { status: 404, oktaCode: 'E0000007' } });
    },
  );
});

test('405 names the methods that the path takes', async () => {
  const { rig } = await start();
  const got = await rig.send('PUT', USERS, {});
  expect([got.status, got.json.errorCode, got.headers['allow']]).toEqual([405, 'E0000019', 'GET']);
  const id = taker(rig.org)('ACTIVE', 'OKTA');
  const read = await rig.get(`${USERS}/${id}/lifecycle/suspend`);
  expect([read.status, read.json.errorCode, read.headers['allow']]).toEqual([
    405,
    'E0000019',
    'POST',
  ]);
});

test('an org that does not exist answers every request with 404 and its own body', async () => {
  const { rig, client } = await start({ words: 'no-org=on' });
  for (const path of [USERS, '/.well-known/okta-organization', '/api/v1/nothing']) {
    const got = await rig.get(path);
    expect([got.status, got.json.errorSummary]).toEqual([
      404,
      `Not found: Resource not found: ${new URL(rig.org.url).host} (Org)`,
    ]);
  }
  expect(await client.organization(never)).toMatchObject({
    kind: 'failed',
    failure: { status: 404 },
  });
});

test('a request id is 32 hex digits, another one for each request', async () => {
  const { rig, client } = await start();
  const ids = new Set<string>();
  for (let call = 0; call < 20; call += 1) {
    const { headers } = await rig.get(USERS);
    expect(headers['x-okta-request-id']).toMatch(/^[0-9a-f]{32}$/);
    ids.add(String(headers['x-okta-request-id']));
  }
  expect(ids.size).toBe(20);
  const { call } = await client.me(never);
  expect(call.requestId).toMatch(/^[0-9a-f]{32}$/);
});

test('a user has today’s members', async () => {
  const { rig, client } = await start();
  const id = taker(rig.org)('ACTIVE', 'OKTA');
  const { json } = await rig.get(`${USERS}/${id}`);
  expect(Object.keys(json as object)).toEqual([
    ...['id', 'status', 'created', 'activated', 'statusChanged', 'lastLogin', 'lastUpdated'],
    ...['passwordChanged', 'type', 'realmId', 'profile', 'credentials', '_links'],
  ]);
  expect(json.realmId).toMatch(/^guo\w{17}$/);
  expect(json._links.schema.href).toMatch(/\/api\/v1\/meta\/schemas\/user\/osc\w{17}$/);
  expect(await client.user(id, never)).toMatchObject({ kind: 'ok', value: { id } });
});

describe('E0000014 on a temporary password of a directory user', () => {
  const mix = { ...ACTIVE, providers: { ACTIVE_DIRECTORY: 1, LDAP: 1, OKTA: 1 } };

  test.each([
    ['e0000014-before', 'ACTIVE_DIRECTORY', false],
    ['e0000014-before', 'LDAP', false],
    ['e0000014-after', 'ACTIVE_DIRECTORY', true],
    ['e0000014-after', 'LDAP', true],
  ] as const)('%s, %s: the password is a new one: %s', async (name, provider, changed) => {
    const { rig, client } = await start({ words: `${name}=100%`, mix });
    const id = taker(rig.org)('ACTIVE', provider);
    const before = rig.org.user(id)!;
    for (const step of ['temp-password', 'temp-password-split'] as const) {
      rig.clock.advance(10_000);
      const call = stepCall({ userId: parseUserId(id)!, step });
      expect(await client.write(call, never)).toMatchObject({
        kind: 'failed',
        failure: { status: 403, oktaCode: 'E0000014' },
      });
      const after = rig.org.user(id)!;
      expect(after.status).toBe('ACTIVE');
      expect(after.passwordChangedMs).toBe(
        changed ? Math.floor(rig.clock.nowMs() / 1000) * 1000 : before.passwordChangedMs,
      );
    }
    expect(rig.org.stats().faults).toEqual({ [name]: 2 });
  });

  test('affects nobody else, and no other call', async () => {
    const { rig, client } = await start({ words: 'e0000014=100%', mix });
    const take = taker(rig.org);
    const write = (id: string, step: Step) =>
      client.write(stepCall({ userId: parseUserId(id)!, step }), never);
    expect((await write(take('ACTIVE', 'OKTA'), 'temp-password')).kind).toBe('ok');
    expect((await write(take('ACTIVE', 'LDAP'), 'reset-password')).kind).toBe('ok');
    expect((await write(take('ACTIVE', 'LDAP'), 'expire-password')).kind).toBe('ok');
    expect(rig.org.stats().faults).toEqual({});
  });
});
