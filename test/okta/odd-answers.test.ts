import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect as connectSocket, type AddressInfo } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { classifyAnswer } from '../../src/okta/layers/classify.ts';
import { unpackBody } from '../../src/okta/http/encoded-body.ts';
import { webPageTitle } from '../../src/okta/http/web-page.ts';
import { connect, json, never, startOrg, stepCall, type Script } from './scripted-org.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function scripted(script: Script, env: Record<string, string> = {}) {
  const org = await startOrg(script);
  const connection = connect(org.origin, { env, maxRetries: 0 });
  closers.push(org.close, connection.close);
  return { org, ...connection };
}

const ORG = { id: '00o1', pipeline: 'idx' };
const PAGE =
  '<!DOCTYPE html>\n<html><head><title>Hotel Wi-Fi &amp; bar – sign in</title></head></html>';

function raw(response: ServerResponse, status: number, body: Buffer | string, headers = {}): void {
  response.writeHead(status, headers);
  response.end(body);
}

describe('a packed answer', () => {
  test('is requested as gzip', async () => {
    const { reader, org } = await scripted((_q, r) => json(r, 200, ORG));
    await reader.organization(never);
    expect(org.seen[0]?.headers['accept-encoding']).toBe('gzip');
  });

  test.each([
    ['gzip', gzipSync],
    ['GZIP', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    // Servers that take “deflate” literally, and leave out the frame of zlib.
    ['deflate', deflateRawSync],
    ['gzip, identity', gzipSync],
    ['deflate, gzip', (text: string) => gzipSync(deflateSync(text))],
    // A proxy that unpacks, and leaves the header.
    ['gzip', (text: string) => Buffer.from(text)],
    ['br', (text: string) => Buffer.from(text)],
    // A name that is not an encoding.
    ['utf-8', (text: string) => Buffer.from(text)],
    ['none', (text: string) => Buffer.from(text)],
    ['', (text: string) => Buffer.from(text)],
  ] as const)('as “%s” is read', async (encoding, pack) => {
    const { reader } = await scripted((_q, r) =>
      raw(r, 200, pack(JSON.stringify(ORG)), { 'content-encoding': encoding }),
    );
    expect(await reader.organization(never)).toMatchObject({ kind: 'ok', value: { id: '00o1' } });
  });

  test('of a refusal has Okta’s code', async () => {
    const body = gzipSync(JSON.stringify({ errorCode: 'E0000006', errorSummary: 'no' }));
    const { writer } = await scripted((_q, r) => raw(r, 403, body, { 'content-encoding': 'gzip' }));
    expect(await writer.write(stepCall(), never)).toMatchObject({
      failure: { kind: 'okta', oktaCode: 'E0000006', effect: 'none' },
    });
  });

  test('that unpacks to more than any answer of Okta is not read to its end', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(100_000);
    const { reader } = await scripted((_q, r) => raw(r, 200, bomb, { 'content-encoding': 'gzip' }));
    expect(await reader.organization(never)).toMatchObject({
      failure: { kind: 'transport', code: 'BODY_TOO_LARGE' },
    });
  });

  test.each([
    ['gzip', Buffer.from('neither packed nor JSON')],
    ['gzip, gzip, gzip, gzip', gzipSync('{}')],
    ['gzip', gzipSync(JSON.stringify(ORG)).subarray(0, 20)],
    ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00])],
  ])('as %s that is damaged or unknown counts as lost', async (encoding, body) => {
    const { reader } = await scripted((_q, r) =>
      raw(r, 200, body, { 'content-encoding': encoding }),
    );
    expect(await reader.organization(never)).toMatchObject({
      failure: { kind: 'transport', code: 'BODY_ENCODING', effect: 'certain' },
    });
  });

  test('of a refusal that was cut off is read as far as possible', () => {
    const text = `{"errorCode":"E0000006"}${' '.repeat(10)}`;
    const part = gzipSync(text).subarray(0, -8);
    const headers = { 'content-encoding': 'gzip' };
    expect(unpackBody(part, headers, { maxBytes: 1000, whole: false })).toEqual({
      kind: 'text',
      text,
    });
  });
});

