import { afterEach, expect, test } from '@jest/globals';
import { appToken, rows, startRig, USERS, type Rig } from './rig.ts';

let rig: Rig;
afterEach(() => rig.close());

test('the groups of a user need a scope of users, not one of groups', async () => {
  const ask = async (scope: string) => {
    const app = await appToken({}, [scope]);
    rig = app.rig;
    const headers = { authorization: `Bearer ${app.token}` };
    const path = `${USERS}/${rig.org.tokenOwnerId}/groups`;
    return rig.send('GET', path, headers);
  };
  expect((await ask('okta.users.read')).status).toBe(200);
  await rig.close();
  const refused = await ask('okta.groups.read');
  expect([refused.status, refused.text]).toEqual([403, '']);
  expect(String(refused.headers['www-authenticate'])).toMatch(
    /okta\.users\.read.*insufficient_scope/,
  );
});

test('rate limits of principals: tokens and apps each, by pages', async () => {
  const app = await appToken({ tokens: ['a', 'b', 'c', 'd', 'e'] });
  rig = app.rig;
  const list = async (path: string) => rig.send('GET', path, { authorization: 'SSWS a' });
  const by = (type: string, more = '') =>
    `/api/v1/principal-rate-limits?filter=${encodeURIComponent(`principalType eq "${type}"`)}${more}`;
  expect((await list(by('OAUTH_CLIENT'))).json).toEqual([
    expect.objectContaining({ principalId: app.clientId, principalType: 'OAUTH_CLIENT' }),
  ]);
  const seen: string[] = [];
  let path: string | undefined = by('SSWS_TOKEN', '&limit=2');
  while (path !== undefined) {
    const got = await list(path);
    const page = rows<{ principalId: string }>(got);
    expect(page.length).toBeLessThanOrEqual(2);
    seen.push(...page.map(({ principalId }) => principalId));
    const next: RegExpExecArray | null = /<([^>]+)>; rel="next"/.exec(String(got.headers['link']));
    path = next?.[1]?.slice(rig.org.url.length);
  }
  expect(new Set(seen).size).toBe(5);
  expect((await list(by('SSWS_TOKEN', '&limit=0'))).json.errorCode).toBe('E0000001');
});

test('an org without a service app has no client', async () => {
  rig = await startRig();
  const type = { authorization: '', 'content-type': 'application/x-www-form-urlencoded' };
  const got = await rig.send('POST', '/oauth2/v1/token', type, 'grant_type=client_credentials');
  expect([got.status, got.json.error]).toEqual([401, 'invalid_client']);
});
