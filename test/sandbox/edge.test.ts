import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AppError } from '../../src/domain/codes/app-error.ts';
import { sendBytes, startRig, taker, USERS, type Rig } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ limits: 'off', urlLimit: 2000, linkLifetimeMinutes: 30 });
});
afterAll(() => rig.close());

describe('what Okta refuses', () => {
  test.each([
    ['an unknown area of a user', 'POST', '/api/v1/users/x/lifecycle/explode', {}, 404, 'E0000008'],
    [
      'a name out of the prototype',
      'POST',
      '/api/v1/users/x/lifecycle/constructor',
      {},
      404,
      'E0000008',
    ],
    ['a broken escape', 'GET', '/api/v1/users/%zz', {}, 404, 'E0000007'],
    ['a read of a write', 'GET', '/api/v1/users/x/lifecycle/reset_password', {}, 405, 'E0000019'],
    ['a wrong bearer', 'GET', '/api/v1/users', { authorization: 'Bearer nope' }, 401, 'E0000011'],
  ])('%s', async (_what, method, path, headers, status, code) => {
    const got = await rig.send(method, path, headers);
    expect([got.status, got.json.errorCode]).toEqual([status, code]);
    expect(got.json).toEqual({
      errorCode: code,
      errorSummary: expect.any(String),
      errorLink: code,
      errorId: expect.stringMatching(/^oae[A-Za-z0-9]{22}$/),
      errorCauses: expect.any(Array),
    });
    expect(got.headers['x-okta-request-id']).toMatch(/^[0-9a-f]{32}$/);
    expect(got.headers['content-type']).toBe('application/json');
  });

  test('a body of another media type is E0000021', async () => {
    const id = taker(rig.org)('ACTIVE', 'OKTA');
    const path = `${USERS}/${id}/lifecycle/expire_password`;
    const got = await rig.send('POST', path, { 'content-type': 'text/plain' }, 'hello');
    expect([got.status, got.json.errorCode]).toEqual([400, 'E0000021']);
  });

  test.each([
    ['a POST without Content-Length is 411', 'POST', 'Accept: */*\r\n', /^HTTP\/1\.1 411 /],
    ['a request without Accept is E0000018', 'GET', '', /^HTTP\/1\.1 400 [^]*E0000018/],
    [
      'a request without Authorization is E0000005',
      'GET',
      'Accept: */*\r\n',
      /^HTTP\/1\.1 403 [^]*E0000005/,
    ],
  ])('%s', async (_what, method, headers, expected) => {
    const id = taker(rig.org)('ACTIVE', 'OKTA');
    const path = `${USERS}/${id}/lifecycle/expire_password`;
    const text = await sendBytes(
      rig.org,
      `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}Connection: close\r\n\r\n`,
    );
    expect(text).toMatch(expected);
    expect(rig.org.effects(id)!.expirations).toBe(0);
  });

  test.each(['*/*', 'application/*', 'application/json; q=0.9, text/plain'])(
    'accepts Accept: %s',
    async (accept) => {
      expect((await rig.send('GET', `${USERS}?limit=1`, { accept })).status).toBe(200);
    },
  );

  test('a URL as long as the org allows is read, whatever Node’s own limit', async () => {
    const own = await startRig({ urlLimit: 200_000 });
    const ask = async (length: number) =>
      (await own.get(`${USERS}/me?x=${'y'.repeat(length)}`)).status;
    expect([await ask(150_000), await ask(200_000)]).toEqual([200, 414]);
    await own.close();
  });

  test('every refusal has a different error id', async () => {
    const ids = new Set<unknown>();
    for (let call = 0; call < 5; call += 1)
      ids.add((await rig.get(`${USERS}?limit=0`)).json.errorId);
    expect(ids.size).toBe(5);
  });

  test('every answer has a different request id', async () => {
    const ids = new Set<unknown>();
    for (let call = 0; call < 20; call += 1)
      ids.add((await rig.get(`${USERS}?limit=1`)).headers['x-okta-request-id']);
    expect(ids.size).toBe(20);
  });
});

