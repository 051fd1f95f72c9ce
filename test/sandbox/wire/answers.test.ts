import { gunzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { gzipped, type Gzip } from '../../../src/sandbox/wire/wire.ts';
import { appToken, sendBytes, startRig, USERS } from '../rig.ts';

const asking = (accepted: string | undefined) => ({
  headers: accepted === undefined ? {} : { 'accept-encoding': accepted },
});

test.each<[Gzip, string | undefined, boolean]>([
  ['asked', undefined, false],
  ['asked', '', false],
  ['asked', 'gzip', true],
  ['asked', 'GZIP', true],
  ['asked', '*', true],
  ['asked', 'br, gzip', true],
  ['asked', 'gzip;q=1', true],
  ['asked', 'gzip; q=0.05, br', true],
  ['asked', 'gzip;q=0', false],
  ['asked', 'gzip;q=0.00', false],
  ['asked', 'br, deflate', false],
  ['asked', 'xgzip', false],
  ['always', undefined, true],
  ['never', 'gzip', false],
])('gzip %s: a client that accepts %s gets gzip: %s', (gzip, accepted, isPacked) => {
  const packed = gzipped(asking(accepted), { gzip, headers: [] }, '{"a":1}');
  expect(packed === undefined ? undefined : gunzipSync(packed).toString()).toBe(
    isPacked ? '{"a":1}' : undefined,
  );
  expect(gzipped(asking(accepted), { gzip, headers: [] }, '')).toBeUndefined();
});

test('an answer has its headers once, and says if it is packed', async () => {
  const rig = await startRig({ users: 20 });
  for (const accepted of ['gzip', 'identity']) {
    const text = await sendBytes(
      rig.org,
      `GET ${USERS}?limit=1 HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nAuthorization: SSWS ${rig.org.token}\r\nAccept-Encoding: ${accepted}\r\nConnection: close\r\n\r\n`,
    );
    const [head = ''] = text.split('\r\n\r\n');
    const headers = head.split('\r\n').slice(1);
    const names = headers.map((line) => line.split(':')[0]?.toLowerCase());
    const packed = accepted === 'gzip' ? ['content-encoding', 'vary'] : [];
    expect(names.filter((name) => name !== 'link').sort()).toEqual(
      [
        ...['cache-control', 'connection', 'content-length', 'content-type', 'date'],
        ...['x-okta-request-id', 'x-rate-limit-limit', 'x-rate-limit-remaining'],
        ...['x-rate-limit-reset', ...packed],
      ].sort(),
    );
    expect(headers).toContain(`Date: ${new Date(rig.clock.nowMs()).toUTCString()}`);
    if (accepted === 'gzip') expect(headers).toContain('Vary: Accept-Encoding');
  }
  await rig.close();
});

test.each([
  ['/oauth2/v1/clients/CLIENT/roles', 200],
  ['/oauth2/v2/clients/CLIENT/roles', 404],
  ['/oauth2/v1/clients/CLIENT/roles/more', 404],
  ['/oauth2/v1/clients/CLIENT/keys', 404],
  ['/oauth2/v1/people/CLIENT/roles', 404],
  ['/api/v1/clients/CLIENT/roles', 404],
  ['/other/v1/clients/CLIENT/roles', 404],
  ['/api/v2/users', 404],
  ['/other/v1/users', 404],
  ['/api/v1/users/', 404],
  ['/api/v1/groups/', 404],
  ['/api/v1/constructor', 404],
  ['/api/v1/logs/more', 404],
])('%s is %d', async (path, status) => {
  const { rig, clientId } = await appToken({ limits: 'off' });
  const got = await rig.get(path.replace('CLIENT', clientId));
  expect(got.status).toBe(status);
  if (status === 404) expect(['E0000007', 'E0000008']).toContain(got.json.errorCode);
  await rig.close();
});
