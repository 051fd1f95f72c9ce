import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHash, randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, importJWK, SignJWT, type CryptoKey, type JWK } from 'jose';
import { makeServiceAppKey } from '../../src/sandbox/oauth/oauth.ts';
import { startRig, taker, USERS, type Got, type Rig } from './rig.ts';

let rig: Rig;
let clientKey: CryptoKey;
let kid: string;
let proofKey: { readonly privateKey: CryptoKey; readonly jwk: JWK };
beforeAll(async () => {
  const { publicJwk, privateJwk } = await makeServiceAppKey();
  kid = String(publicJwk['kid']);
  clientKey = (await importJWK(privateJwk as JWK, 'RS256')) as CryptoKey;
  proofKey = await makeProofKey();
  const scopes = ['okta.users.manage', 'okta.groups.read'];
  rig = await startRig({ limits: 'off', app: { keys: [publicJwk], scopes } });
});
afterAll(() => rig.close());

async function makeProofKey() {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return { privateKey, jwk: await exportJWK(publicKey) };
}

const nowS = () => Math.floor(rig.clock.nowMs() / 1000);
const tokenUrl = () => `${rig.org.url}/oauth2/v1/token`;

function assertion(claims: Record<string, unknown> = {}, key = clientKey): Promise<string> {
  const clientId = rig.org.clientId!;
  return new SignJWT({
    iss: clientId,
    sub: clientId,
    aud: tokenUrl(),
    exp: nowS() + 300,
    jti: randomUUID(),
    ...claims,
  })
    .setProtectedHeader({ alg: 'RS256', kid })
    .sign(key);
}

function proof(claims: Record<string, unknown>, from = proofKey): Promise<string> {
  return new SignJWT({ htm: 'POST', htu: tokenUrl(), iat: nowS(), jti: randomUUID(), ...claims })
    .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk: from.jwk })
    .sign(from.privateKey);
}

async function ask(options: {
  readonly dpop?: string;
  readonly assertion?: string;
  readonly scope?: string;
  readonly grant?: string;
}): Promise<Got> {
  const form = new URLSearchParams({
    grant_type: options.grant ?? 'client_credentials',
    scope: options.scope ?? 'okta.users.manage',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: options.assertion ?? (await assertion()),
  });
  return rig.send(
    'POST',
    '/oauth2/v1/token',
    {
      authorization: '',
      'content-type': 'application/x-www-form-urlencoded',
      ...(options.dpop === undefined ? {} : { dpop: options.dpop }),
    },
    form.toString(),
  );
}

async function token(): Promise<string> {
  const first = await ask({ dpop: await proof({}) });
  expect([first.status, first.json.error]).toEqual([400, 'use_dpop_nonce']);
  const nonce = first.headers['dpop-nonce'];
  const second = await ask({ dpop: await proof({ nonce }) });
  expect(second.json).toMatchObject({
    token_type: 'DPoP',
    expires_in: 3600,
    scope: 'okta.users.manage',
  });
  expect(second.headers['dpop-nonce']).toBe(nonce);
  return String(second.json.access_token);
}

const ath = (text: string) => createHash('sha256').update(text).digest('base64url');

function call(
  method: string,
  path: string,
  access: string,
  dpop: string | undefined,
  scheme = 'DPoP',
): Promise<Got> {
  const authorization = `${scheme} ${access}`;
  return rig.send(method, path, dpop === undefined ? { authorization } : { authorization, dpop });
}

test('nonce, token, and calls with a fresh proof each', async () => {
  const access = await token();
  const id = taker(rig.org)('ACTIVE', 'OKTA');
  const path = `${USERS}/${id}/lifecycle/reset_password`;
  const claims = { htu: rig.org.url + path, ath: ath(access) };
  const dpop = await proof(claims);
  expect((await call('POST', `${path}?sendEmail=true`, access, dpop)).status).toBe(200);
  const again = await call('POST', `${path}?sendEmail=true`, access, dpop);
  expect([again.status, again.json.error]).toEqual([400, 'invalid_dpop_proof']);
  expect(rig.org.effects(id)!.resets).toBe(1);
});

