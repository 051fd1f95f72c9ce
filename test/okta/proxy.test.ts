import { afterEach, describe, expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import { connect as connectSocket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { proxyOf } from '../../src/okta/http/dispatcher.ts';
import { connect, json, never, startOrg, stepCall, TOKEN } from './scripted-org.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

type Mood = 'open' | 'refuses' | 'hangs up';

/** A real CONNECT proxy. */
async function startProxy(mood: Mood = 'open') {
  const tunnels: { target: string; authorization: string | undefined; seen: string }[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, client) => {
    const tunnel = {
      target: request.url ?? '',
      authorization: request.headers['proxy-authorization'],
      seen: JSON.stringify(request.headers),
    };
    tunnels.push(tunnel);
    client.on('error', () => undefined);
    if (mood === 'hangs up') {
      client.destroy();
      return;
    }
    if (mood === 'refuses') {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const [host, port] = tunnel.target.split(':');
    const upstream = connectSocket(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.pipe(client);
      client.pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  closers.push(() => proxy.close());
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, tunnels };
}

async function writeThrough(env: (proxy: string) => Record<string, string>, mood: Mood = 'open') {
  const proxy = await startProxy(mood);
  const org = await startOrg((_q, r) => json(r, 200, {}));
  const connection = connect(org.origin, { env: env(proxy.url) });
  closers.push(org.close, connection.close);
  const answer = await connection.writer.write(stepCall(), never);
  return { answer, org, tunnels: proxy.tunnels };
}

describe('a proxy from the environment', () => {
  test('carries the calls in a tunnel and never sees the token', async () => {
    const { answer, org, tunnels } = await writeThrough((proxy) => ({
      HTTP_PROXY: proxy.replace('//', '//user:pa%20ss@'),
    }));
    expect(answer).toMatchObject({ kind: 'ok' });
    expect(tunnels).toMatchObject([
      {
        target: `127.0.0.1:${org.port}`,
        authorization: `Basic ${Buffer.from('user:pa ss').toString('base64')}`,
      },
    ]);
    expect(tunnels[0]?.seen).not.toContain(TOKEN);
    expect(org.seen[0]?.headers).toMatchObject({
      host: `127.0.0.1:${org.port}`,
      'content-length': '0',
      authorization: `SSWS ${TOKEN}`,
    });
    expect(org.seen[0]?.headers['proxy-authorization']).toBeUndefined();
  });

  test('is bypassed if NO_PROXY says so, or if it is for the other scheme', async () => {
    const hosts = await writeThrough((proxy) => ({
      http_proxy: proxy,
      no_proxy: 'x.example, 127.0.0.1',
    }));
    expect(hosts).toMatchObject({ answer: { kind: 'ok' }, tunnels: [] });
    const scheme = await writeThrough((proxy) => ({ HTTPS_PROXY: proxy }));
    expect(scheme).toMatchObject({ answer: { kind: 'ok' }, tunnels: [] });
  });

  test.each(['refuses', 'hangs up'] as const)(
    'that %s has had nothing sent through it',
    async (mood) => {
      const { answer, org } = await writeThrough((proxy) => ({ HTTP_PROXY: proxy }), mood);
      expect(answer).toMatchObject({
        failure: { kind: 'transport', code: 'PROXY_REFUSED', effect: 'none' },
      });
      expect(org.seen).toHaveLength(0);
    },
  );
});

test('an org with TLS is reached through the proxy of its scheme only', async () => {
  const proxy = await startProxy('refuses');
  const through = async (env: Record<string, string>) => {
    const connection = connect('https://127.0.0.1:9', { env });
    closers.push(connection.close);
    const answer = await connection.writer.write(stepCall(), never);
    return answer.kind === 'failed' && answer.failure.kind === 'transport'
      ? answer.failure.code
      : answer.kind;
  };
  expect(await through({ HTTPS_PROXY: proxy.url })).toBe('PROXY_REFUSED');
  expect(proxy.tunnels.map(({ target }) => target)).toEqual(['127.0.0.1:9']);
  expect(await through({ HTTP_PROXY: proxy.url })).toBe('ECONNREFUSED');
  expect(proxy.tunnels).toHaveLength(1);
});

test('a proxy that is not there is told apart from an org that is not there', async () => {
  const proxy = createServer().listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  proxy.close();
  await once(proxy, 'close');
  for (const origin of ['http://127.0.0.1:9', 'https://127.0.0.1:9']) {
    const url = `http://127.0.0.1:${port}`;
    const connection = connect(origin, { env: { HTTP_PROXY: url, HTTPS_PROXY: url } });
    closers.push(connection.close);
    expect(await connection.writer.write(stepCall(), never)).toMatchObject({
      failure: { kind: 'transport', code: 'PROXY_UNREACHABLE', effect: 'none' },
    });
  }
});

test('the proxy is read by scheme, in upper or lower case, with or without http://', () => {
  expect(proxyOf('https://a.okta.com', { HTTPS_PROXY: 'p:3128' })).toBe('http://p:3128');
  expect(proxyOf('https://a.okta.com', { https_proxy: 'https://p', HTTPS_PROXY: 'x' })).toBe(
    'https://p',
  );
  expect(proxyOf('https://a.okta.com', { HTTP_PROXY: 'http://p' })).toBeUndefined();
  expect(proxyOf('https://a.okta.com', { HTTPS_PROXY: ' ' })).toBeUndefined();
  expect(() => proxyOf('https://a.okta.com', { HTTPS_PROXY: 'ftp://planted:pw@p' })).toThrow(
    expect.objectContaining({ code: 'USAGE', message: expect.not.stringContaining('planted') }),
  );
});
