import { afterEach, describe, expect, test } from '@jest/globals';
import { startAppRig, USERS, type AppRig, type Got } from '../rig.ts';

let app: AppRig;
afterEach(() => app.rig.close());

const told = ({ status, json }: Got) =>
  status < 300 ? String(json.scope) : `${status} ${String(json.error)}`;
const SOME = ['okta.users.manage', 'okta.logs.read'];

describe('scopes', () => {
  test.each([
    [false, 'okta.users.manage', 'okta.users.manage'],
    [false, ' okta.users.manage  okta.logs.read', 'okta.users.manage okta.logs.read'],
    [false, 'okta.users.manage okta.groups.read', 'okta.users.manage'],
    [false, 'okta.groups.read', '400 consent_required'],
    [false, 'okta.users.manage okta.nothing', '400 invalid_scope'],
    [false, '', '400 invalid_scope'],
    [true, 'okta.users.manage okta.logs.read', 'okta.users.manage okta.logs.read'],
    [true, 'okta.users.manage okta.groups.read', '400 invalid_scope'],
    [true, 'okta.groups.read', '400 consent_required'],
  ])('of a strict (%s) app that asks for "%s": %s', async (strictScopes, scope, answer) => {
    app = await startAppRig({}, { scopes: SOME, strictScopes });
    expect(told(await app.ask({ scope }))).toBe(answer);
  });

  test('that Okta has are all known', async () => {
    app = await startAppRig();
    const scope = ['users.manage', 'users.read', 'groups.read', 'groups.manage', 'logs.read']
      .concat('roles.read', 'policies.read', 'principalRateLimits.read', 'apiTokens.read')
      .concat('apps.read', 'apps.manage')
      .map((name) => `okta.${name}`)
      .join(' ');
    expect(told(await app.ask({ scope }))).toBe(scope);
    expect(told(await app.ask({ scope: 'okta.users.write' }))).toBe('400 invalid_scope');
  });
});

test('the client id and the tokens are drawn from the seed, each token once', async () => {
  app = await startAppRig({ seed: 7, tokens: ['one'] });
  const tokens = [await app.ask(), await app.ask()].map(({ json }) => String(json.access_token));
  expect([app.clientId, ...tokens.map((token) => token.slice(0, 20))]).toEqual([
    '0oaLszQdlC3gxLgO8NPM',
    'eyJbvmxlUScLNsWkZbSu',
    'eyJjLLXEvYUzi90pb8av',
  ]);
  for (const token of tokens) {
    expect(token).toMatch(/^eyJ[A-Za-z0-9]{60}\.[A-Za-z0-9]{60}$/);
    const authorization = `Bearer ${token}`;
    expect((await app.rig.send('GET', USERS, { authorization })).status).toBe(200);
  }
  expect(tokens[0]?.slice(-20)).toBe('PXq0Q8YWgHhpk8PmKZge');
});

test('an assertion is not accepted again in its hour, whatever comes in between', async () => {
  app = await startAppRig();
  const exp = Math.floor(app.rig.clock.nowMs() / 1000) + 3600;
  const client_assertion = await app.assert({ exp });
  expect((await app.ask({ client_assertion })).status).toBe(200);
  for (let wait = 0; wait < 5; wait += 1) {
    app.rig.clock.advance(600_000);
    expect((await app.ask()).status).toBe(200);
    expect(told(await app.ask({ client_assertion }))).toBe('401 invalid_client');
  }
});

test.each<[string, (nowS: number) => Readonly<Record<string, unknown>>, number]>([
  ['for an hour', (nowS) => ({ exp: nowS + 3600 }), 200],
  ['for longer', (nowS) => ({ exp: nowS + 3602 }), 401],
  ['for ever', () => ({ exp: undefined }), 401],
  ['without an id', () => ({ jti: undefined }), 200],
  ['of another issuer', () => ({ iss: 'x' }), 401],
  ['about another client', () => ({ sub: 'x' }), 401],
])('an assertion %s', async (_what, claims, status) => {
  app = await startAppRig();
  const nowS = Math.floor(app.rig.clock.nowMs() / 1000);
  const client_assertion = await app.assert(claims(nowS));
  expect((await app.ask({ client_assertion })).status).toBe(status);
});

test.each([
  [{ grant_type: 'password' }, '400 unsupported_grant_type'],
  [{ client_assertion_type: 'other' }, '401 invalid_client'],
  [{ client_assertion: '' }, '401 invalid_client'],
  // A body that never ends is not read to its end.
  [{ grant_type: 'x'.repeat(70_000) }, '400 unsupported_grant_type'],
])('a form with another field is refused', async (more, answer) => {
  app = await startAppRig();
  expect(told(await app.ask(more))).toBe(answer);
});

test('a token is asked for with POST only, and a call names a scheme that Okta has', async () => {
  app = await startAppRig();
  const got = await app.rig.get('/oauth2/v1/token');
  expect([got.status, got.json.errorCode, got.headers['allow']]).toEqual([405, 'E0000022', 'POST']);
  for (const [authorization, status, code] of [
    ['Basic abc', 403, 'E0000005'],
    ['abc', 403, 'E0000005'],
    ['SSWS abc', 401, 'E0000011'],
    ['Bearer abc', 401, 'E0000011'],
    ['DPoP abc', 401, 'E0000011'],
    [`ssws ${app.rig.org.token}`, 200, undefined],
  ] as const) {
    const { status: seen, json } = await app.rig.send('GET', USERS, { authorization });
    expect([authorization, seen, json.errorCode]).toEqual([authorization, status, code]);
  }
});
