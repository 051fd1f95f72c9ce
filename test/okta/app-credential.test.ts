import { afterEach, describe, expect, test } from '@jest/globals';
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose';
import { host } from '../../src/host.ts';
import { Secret } from '../../src/secrets/secret.ts';
import {
  connect,
  json,
  never,
  oktaError,
  startOrg,
  stepCall,
  USER,
  userJson,
} from './scripted-org.ts';
import type { SeenRequest } from './scripted-org.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const TOKEN_PATH = '/oauth2/v1/token';

let passedMs = 0;
/** Real time, set forward by a test, because signing works in threads that a clock of the tests cannot see. */
const clock = {
  ...host.clock,
  nowMs: () => host.clock.nowMs() + passedMs,
  monotonicMs: () => host.clock.monotonicMs() + passedMs,
};

const closers: (() => unknown)[] = [];
afterEach(async () => {
  passedMs = 0;
  for (const close of closers.splice(0).reverse()) await close();
});

type Reply = readonly [status: number, body: unknown, headers?: Record<string, string>];

interface OAuthTerms {
  readonly publicKey?: KeyObject;
  readonly dpop?: boolean;
  readonly expiresIn?: number;
  /** How far the server's clock is ahead of the client's. */
  readonly aheadMs?: number;
  readonly token?: (nth: number) => { status: number; body: unknown } | undefined;
}

/** An authorization server that checks what it is sent, and an API that knows the tokens that it issued. */
async function startOAuthOrg(terms: OAuthTerms = {}) {
  const { publicKey = rsa.publicKey, dpop = false, expiresIn = 3600, aheadMs = 0 } = terms;
  const problems: string[] = [];
  const used = new Set<string>();
  const tokens = new Map<string, string>();
  let thumbprint = '';
  const nonce = 'nonce-1';
  let asked = 0;
  const nowMs = () => clock.nowMs() + aheadMs;

  async function proofOf(request: SeenRequest, path: string, token?: string) {
    const { payload, protectedHeader } = await jwtVerify(
      String(request.headers['dpop']),
      EmbeddedJWK,
      {
        typ: 'dpop+jwt',
        currentDate: new Date(nowMs()),
        maxTokenAge: 60,
      },
    );
    expect(payload['htm']).toBe(request.method);
    expect(payload['htu']).toBe(`${org.origin}${path}`);
    expect(used.has(String(payload.jti))).toBe(false);
    used.add(String(payload.jti));
    if (token !== undefined) {
      expect(payload['ath']).toBe(createHash('sha256').update(token).digest('base64url'));
    }
    return { payload, print: await calculateJwkThumbprint(protectedHeader.jwk!) };
  }

  async function answer(request: SeenRequest): Promise<Reply> {
    if (request.url === TOKEN_PATH) {
      asked += 1;
      const scripted = terms.token?.(asked);
      if (scripted !== undefined) return [scripted.status, scripted.body];
      const form = new URLSearchParams(request.body);
      try {
        const { payload } = await jwtVerify(form.get('client_assertion') ?? '', publicKey, {
          issuer: 'client-1',
          subject: 'client-1',
          audience: `${org.origin}${TOKEN_PATH}`,
          currentDate: new Date(nowMs()),
        });
        if (used.has(String(payload.jti))) throw new Error('assertion used twice');
        used.add(String(payload.jti));
      } catch {
        return [401, { error: 'invalid_client' }];
      }
      if (dpop) {
        if (request.headers['dpop'] === undefined) {
          return [400, { error: 'invalid_dpop_proof' }];
        }
        const proof = await proofOf(request, TOKEN_PATH);
        if (proof.payload['nonce'] !== nonce) {
          return [400, { error: 'use_dpop_nonce' }, { 'dpop-nonce': nonce }];
        }
        thumbprint = proof.print;
      }
      const token = `at-${randomUUID()}`;
      tokens.set(token, form.get('scope') ?? '');
      const token_type = dpop ? 'DPoP' : 'Bearer';
      return [200, { access_token: token, token_type, expires_in: expiresIn }];
    }
    const [scheme, token = ''] = (request.headers.authorization ?? '').split(' ');
    if (!tokens.has(token)) return [401, { errorCode: 'E0000011', errorSummary: 'x' }];
    expect(scheme).toBe(dpop ? 'DPoP' : 'Bearer');
    if (dpop) {
      const proof = await proofOf(request, request.url.replace(/\?.*/, ''), token);
      expect(proof.print).toBe(thumbprint);
    }
    return [200, request.method === 'GET' ? userJson(USER) : {}];
  }

  const org = await startOrg((request, response) => {
    answer(request).then(
      ([status, body, headers]) => {
        json(response, status, body, { ...headers, date: new Date(nowMs()).toUTCString() });
      },
      (error: unknown) => {
        problems.push(String(error));
        response.destroy();
      },
    );
  });
  closers.push(org.close, () => expect(problems).toEqual([]));
  return { ...org, tokens, asked: () => asked };
}

