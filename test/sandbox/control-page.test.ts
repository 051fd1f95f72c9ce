import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { controlPage } from '../../src/sandbox/control-page.ts';
import { Credentials } from '../../src/sandbox/oauth/credentials.ts';
import { resolveOptions } from '../../src/sandbox/options.ts';
import { effectsOf } from '../../src/sandbox/org/effects.ts';
import { Org } from '../../src/sandbox/org/org.ts';
import { rockstarCsv } from '../../src/sandbox/rockstar.ts';
import { rows, startRig, taker, USERS, type Rig } from './rig.ts';

let rig: Rig;
let take: (status: string, provider: string) => string;
beforeAll(async () => {
  rig = await startRig({
    users: 200,
    limits: 'off',
    mix: {
      statuses: { ACTIVE: 6, SUSPENDED: 2, PASSWORD_EXPIRED: 1, DEPROVISIONED: 1 },
      providers: { OKTA: 1 },
      hostile: 0,
    },
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

/** What can be done to a user, and whom it would change. */
const STEPS = [
  ['finish', 'PASSWORD_EXPIRED'],
  ['sign-in', 'ACTIVE'],
  ['enrol', 'ACTIVE'],
  ['import', 'SUSPENDED'],
] as const;

describe('what is not there', () => {
  test.each(STEPS)('changes nobody: another method or another name of %s', async (step, status) => {
    const id = take(status, 'OKTA');
    await rig.post(`${USERS}/${id}/lifecycle/reset_factors`);
    const before = rig.org.user(id);
    for (const [method, path] of [
      ['GET', `users/${id}/${step}`],
      ['DELETE', `users/${id}/${step}`],
      ['POST', `users/${id}/${step}s`],
      ['POST', `users/${id}`],
      ['POST', `user/${id}/${step}`],
      ['POST', `users/00uNOBODYNOBODYNOBOD/${step}`],
      ['POST', `users//${step}?user=${id}`],
    ] as const) {
      const got = await rig.send(method, `/sandbox/${path}`);
      expect([method, path, got.status, got.json]).toEqual([
        ...[method, path, 404],
        { error: 'unknown sandbox path' },
      ]);
    }
    expect(rig.org.user(id)).toEqual(before);
    const got = await control(id, step);
    expect(Object.values(got)[0]).toBe(true);
    expect(rig.org.user(id)).not.toEqual(before);
  });

  test.each([
    ['POST', 'stats'],
    ['POST', 'outbox'],
    ['POST', 'effects'],
    ['POST', 'users.csv'],
    ['GET', 'tokens'],
    ['GET', 'sign-ins'],
    ['GET', 'users'],
    ['GET', 'effects?user=00uNOBODYNOBODYNOBOD'],
    ['GET', ''],
  ])('is a 404: %s /sandbox/%s', async (method, path) => {
    expect((await rig.send(method, `/sandbox/${path}`)).status).toBe(404);
  });
});

describe('what can be read', () => {
  const look = (path: string) => rig.get(`/sandbox/${path}`);

  test('is complete, however long it is, and says what it is', async () => {
    const org = new Org(resolveOptions({ users: 1300 }), rig.clock);
    const page = controlPage(org, new Credentials(1, 1));
    const wire = { gzip: 'never', headers: [] } as const;
    const ask = async (path: string) => {
      const response = new PassThrough();
      let head: unknown;
      const writeHead = (status: number, headers: object) => (head = { status, ...headers });
      const facts = { nowMs: 0, requestId: '', rate: undefined, wire, origin: '' };
      const asked = { url: `/sandbox/${path}` } as unknown as IncomingMessage;
      page(asked, Object.assign(response, { writeHead }) as unknown as ServerResponse, facts);
      return { head, text: await text(response) };
    };
    const head = (type: string) => ({ status: 200, 'Content-Type': `${type}; charset=utf-8` });
    expect(JSON.parse((await ask('outbox')).text)).toEqual([]);
    for (let index = 40; index < 1240; index += 1) org.mail(index, 'activation', org.nowMs());
    const outbox = await ask('outbox');
    expect(outbox.head).toEqual(head('application/json'));
    expect(JSON.parse(outbox.text)).toEqual([...org.outbox.mails()]);
    const effects = JSON.parse((await ask('effects/users')).text) as unknown;
    const touched = Array.from({ length: 1200 }, (_, at) => at + 40);
    expect(effects).toEqual(
      touched.map((index) => ({ id: org.userIds.idOf(index), ...effectsOf(org, index) })),
    );
    const users = await ask('users.csv');
    expect(users.head).toEqual(head('text/csv'));
    expect(users.text).toBe([...rockstarCsv(org, { deprovisioned: true })].join(''));
    const some = await ask('users.csv?deprovisioned=false');
    expect(some.text).toBe([...rockstarCsv(org, { deprovisioned: false })].join(''));
    expect(some.text.length).toBeLessThan(users.text.length);
  });

  test('is of one user, if one is named', async () => {
    const [one, other] = [take('ACTIVE', 'OKTA'), take('ACTIVE', 'OKTA')];
    for (const id of [one, one, other]) await rig.post(`${USERS}/${id}/lifecycle/reset_password`);
    const mails = rows<{ readonly userId: string; readonly type: string }>(
      await look(`outbox?user=${one}`),
    );
    expect(mails.filter(({ type }) => type === 'reset-password')).toHaveLength(2);
    for (const { userId } of mails) expect(userId).toBe(one);
    expect((await look(`effects?user=${one}`)).json).toEqual({ id: one, ...rig.org.effects(one) });
    const stats = await look('stats');
    expect(stats.json).toEqual(rig.org.stats());
    expect(stats.headers['content-type']).toBe('application/json');
    expect((await look('effects')).json).toEqual(rig.org.stats().effects);
  });
});

test('tokens are made and ended, made-up sign-ins are counted', async () => {
  const made = await rig.send('POST', '/sandbox/tokens');
  expect(made.status).toBe(201);
  const end = async (token: string) =>
    (await rig.send('DELETE', `/sandbox/tokens/${token}`)).json as object;
  expect(await end(String(made.json.token))).toEqual({ revoked: true });
  expect(await end(String(made.json.token))).toEqual({ revoked: false });
  const signIns = async (query: string) => {
    const got = await rig.send('POST', `/sandbox/sign-ins?${query}`);
    return [got.status, got.json as object];
  };
  expect(await signIns('users=2')).toEqual([201, { written: 2 }]);
  expect(await signIns('type=user.account.use_token&users=3')).toEqual([400, { written: 0 }]);
  const id = take('ACTIVE', 'OKTA');
  expect(await signIns(`user=${id}`)).toEqual([201, { written: 1 }]);
  rig.clock.advance(1);
  expect(await events('user.session.start', id)).toBe(1);
});
