import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PROVIDER_TYPES, USER_STATUSES } from '../../src/domain/org/user.ts';
import { startRig, taker, USERS, type Got, type Rig } from './rig.ts';

const even = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 1]));

let rig: Rig;
let take: (status: string, provider: string) => string;
beforeAll(async () => {
  rig = await startRig({
    users: 900,
    limits: 'off',
    mix: { statuses: even(USER_STATUSES), providers: even(PROVIDER_TYPES), hostile: 0.1 },
  });
  take = taker(rig.org);
});
afterAll(() => rig.close());

const call = (id: string, path: string) => rig.post(`${USERS}/${id}/lifecycle/${path}`);
interface Shown {
  readonly activated: string | null;
  readonly passwordChanged: string | null;
  readonly credentials: object;
}
const read = async (id: string) => (await rig.get(`${USERS}/${id}`)).json as Shown;
const outcome = (got: Got): string =>
  got.status < 300 ? String(got.status) : `${got.status} ${got.json.errorCode}`;

describe('credentials.password is there if a password was set', () => {
  const hasPassword = async (id: string): Promise<boolean> =>
    'password' in (await read(id)).credentials;

  test('a reset sets none: not for a user who never had one, nor for one who signed in elsewhere', async () => {
    for (const [status, provider] of [
      ['PROVISIONED', 'OKTA'],
      ['ACTIVE', 'SOCIAL'],
      ['ACTIVE', 'FEDERATION'],
    ] as const) {
      const id = take(status, provider);
      expect((await call(id, 'reset_password?sendEmail=true')).status).toBe(200);
      expect([status, provider, await hasPassword(id)]).toEqual([status, provider, false]);
      if (rig.org.user(id)!.status !== 'RECOVERY') continue;
      expect(rig.org.finish(id)).toBe(true);
      expect(await hasPassword(id)).toBe(true);
    }
  });

  test('deactivation erases it, activation does not restore it, a suspension keeps it', async () => {
    const id = take('ACTIVE', 'OKTA');
    expect(await hasPassword(id)).toBe(true);
    await call(id, 'suspend');
    expect(await hasPassword(id)).toBe(true);
    await call(id, 'deactivate');
    expect([await hasPassword(id), (await read(id)).passwordChanged]).toEqual([false, null]);
    await call(id, 'activate?sendEmail=false');
    expect(await hasPassword(id)).toBe(false);
    const never = take('PROVISIONED', 'OKTA');
    await call(never, 'suspend');
    expect(await hasPassword(never)).toBe(false);
  });

  test('a temporary password is one', async () => {
    const id = take('PROVISIONED', 'OKTA');
    await call(id, 'reset_password?sendEmail=false');
    expect((await call(id, 'expire_password_with_temp_password')).status).toBe(200);
    expect(await hasPassword(id)).toBe(true);
  });
});

describe('provider=FEDERATION', () => {
  const convert = (id: string) => call(id, 'reset_password?provider=FEDERATION&sendEmail=false');

  test.each<[string, string, string]>([
    ['ACTIVE', 'OKTA', '200'],
    ['RECOVERY', 'OKTA', '200'],
    ['STAGED', 'OKTA', '403 E0000017'],
    ['SUSPENDED', 'OKTA', '403 E0000038'],
    ['DEPROVISIONED', 'OKTA', '403 E0000038'],
    ['ACTIVE', 'FEDERATION', '400 E0000001'],
    ['ACTIVE', 'SOCIAL', '400 E0000001'],
    ['ACTIVE', 'ACTIVE_DIRECTORY', '400 E0000001'],
    ['ACTIVE', 'LDAP', '400 E0000001'],
  ])('%s %s: %s', async (status, provider, expected) => {
    const id = take(status, provider);
    const conversions = rig.org.stats().effects.conversions;
    const got = await convert(id);
    expect(outcome(got)).toBe(expected);
    const done = expected === '200';
    expect(rig.org.user(id)).toMatchObject(
      done ? { status: 'ACTIVE', provider: 'FEDERATION' } : { status, provider },
    );
    expect(rig.org.stats().effects.conversions - conversions).toBe(done ? 1 : 0);
    expect(rig.org.effects(id)!.resets).toBe(0);
    if (done) expect((await read(id)).credentials).not.toHaveProperty('password');
    if (expected.startsWith('400'))
      expect(got.json.errorCauses[0].errorSummary).toMatch(/^Cannot convert user/);
  });
});