describe('the org about itself', () => {
  test.each([
    ['oie', 'idx'],
    ['classic', 'v1'],
  ] as const)('%s is pipeline %s, open to all', async (engine, pipeline) => {
    const own = await startRig({ engine });
    const got = await own.send('GET', '/.well-known/okta-organization', { authorization: '' });
    expect(got.json).toEqual({
      id: own.org.orgId,
      pipeline,
      _links: { organization: { href: own.org.url } },
    });
    await own.close();
  });

  test('the password policy has the lifetime of a link', async () => {
    const { json } = await rig.get('/api/v1/policies?type=PASSWORD');
    expect(
      json[0].settings.recovery.factors.okta_email.properties.recoveryToken.tokenLifetimeMinutes,
    ).toBe(30);
    expect((await rig.get('/api/v1/policies')).json.errorCode).toBe('E0000001');
  });

  test('principal rate limits have the token’s share', async () => {
    const filter = encodeURIComponent('principalType eq "SSWS_TOKEN"');
    const { json } = await rig.get(`/api/v1/principal-rate-limits?filter=${filter}`);
    expect(json).toEqual([
      expect.objectContaining({
        principalType: 'SSWS_TOKEN',
        defaultPercentage: 50,
        defaultConcurrencyPercentage: 50,
      }),
    ]);
    expect((await rig.get('/api/v1/principal-rate-limits')).json.errorCode).toBe('E0000001');
  });

  test('a credential that is not allowed to read roles or policies is told so', async () => {
    const own = await startRig({ rolesReadable: false, policiesReadable: false });
    const paths = ['/api/v1/iam/assignees/users', '/api/v1/policies?type=PASSWORD'];
    for (const path of paths) expect((await own.get(path)).json.errorCode).toBe('E0000006');
    await own.close();
  });

  test.each(['SSWS', 'ssws'])('a token that is sent as %s revokes itself', async (scheme) => {
    const own = await startRig({ tokens: ['one'] });
    const as = async (method: string, path: string) =>
      (await own.send(method, path, { authorization: `${scheme} one` })).status;
    expect(await as('GET', `${USERS}/me`)).toBe(200);
    expect(await as('DELETE', '/api/v1/api-tokens/current')).toBe(204);
    expect(await as('GET', `${USERS}/me`)).toBe(401);
    await own.close();
  });

  test('a token revokes itself, or is revoked; new ones are issued', async () => {
    const own = await startRig({ tokens: ['one', 'two'] });
    const as = async (token: string) =>
      (await own.send('GET', `${USERS}/me`, { authorization: `SSWS ${token}` })).status;
    expect((await own.get('/api/v1/api-tokens')).json).toHaveLength(2);
    expect((await own.send('DELETE', '/api/v1/api-tokens/current')).status).toBe(204);
    expect([await as('one'), await as('two')]).toEqual([401, 200]);
    expect(own.org.revokeToken('two')).toBe(true);
    expect(await as('two')).toBe(401);
    expect(await as(own.org.issueToken())).toBe(200);
    const { json } = await own.send('POST', '/sandbox/tokens');
    expect(await as(String(json.token))).toBe(200);
    expect((await own.send('DELETE', `/sandbox/tokens/${json.token}`)).json.revoked).toBe(true);
    expect(await as(String(json.token))).toBe(401);
    await own.close();
  });
});

describe('the observer’s door', () => {
  test('shows emails, effects, statistics and the export; needs no token and is not counted', async () => {
    const own = await startRig({ users: 40 });
    const id = taker(own.org)('ACTIVE', 'OKTA');
    await own.post(`${USERS}/${id}/lifecycle/reset_password?sendEmail=true&revokeSessions=true`);
    const look = (path: string) => own.send('GET', path, { authorization: '', accept: '' });
    expect((await look(`/sandbox/outbox?user=${id}`)).json).toEqual([
      expect.objectContaining({ userId: id, type: 'reset-password' }),
    ]);
    expect((await look('/sandbox/outbox')).json).toEqual([...own.org.outbox()]);
    expect((await look(`/sandbox/effects?user=${id}`)).json).toMatchObject({ resets: 1, mails: 1 });
    expect((await look('/sandbox/effects/users')).json).toHaveLength(1);
    expect((await look('/sandbox/effects')).json.resets).toEqual({ total: 1, users: 1, most: 1 });
    expect((await look('/sandbox/stats')).json).toEqual(own.org.stats());
    expect((await look('/sandbox/users.csv')).text).toBe([...own.org.rockstarCsv()].join(''));
    expect((await own.send('POST', `/sandbox/users/${id}/finish`)).json).toEqual({
      finished: true,
      status: 'ACTIVE',
    });
    expect((await look('/sandbox/nothing')).status).toBe(404);
    expect(own.org.stats().requests).toEqual({ users: 1 });
    await own.close();
  });
});

describe('options', () => {
  test.each([
    [{ host: '0.0.0.0' }],
    [{ users: 0 }],
    [{ users: 1.5 }],
    [{ port: 70_000 }],
    [{ admins: 10, users: 5 }],
    [{ windowMs: 0 }],
  ])('refuses %j', async (options) => {
    const refusal = startRig(options);
    await expect(refusal).rejects.toBeInstanceOf(AppError);
    await expect(refusal).rejects.toMatchObject({ code: 'USAGE', exitCode: 2 });
  });
});