function connectApp(origin: string, privateKey: string, more = {}, ports = { clock }) {
  const credentials = {
    kind: 'oauth',
    clientId: 'client-1',
    scopes: ['okta.users.manage', 'okta.users.read'],
    privateKey: new Secret(privateKey),
    keyId: 'kid-1',
  } as const;
  const connection = connect(origin, { credentials, ...more }, ports);
  closers.push(connection.close);
  return connection;
}

const pem = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('keys', () => {
  const keys: Record<string, [string, KeyObject]> = {
    'PKCS#8 PEM': [pem, rsa.publicKey],
    'PEM on one line': [pem.trim().replaceAll('\n', '\\n'), rsa.publicKey],
    'PKCS#1 PEM': [
      rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
      rsa.publicKey,
    ],
    'RSA JWK': [JSON.stringify(rsa.privateKey.export({ format: 'jwk' })), rsa.publicKey],
    'EC PEM': [ec.privateKey.export({ type: 'sec1', format: 'pem' }).toString(), ec.publicKey],
    'EC JWK': [
      JSON.stringify({ ...ec.privateKey.export({ format: 'jwk' }), kid: 'k' }),
      ec.publicKey,
    ],
  };
  test.each(Object.entries(keys))('%s is accepted', async (_name, [privateKey, publicKey]) => {
    const org = await startOAuthOrg({ publicKey });
    const { reader } = connectApp(org.origin, privateKey);
    expect(await reader.user(USER, never)).toMatchObject({ kind: 'ok' });
    expect([...org.tokens.values()]).toEqual(['okta.users.manage okta.users.read']);
  });

  const bad: Record<string, string> = {
    garbage: 'planted-garbage-key',
    'broken JSON': '{"kty":"RSA","d":"planted-garbage-key"',
    encrypted: rsa.privateKey
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
      .toString(),
    'small RSA': generateKeyPairSync('rsa', { modulusLength: 1024 })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString(),
    Ed25519: generateKeyPairSync('ed25519')
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString(),
    secp256k1: generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString(),
  };
  test.each(Object.entries(bad))(
    '%s is refused before anything is sent, and not shown',
    (_name, key) => {
      const thrown = (() => {
        try {
          connectApp('http://127.0.0.1:9', key);
          return undefined;
        } catch (error) {
          return error as Error;
        }
      })();
      expect(thrown).toMatchObject({ code: 'CONFIG_CREDENTIALS', exitCode: 2 });
      expect(`${thrown?.message}${thrown?.stack}${String(thrown?.cause)}`).not.toContain('planted');
    },
  );
});

describe('DPoP', () => {
  test('is learned from the org, with its nonce, and every call has a separate proof', async () => {
    const org = await startOAuthOrg({ dpop: true });
    const { reader, writer } = connectApp(org.origin, pem);
    expect(await reader.user(USER, never)).toMatchObject({ kind: 'ok' });
    expect(org.asked()).toBe(3);
    const writes = Array.from({ length: 8 }, () => writer.write(stepCall(), never));
    for (const write of writes) expect(await write).toMatchObject({ kind: 'ok' });
    expect(org.asked()).toBe(3);
  });

  test('an org that keeps asking for nonces is a failure', async () => {
    const org = await startOrg((_q, r, nth) =>
      json(r, 400, { error: 'use_dpop_nonce' }, { 'dpop-nonce': `n${nth}` }),
    );
    closers.push(org.close);
    const { writer } = connectApp(org.origin, pem);
    const answer = await writer.write(stepCall(), never);
    expect(answer).toMatchObject({ failure: { oktaCode: 'use_dpop_nonce', effect: 'none' } });
    expect(org.seen.length).toBeLessThanOrEqual(6);
  });
});