describe('activation', () => {
  test('activated is the time of the activation', async () => {
    const id = take('STAGED', 'OKTA');
    expect((await read(id)).activated).toBeNull();
    rig.clock.advance(5000);
    await call(id, 'activate?sendEmail=false');
    const nowS = Math.floor(rig.clock.nowMs() / 1000);
    expect(Date.parse(String((await read(id)).activated))).toBe(nowS * 1000);
    rig.clock.advance(60_000);
    await call(id, 'reset_password?sendEmail=false');
    expect(Date.parse(String((await read(id)).activated))).toBe(nowS * 1000);
  });

  test.each([
    ['oie', /^\/tokens\/[A-Za-z0-9]{20}\/verify$/],
    ['classic', /^\/welcome\/[A-Za-z0-9]{20}$/],
  ] as const)('the link of a %s org', async (engine, form) => {
    const own = await startRig({ engine, limits: 'off' });
    const id = taker(own.org)('PROVISIONED', 'OKTA');
    const { json } = await own.post(`${USERS}/${id}/lifecycle/reactivate?sendEmail=false`);
    expect(String(json.activationUrl).slice(own.org.url.length)).toMatch(form);
    expect(json.activationUrl).toContain(json.activationToken);
    await own.close();
  });
});

describe('names in a path', () => {
  test('an escaped / reaches nobody; other characters do', async () => {
    const people = [...rig.org.users()];
    const slashed = people.find(({ login }) => login.includes('/'))!;
    const signs = people.find(({ login }) => /[%&']/.test(login))!;
    const reset = (login: string) =>
      call(encodeURIComponent(login), 'reset_password?sendEmail=true');
    expect(outcome(await rig.get(`${USERS}/${encodeURIComponent(slashed.login)}`))).toBe(
      '404 E0000007',
    );
    expect(outcome(await reset(slashed.login))).toBe('404 E0000007');
    expect(rig.org.effects(slashed.id)!.resets).toBe(0);
    expect((await rig.get(`${USERS}/${slashed.id}`)).json.id).toBe(slashed.id);
    expect((await rig.get(`${USERS}/${encodeURIComponent(signs.login)}`)).json.id).toBe(signs.id);
  });

  test.each([
    [`${USERS}/00uAAAAAAAAAAAAAAAAA`, '00uAAAAAAAAAAAAAAAAA (User)'],
    [`${USERS}/nobody@acme.example`, 'nobody@acme.example (User)'],
    ['/api/v1/groups/00gAAAAAAAAAAAAAAAAA', '00gAAAAAAAAAAAAAAAAA (UserGroup)'],
    ['/oauth2/v1/clients/0oaNobody/roles', '0oaNobody (PublicClientApp)'],
  ])('%s is reported only once as missing', async (path, what) => {
    expect((await rig.get(path)).json.errorSummary).toBe(`Not found: Resource not found: ${what}`);
  });
});

test('forgetDevices is true or false', async () => {
  const id = take('ACTIVE', 'OKTA');
  const end = async (query: string) =>
    outcome(await rig.send('DELETE', `${USERS}/${id}/sessions?${query}`));
  expect(await end('forgetDevices=banana')).toBe('400 E0000001');
  expect(rig.org.effects(id)!.sessionRevocations).toBe(0);
  expect([await end('forgetDevices=false'), await end('forgetDevices=true')]).toEqual([
    '204',
    '204',
  ]);
});

test('omitCredentialsLinks leaves out the links to credentials, and no others', async () => {
  const links = async (status: string, words: string) => {
    const type = { 'content-type': `application/json; okta-response="${words}"` };
    const got = await rig.send('GET', `${USERS}/${take(status, 'OKTA')}`, type);
    return Object.keys(got.json._links as object);
  };
  const all = 'omitCredentials,omitCredentialsLinks,omitTransitioningToStatus';
  const kept = await links('ACTIVE', all);
  expect(kept).toEqual(expect.arrayContaining(['self', 'suspend', 'deactivate', 'expirePassword']));
  expect(kept).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/reset|forgot|change|unlock/i)]),
  );
  expect(await links('LOCKED_OUT', all)).not.toContain('unlock');
  expect(await links('ACTIVE', 'omitCredentialsLinks')).toContain('resetPassword');
});
