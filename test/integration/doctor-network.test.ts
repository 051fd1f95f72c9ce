import { afterAll, afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expectCode } from './expect-code.ts';
import { startFront, type Front } from './front.ts';
import { closeStages, fastClock, PLAIN, stage } from './rig.ts';

const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));
afterAll(closeStages);

const PORTAL = {
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: '<!doctype html><title>Welcome to Hotel Wi-Fi</title><p>Sign in',
};

test('a captive page is named at once, by doctor and by plan, after one request', async () => {
  const s = await stage({ users: 3, mix: PLAIN });
  const asked: string[] = [];
  const front: Front = await startFront(s.org.url, (path) => {
    asked.push(path);
    return PORTAL;
  });
  closers.push(front.close);
  const env = { OKTA_CLIENT_ORGURL: front.url };
  const doctor = await s.run(['doctor'], { env });
  expectCode(doctor, 7);
  expect(doctor.stdout.replace(/\s+/g, ' ')).toMatch(
    /BAD +org .*not Okta’s answer.*web page titled “Welcome to Hotel Wi-Fi”.*Check the org URL and the proxy/,
  );
  expect(asked).toHaveLength(1);
  const plan = await s.run(['plan', '--all'], { env });
  expectCode(plan, 7);
  expect(plan.stderr).toMatch(/titled “Welcome to Hotel Wi-Fi”/);
});

test.each([
  [
    'a redirect',
    { status: 302, headers: { location: 'https://portal.hotel.example/in?a=1' }, body: '' },
    /HTTP 302 .*portal\.hotel\.example/,
  ],
  [
    'the sign-in of a proxy',
    { status: 407, headers: {}, body: 'who?' },
    /proxy .*asks you to sign in/,
  ],
  ['another service', { status: 200, headers: {}, body: '{"status":"up"}' }, /not an Okta org/],
  ['an empty page', { status: 200, headers: {}, body: '' }, /not an answer of Okta’s API/],
])('%s is named at once, and nothing more is asked', async (_, answer, text) => {
  const s = await stage({ users: 3, mix: PLAIN });
  const asked: string[] = [];
  const front: Front = await startFront(s.org.url, (path) => {
    asked.push(path);
    return answer;
  });
  closers.push(front.close);
  const doctor = await s.run(['doctor'], { env: { OKTA_CLIENT_ORGURL: front.url } });
  expectCode(doctor, 7);
  const said = doctor.stdout.replace(/\s+/g, ' ');
  expect(said).toMatch(/BAD +org /);
  expect(said).toMatch(text);
  expect(said).not.toContain('BAD credential');
  // An answer that makes no sense might be one that was cut off, so it is requested once more.
  expect(new Set(asked).size).toBe(1);
});

test('a proxy that does not answer is distinguished from an org that does not', async () => {
  const s = await stage({ users: 3, mix: PLAIN });
  const closed = createServer();
  closed.listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  const env = { OKTA_CLIENT_ORGURL: s.org.url, HTTP_PROXY: `http://127.0.0.1:${port}` };
  const doctor = await s.run(['doctor'], { env });
  expectCode(doctor, 7);
  expect(doctor.stdout.replace(/\s+/g, ' ')).toMatch(
    /BAD +org .*PROXY_UNREACHABLE.*Nothing answers at the address of the proxy.*Check HTTPS_PROXY/,
  );
});

test('an org that does not answer is waited for once, and not in silence', async () => {
  const clock = fastClock(40);
  const s = await stage({ users: 3, mix: PLAIN, clock });
  const silent = createServer(() => undefined);
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  closers.push(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const { port } = silent.address() as AddressInfo;
  const startedMs = clock.monotonicMs();
  const said: string[] = [];
  const doctor = await s.run(['doctor', '--timeout', '20s'], {
    env: { OKTA_CLIENT_ORGURL: `http://127.0.0.1:${port}` },
    onStdout: (text) => said.push(text),
    onStderr: (text) => said.push(text),
  });
  expectCode(doctor, 7);
  expect(clock.monotonicMs() - startedMs).toBeLessThan(60_000);
  const all = said.join('').replace(/\s+/g, ' ');
  expect(all).toMatch(
    /ok +node .*ok +way .*org 127.0.0.1:\d+: waiting for an answer, for up to 20 s.*BAD +org .*TIMEOUT/,
  );
});

test('a missing scope is named, although the 403 is empty', async () => {
  const s = await stage({ users: 3, mix: PLAIN });
  const front = await startFront(s.org.url, (path) =>
    path.startsWith('/api/v1/logs')
      ? {
          status: 403,
          body: '',
          headers: {
            'www-authenticate':
              'Bearer realm="https://acme.okta.com", scope="okta.logs.read", error="insufficient_scope", resource="/api/v1/logs"',
          },
        }
      : undefined,
  );
  closers.push(front.close);
  const doctor = await s.run(['doctor'], { env: { OKTA_CLIENT_ORGURL: front.url } });
  expect(doctor.stdout.replace(/\s+/g, ' ')).toMatch(
    /WARN +system log .*lacks the scope okta\.logs\.read.*Grant the app the scope okta\.logs\.read/,
  );
});
