import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rows, startRig, taker, USERS, type Rig } from './rig.ts';

let rig: Rig;
let take: (status: string, provider: string) => string;
beforeAll(async () => {
  rig = await startRig({
    users: 200,
    limits: 'off',
    mix: { statuses: { ACTIVE: 3, SUSPENDED: 1 }, providers: { OKTA: 1 } },
  });
  take = taker(rig.org);
});
afterAll(() => rig.close());

const control = async (id: string, what: string) =>
  (await rig.post(`/sandbox/users/${id}/${what}`)).json as Readonly<Record<string, unknown>>;
const factors = async (id: string) =>
  rows<{ readonly created: string }>(await rig.get(`${USERS}/${id}/factors`));
const events = async (type: string, id: string) => {
  const filter = encodeURIComponent(`eventType eq "${type}" and actor.id eq "${id}"`);
  return rows(await rig.get(`/api/v1/logs?filter=${filter}`)).length;
};

test('a sign-in adds a session and a token, moves lastLogin, and is in the System Log', async () => {
  const id = take('ACTIVE', 'OKTA');
  await rig.send('DELETE', `${USERS}/${id}/sessions?oauthTokens=true`);
  rig.clock.advance(5000);
  expect(await control(id, 'sign-in')).toEqual({ signedIn: true, sessions: 1 });
  expect(rig.org.user(id)).toMatchObject({ sessions: 1, oauthTokens: 1 });
  const { lastLogin } = (await rig.get(`${USERS}/${id}`)).json as { readonly lastLogin: string };
  expect(Math.abs(Date.parse(lastLogin) - rig.clock.nowMs())).toBeLessThan(1000);
  expect(await events('user.session.start', id)).toBe(1);
});

test('a suspended user does not sign in', async () => {
  const id = take('SUSPENDED', 'OKTA');
  const { sessions } = rig.org.user(id)!;
  expect(await control(id, 'sign-in')).toEqual({ signedIn: false, sessions });
});

test('an enrollment is one more factor, made now', async () => {
  const id = take('ACTIVE', 'OKTA');
  await rig.post(`${USERS}/${id}/lifecycle/reset_factors`);
  rig.clock.advance(5000);
  expect(await control(id, 'enrol')).toEqual({ enrolled: true, factors: 1 });
  const [factor] = await factors(id);
  expect(Math.abs(Date.parse(factor?.created ?? '') - rig.clock.nowMs())).toBeLessThan(1000);
  expect(await events('user.mfa.factor.activate', id)).toBe(1);
});

test('an import lifts a suspension, and does nothing to anybody else', async () => {
  const suspended = take('SUSPENDED', 'OKTA');
  expect(await control(suspended, 'import')).toEqual({ lifted: true, status: 'ACTIVE' });
  const active = take('ACTIVE', 'OKTA');
  expect(await control(active, 'import')).toEqual({ lifted: false, status: 'ACTIVE' });
});