describe('tokens', () => {
  test('one fetch serves all who wait for it, and none of them announces a write before', async () => {
    const org = await startOAuthOrg();
    const { writer } = connectApp(org.origin, pem, { connections: 16 });
    const announced: number[] = [];
    const call = stepCall({
      beforeSend: () => {
        announced.push(org.tokens.size);
        return Promise.resolve();
      },
    });
    const answers = await Promise.all(Array.from({ length: 16 }, () => writer.write(call, never)));
    expect(answers.every((answer) => answer.kind === 'ok')).toBe(true);
    expect(org.asked()).toBe(1);
    expect(announced).toEqual(Array.from({ length: 16 }, () => 1));
  });

  test('a token is replaced before it expires', async () => {
    const org = await startOAuthOrg({ expiresIn: 30 });
    const { reader } = connectApp(org.origin, pem);
    await reader.user(USER, never);
    await reader.user(USER, never);
    expect(org.asked()).toBe(1);
    passedMs = 26_000;
    await reader.user(USER, never);
    expect(org.asked()).toBe(2);
  });

  test('a token that ends early is replaced: reads continue, a write is sent once and can be sent again', async () => {
    const org = await startOAuthOrg();
    const { reader, writer } = connectApp(org.origin, pem);
    await reader.user(USER, never);
    org.tokens.clear();
    const calls = () => org.seen.filter((request) => request.url !== TOKEN_PATH).length;
    const before = calls();
    const write = await writer.write(stepCall(), never);
    expect(write).toMatchObject({
      failure: { kind: 'transport', code: 'TOKEN_RENEWED', effect: 'none' },
    });
    expect(calls() - before).toBe(1);
    expect(await writer.write(stepCall(), never)).toMatchObject({ kind: 'ok' });
    org.tokens.clear();
    expect(await reader.user(USER, never)).toMatchObject({ kind: 'ok' });
    expect(org.asked()).toBe(3);
  });

  test('a token that was never accepted is not replaced', async () => {
    const org = await startOrg((request, r) => {
      if (request.url === TOKEN_PATH)
        json(r, 200, { access_token: 'never-good', expires_in: 3600 });
      else json(r, 401, { errorCode: 'E0000011', errorSummary: 'Invalid never-good' });
    });
    closers.push(org.close);
    const { writer } = connectApp(org.origin, pem);
    const answer = await writer.write(stepCall(), never);
    expect(answer).toMatchObject({
      failure: { status: 401, oktaCode: 'E0000011', effect: 'none' },
    });
    expect(JSON.stringify(answer)).not.toContain('never-good');
    expect(org.seen).toHaveLength(2);
  });

  test.each([-600_000, 600_000])(
    'a clock that is off by %i ms is corrected from the org',
    async (aheadMs) => {
      const org = await startOAuthOrg({ aheadMs, dpop: true });
      const { reader } = connectApp(org.origin, pem);
      expect(await reader.user(USER, never)).toMatchObject({ kind: 'ok' });
    },
  );

  test.each(['invalid_client', 'invalid_scope', 'access_denied'])(
    '%s is a failure of that name, and no write is announced',
    async (error) => {
      const org = await startOAuthOrg({
        token: () => ({ status: 400, body: { error, error_description: 'why' } }),
      });
      const { writer, gate } = connectApp(org.origin, pem);
      let announced = false;
      const beforeSend = () => {
        announced = true;
        return Promise.resolve();
      };
      const answer = await writer.write(stepCall({ beforeSend }), never);
      expect(answer).toMatchObject({
        failure: { oktaCode: error, message: 'why', effect: 'none' },
      });
      expect(announced).toBe(false);
      expect(gate.ended).toMatchObject([{ sent: false }]);
      expect(org.asked()).toBe(1);
    },
  );

  test('a token endpoint that fails for a moment is asked again', async () => {
    const org = await startOAuthOrg({
      token: (nth) => (nth <= 2 ? { status: nth === 1 ? 503 : 429, body: {} } : undefined),
    });
    const { reader } = connectApp(org.origin, pem);
    expect(await reader.user(USER, never)).toMatchObject({ kind: 'ok' });
    expect(org.asked()).toBe(3);
  });

  test('an abort does not wait for a token that hangs', async () => {
    const org = await startOrg((_q, r, nth) => {
      if (nth > 99) oktaError(r, 500, 'E0000009');
    });
    closers.push(org.close);
    const { writer } = connectApp(org.origin, pem);
    const stop = new AbortController();
    const write = writer.write(stepCall(), stop.signal);
    setImmediate(() => stop.abort(new Error('stop')));
    await expect(write).rejects.toThrow('stop');
  });
});
