import { afterEach, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import { connect as connectSocket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { dispositionOf } from '../../src/domain/codes/okta-error.ts';
import { connect, never, stepCall, TOKEN } from './scripted-org.ts';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function startTlsOrg() {
  const tokens: (string | undefined)[] = [];
  const server = createServer(
    {
      key: readFileSync(here('tls/server-key.pem')),
      cert: readFileSync(here('tls/server-cert.pem')),
    },
    (request, response) => {
      tokens.push(request.headers.authorization);
      response.writeHead(200, { 'x-okta-request-id': 'req-1' }).end('{}');
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, tokens };
}

async function startTunnel() {
  const targets: (string | undefined)[] = [];
  const proxy = createPlainServer().on('connect', (request, client) => {
    targets.push(request.url);
    const [host, port] = (request.url ?? '').split(':');
    const upstream = connectSocket(Number(port), host, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(client);
      client.pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  closers.push(() => proxy.close());
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, targets };
}

/** Runs in a separate process, because Node reads NODE_EXTRA_CA_CERTS at its start. */
const CHILD = `
  import { host } from ${JSON.stringify(new URL('../../src/host.ts', import.meta.url).href)};
  import { connect, never, stepCall } from ${JSON.stringify(new URL('scripted-org.ts', import.meta.url).href)};
  const connection = connect(process.argv[1], { env: process.env }, { clock: host.clock });
  const answer = await connection.writer.write(stepCall(), never);
  await connection.close();
  process.stdout.write(JSON.stringify(answer));
`;

async function writeInChild(origin: string, env: Record<string, string>): Promise<unknown> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', CHILD, origin],
    { env: { PATH: process.env['PATH'], ...env } },
  );
  return JSON.parse(stdout);
}

test('a certificate that nobody confirms ends the run, and the token is not sent', async () => {
  const org = await startTlsOrg();
  const connection = connect(org.origin);
  closers.push(connection.close);
  const answer = await connection.writer.write(stepCall(), never);
  expect(answer).toMatchObject({
    failure: { kind: 'transport', code: 'DEPTH_ZERO_SELF_SIGNED_CERT', effect: 'none' },
  });
  expect(answer.kind === 'failed' && dispositionOf(answer.failure)).toBe('abort');
  expect(org.tokens).toEqual([]);
});

test('NODE_EXTRA_CA_CERTS confirms it, through a proxy as well', async () => {
  const org = await startTlsOrg();
  const tunnel = await startTunnel();
  const env = { NODE_EXTRA_CA_CERTS: here('tls/server-cert.pem'), HTTPS_PROXY: tunnel.url };
  expect(await writeInChild(org.origin, env)).toMatchObject({ kind: 'ok' });
  expect(org.tokens).toEqual([`SSWS ${TOKEN}`]);
  expect(tunnel.targets).toEqual([org.origin.replace('https://', '')]);
});