test.each<[string, (access: string) => Promise<string | undefined>]>([
  ['no proof', async () => undefined],
  [
    'another method',
    (access) => proof({ htm: 'POST', htu: `${rig.org.url}${USERS}`, ath: ath(access) }),
  ],
  [
    'another URL',
    (access) => proof({ htm: 'GET', htu: `${rig.org.url}/api/v1/groups`, ath: ath(access) }),
  ],
  [
    'a query in the URL',
    (access) => proof({ htm: 'GET', htu: `${rig.org.url}${USERS}?limit=1`, ath: ath(access) }),
  ],
  ['another token', () => proof({ htm: 'GET', htu: rig.org.url + USERS, ath: ath('other') })],
  ['no token hash', () => proof({ htm: 'GET', htu: rig.org.url + USERS })],
  [
    'an old proof',
    (access) =>
      proof({ htm: 'GET', htu: rig.org.url + USERS, ath: ath(access), iat: nowS() - 1000 }),
  ],
  [
    'another key',
    async (access) =>
      proof({ htm: 'GET', htu: rig.org.url + USERS, ath: ath(access) }, await makeProofKey()),
  ],
  ['nonsense', async () => 'abc.def.ghi'],
])('a call with %s is invalid_dpop_proof', async (_what, make) => {
  const access = await token();
  const got = await call('GET', `${USERS}?limit=1`, access, await make(access));
  expect([got.status, got.json.error]).toEqual([400, 'invalid_dpop_proof']);
  expect(String(got.headers['www-authenticate'])).toContain('invalid_dpop_proof');
});

test('a bound token is not a bearer token, not even with a proof', async () => {
  const access = await token();
  const dpop = await proof({ htm: 'GET', htu: rig.org.url + USERS, ath: ath(access) });
  for (const given of [undefined, dpop]) {
    const got = await call('GET', USERS, access, given, 'Bearer');
    expect([got.status, got.json.errorCode]).toEqual([401, 'E0000011']);
    expect(got.headers['www-authenticate']).toBe('DPoP error="invalid_token"');
  }
  expect((await call('GET', USERS, access, dpop)).status).toBe(200);
});

test('a token is valid for an hour, a nonce for three days', async () => {
  const access = await token();
  const list = async () =>
    call(
      'GET',
      USERS,
      access,
      await proof({ htm: 'GET', htu: rig.org.url + USERS, ath: ath(access) }),
    );
  rig.clock.advance(3_599_000);
  expect((await list()).status).toBe(200);
  rig.clock.advance(1000);
  const dead = await list();
  expect([dead.status, dead.json.errorCode]).toEqual([401, 'E0000011']);
  const nonce = (await ask({ dpop: await proof({}) })).headers['dpop-nonce'];
  rig.clock.advance(2 * 86_400_000);
  expect((await ask({ dpop: await proof({ nonce }) })).status).toBe(200);
  rig.clock.advance(86_400_000);
  expect((await ask({ dpop: await proof({ nonce }) })).json.error).toBe('use_dpop_nonce');
});

test('scopes allow what they name; the rest is insufficient_scope', async () => {
  const access = await token();
  const path = '/api/v1/logs';
  const got = await call(
    'GET',
    path,
    access,
    await proof({ htm: 'GET', htu: rig.org.url + path, ath: ath(access) }),
  );
  expect([got.status, got.text]).toEqual([403, '']);
  expect(String(got.headers['www-authenticate'])).toMatch(/okta\.logs\.read.*insufficient_scope/);
});

test('an app has no users/me', async () => {
  const access = await token();
  const path = `${USERS}/me`;
  const got = await call(
    'GET',
    path,
    access,
    await proof({ htm: 'GET', htu: rig.org.url + path, ath: ath(access) }),
  );
  expect(got.json.errorSummary).toBe('Not found: Resource not found: me (User)');
});