describe('headers beyond 16 KiB', () => {
  const long = { 'content-security-policy': `default-src ${'https://a.example '.repeat(3000)}` };

  test('are read', async () => {
    const { reader } = await scripted((_q, r) => json(r, 200, ORG, long));
    expect(await reader.organization(never)).toMatchObject({ kind: 'ok' });
  });

  test('are read through a proxy', async () => {
    const proxy = createServer();
    proxy.on('connect', (request, client) => {
      const upstream = connectSocket(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        upstream.pipe(client);
        client.pipe(upstream);
      });
      client.on('error', () => undefined).on('close', () => upstream.destroy());
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    closers.push(() => proxy.close());
    const { port } = proxy.address() as AddressInfo;
    const { reader } = await scripted((_q, r) => json(r, 200, ORG, long), {
      HTTP_PROXY: `http://127.0.0.1:${port}`,
    });
    expect(await reader.organization(never)).toMatchObject({ kind: 'ok' });
  });
});

describe('a web page instead of an answer', () => {
  test.each([200, 302, 403, 404, 503])(
    'with HTTP %i is reported with its title',
    async (status) => {
      const { reader, org } = await scripted((_q, r) =>
        raw(r, status, PAGE, { 'content-type': 'text/html' }),
      );
      expect(await reader.organization(never)).toMatchObject({
        failure: {
          status,
          page: 'Hotel Wi-Fi & bar – sign in',
          message: expect.stringContaining('a web page titled “Hotel Wi-Fi & bar – sign in”'),
        },
      });
      expect(org.seen).toHaveLength(1);
    },
  );

  test.each([
    [PAGE, 'Hotel Wi-Fi & bar – sign in'],
    ['\ufeff  <HTML><Title lang="en">\n A\u001b[31m\n B</TITLE>', 'A [31m B'],
    ['<html><body>no title</body>', ''],
    ['<html><title>never closed', ''],
    ['<!-- a --><p>', ''],
    ['{"errorCode":"E0000006"}', undefined],
    ['', undefined],
    ['<200> not a page', undefined],
  ])('%j', (body, title) => {
    expect(webPageTitle(body)).toBe(title);
  });

  test('is found in time whatever it contains', () => {
    const startedMs = performance.now();
    for (const part of ['<title', '<title>', '&amp;', '<', ' '])
      webPageTitle(`<html>${part.repeat(1_000_000)}`);
    expect(performance.now() - startedMs).toBeLessThan(1000);
  });
});

describe('a 403 with a challenge', () => {
  const RATE = {
    status: 403,
    limit: undefined,
    remaining: undefined,
    resetMs: undefined,
    serverDateMs: undefined,
  };
  const classify = (challenge: string, body = '') =>
    classifyAnswer(403, { 'www-authenticate': challenge }, body, RATE);

  test('of a missing scope names the scope, even with an empty body', async () => {
    const challenge =
      'Bearer authorization_uri="http://acme.okta.com/oauth2/v1/authorize", realm="http://acme.okta.com", scope="okta.users.manage", error="insufficient_scope", error_description="The access token provided does not contain the required scopes.", resource="/api/v1/users"';
    expect(classify(challenge)).toMatchObject({
      insufficientScope: true,
      missingScope: 'okta.users.manage',
      oktaCode: 'insufficient_scope',
      message: 'The access token lacks the scope okta.users.manage',
    });
    const { writer } = await scripted((_q, r) =>
      raw(r, 403, '', { 'www-authenticate': challenge }),
    );
    expect(await writer.write(stepCall(), never)).toMatchObject({
      failure: { missingScope: 'okta.users.manage', effect: 'none' },
    });
  });

  test.each([
    'DPoP scope="okta.users.manage", error="insufficient_scope"',
    'Bearer error = "insufficient_scope" , scope = "okta.users.manage"',
    'bearer Error="insufficient_scope",Scope="okta.users.manage"',
    'Bearer error=insufficient_scope, scope=okta.users.manage',
    "Bearer error='insufficient_scope', scope='okta.users.manage'",
    'DPoP algs="ES256", Bearer realm="x", error="insufficient_scope", scope="okta.users.manage"',
  ])('%s: the scope is named', (challenge) => {
    expect(classify(challenge)).toMatchObject({
      insufficientScope: true,
      missingScope: 'okta.users.manage',
    });
  });

  test('sent twice, one of them of a missing scope', () => {
    const headers = {
      'www-authenticate': [
        'DPoP algs="ES256"',
        'Bearer error="insufficient_scope", scope="okta.users.manage"',
      ],
    };
    expect(classifyAnswer(403, headers, '', RATE).missingScope).toBe('okta.users.manage');
  });

  test('of another kind is not a missing scope', () => {
    const body = JSON.stringify({ errorCode: 'E0000006', errorSummary: 'no' });
    for (const challenge of ['DPoP error="invalid_dpop_proof"', 'Bearer scope="okta.users.manage"'])
      expect(classify(challenge, body)).toMatchObject({
        insufficientScope: false,
        oktaCode: 'E0000006',
      });
  });
});
