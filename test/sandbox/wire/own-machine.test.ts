import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sendBytes, startRig, taker, USERS, type Rig } from '../rig.ts';

let rig: Rig;
let id: string;
beforeEach(async () => {
  rig = await startRig({ limits: 'off' });
  id = taker(rig.org)('ACTIVE', 'OKTA');
});
afterEach(() => rig.close());

/**
 * What a page could try: read the org's records, issue itself a token, end one, reset somebody with a token that it
 * obtained.
 */
const TARGETS = (): readonly (readonly [string, string])[] => [
  ['GET', '/sandbox/users.csv'],
  ['GET', '/sandbox/outbox'],
  ['POST', '/sandbox/tokens'],
  ['DELETE', `/sandbox/tokens/${rig.org.token}`],
  ['POST', `/sandbox/users/${id}/finish`],
  ['POST', `${USERS}/${id}/lifecycle/reset_password?sendEmail=true`],
  ['GET', '/.well-known/okta-organization'],
  ['POST', '/oauth2/v1/token'],
  ['OPTIONS', '/sandbox/tokens'],
];

test('a port that is taken is an error, and the org that has it stays', async () => {
  const { port } = new URL(rig.org.url);
  await expect(startRig({ port: Number(port) })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  expect((await rig.get(`${USERS}/me`)).status).toBe(200);
});

test.each<[string, Readonly<Record<string, string>>]>([
  ['another name that points here', { host: 'evil.example' }],
  ['such a name with the port', { host: 'evil.example:8080' }],
  ['a name that only begins like ours', { host: 'localhost.evil.example' }],
  ['a page’s origin', { origin: 'https://evil.example' }],
  ['a page of this machine', { origin: 'http://localhost:3000' }],
  ['no origin that can be told', { origin: 'null' }],
  ['a fetch of a page', { 'sec-fetch-site': 'cross-site' }],
  ['a fetch of a page on another port', { 'sec-fetch-site': 'same-site' }],
])('%s is refused everywhere', async (_what, headers) => {
  for (const [method, path] of TARGETS()) {
    const got = await rig.send(method, path, headers);
    expect([method, path, got.status]).toEqual([method, path, 403]);
    expect(got.json.error).toMatch(/^The sandbox answers only programs on this machine: /);
    expect(got.headers).not.toHaveProperty('access-control-allow-origin');
  }
  expect((await rig.get(`${USERS}/me`)).status).toBe(200);
  expect(rig.org.effects(id)).toMatchObject({ resets: 0 });
});

test.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain'])(
  'a form (%s) is refused except where OAuth wants one',
  async (type) => {
    const send = (path: string) => rig.send('POST', path, { 'content-type': type }, 'a=b');
    expect((await send('/sandbox/tokens')).status).toBe(403);
    const urlencoded = type.includes('urlencoded');
    const reset = await send(`${USERS}/${id}/lifecycle/reset_password?sendEmail=true`);
    expect(reset.status).toBe(urlencoded ? 403 : 400);
    expect((await send('/oauth2/v1/token')).status).toBe(urlencoded ? 401 : 400);
    expect(rig.org.effects(id)).toMatchObject({ resets: 0 });
  },
);

test('a person who types the address can look, and nothing more', async () => {
  const typed = { 'sec-fetch-site': 'none' };
  expect((await rig.send('GET', '/sandbox/stats', typed)).status).toBe(200);
  expect((await rig.send('POST', '/sandbox/tokens', typed)).status).toBe(403);
  expect((await rig.send('GET', `${USERS}/me`, typed)).status).toBe(403);
});

test.each(['127.0.0.1', 'localhost', '127.0.0.1:1', 'LOCALHOST:65535', '[::1]:80'])(
  'a program that calls by %s is answered',
  async (host) => {
    const raw = await sendBytes(
      rig.org,
      `GET /sandbox/stats HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    );
    expect(raw).toMatch(/^HTTP\/1\.1 200 /);
  },
);