test.each<[string, () => Promise<Parameters<typeof ask>[0]>, number, string]>([
  ['no DPoP header', async () => ({}), 400, 'invalid_dpop_proof'],
  ['a proof that is none', async () => ({ dpop: 'nonsense' }), 400, 'invalid_dpop_proof'],
  ['no scope that was granted', async () => ({ scope: 'okta.logs.read' }), 400, 'consent_required'],
  [
    'a scope that does not exist',
    async () => ({ scope: 'okta.users.manage okta.users.resett' }),
    400,
    'invalid_scope',
  ],
  ['no scope', async () => ({ scope: '' }), 400, 'invalid_scope'],
  ['another grant', async () => ({ grant: 'password' }), 400, 'unsupported_grant_type'],
  [
    'another audience',
    async () => ({ assertion: await assertion({ aud: 'https://x' }) }),
    401,
    'invalid_client',
  ],
  [
    'another client',
    async () => ({ assertion: await assertion({ iss: 'x', sub: 'x' }) }),
    401,
    'invalid_client',
  ],
  [
    'an expired assertion',
    async () => ({ assertion: await assertion({ exp: nowS() - 1 }) }),
    401,
    'invalid_client',
  ],
  [
    'an assertion for a day',
    async () => ({ assertion: await assertion({ exp: nowS() + 86_400 }) }),
    401,
    'invalid_client',
  ],
  [
    'another key',
    async () => ({ assertion: await assertion({}, (await generateKeyPair('RS256')).privateKey) }),
    401,
    'invalid_client',
  ],
  ['nonsense', async () => ({ assertion: 'abc' }), 401, 'invalid_client'],
])('a token request with %s is refused', async (_what, options, status, error) => {
  const got = await ask(await options());
  expect([got.status, got.json.error]).toEqual([status, error]);
});

test('an assertion is accepted once', async () => {
  const once = await assertion();
  expect((await ask({ assertion: once, dpop: await proof({}) })).json.error).toBe('use_dpop_nonce');
  expect((await ask({ assertion: once, dpop: await proof({}) })).json.error).toBe('invalid_client');
});

test('an app without DPoP gets bearer tokens with the configured lifetime; they can be revoked', async () => {
  const { publicJwk, privateJwk } = await makeServiceAppKey('k2');
  const own = await startRig({
    app: { clientId: '0oaabc', keys: [publicJwk], dpop: false, tokenLifeMs: 10_000 },
  });
  const key = (await importJWK(privateJwk as JWK, 'RS256')) as CryptoKey;
  const mint = async () => {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'okta.users.read',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await new SignJWT({ jti: randomUUID() })
        .setProtectedHeader({ alg: 'RS256', kid: 'k2' })
        .setIssuer('0oaabc')
        .setSubject('0oaabc')
        .setAudience(`${own.org.url}/oauth2/v1/token`)
        .setExpirationTime(Math.floor(own.clock.nowMs() / 1000) + 10)
        .sign(key),
    });
    const type = { authorization: '', 'content-type': 'application/x-www-form-urlencoded' };
    return own.send('POST', '/oauth2/v1/token', type, form.toString());
  };
  const list = async (access: string) =>
    (await own.send('GET', USERS, { authorization: `Bearer ${access}` })).status;
  const first = await mint();
  expect(first.json).toMatchObject({ token_type: 'Bearer', expires_in: 10 });
  expect(await list(String(first.json.access_token))).toBe(200);
  own.clock.advance(10_000);
  expect(await list(String(first.json.access_token))).toBe(401);
  const second = await mint();
  expect(await list(String(second.json.access_token))).toBe(200);
  expect(own.org.revokeToken(String(second.json.access_token))).toBe(true);
  expect(await list(String(second.json.access_token))).toBe(401);
  await own.close();
});
