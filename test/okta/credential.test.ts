import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Failure } from '../../src/domain/row/failure.ts';
import { createAppCredential } from '../../src/okta/credential/app-credential.ts';
import { withoutSecret, type Credential } from '../../src/okta/credential/credential.ts';
import { readSigningKey } from '../../src/okta/credential/signing-key.ts';
import { createSourceCredential } from '../../src/okta/credential/source-credential.ts';
import {
  createTokenEndpoint,
  type AccessToken,
  type TokenAnswer,
} from '../../src/okta/credential/token-endpoint.ts';
import type { Exchange } from '../../src/okta/http/transport.ts';
import { Secret } from '../../src/secrets/secret.ts';
import { never } from './scripted-org.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 3, 15);
const ORIGIN = 'https://acme.okta.com';

const okta = (status: number, oktaCode?: string, message = 'no') =>
  ({
    kind: 'okta',
    status,
    oktaCode,
    message,
    requestId: 'req',
    insufficientScope: false,
    throttle: { kind: 'window' },
    effect: 'possible',
  }) as Failure;
const broken: Failure = {
  kind: 'transport',
  code: 'ECONNRESET',
  message: 'gone',
  status: undefined,
  requestId: undefined,
  effect: 'possible',
};

function exchangeOf(
  failure: Failure | undefined,
  more: { readonly body?: unknown; readonly headers?: object; readonly serverTimeMs?: number } = {},
): Exchange {
  const { body = '', headers = {}, serverTimeMs = NOW_MS } = more;
  return {
    call: { status: failure?.status ?? 200, requestId: 'req', serverTimeMs, durationMs: 1 },
    failure,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    sent: true,
    rate: undefined,
    headers,
  } as Exchange;
}

describe('a private key', () => {
  const jwkOf = (curve: string) =>
    generateKeyPairSync('ec', { namedCurve: curve }).privateKey.export({ format: 'jwk' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    format: 'jwk',
  });
  const read = (jwk: JsonWebKey, keyId?: string) =>
    readSigningKey(new Secret(` ${JSON.stringify(jwk)}\n`), keyId);

  test.each([
    ['P-256', 'ES256'],
    ['P-384', 'ES384'],
    ['P-521', 'ES512'],
  ])('on %s signs with %s', (curve, alg) => {
    expect(read(jwkOf(curve)).alg).toBe(alg);
  });

  test.each([
    [undefined, 'RS256'],
    ['RS256', 'RS256'],
    ['RS384', 'RS384'],
    ['RS512', 'RS512'],
    ['PS256', 'RS256'],
    ['xRS384', 'RS256'],
  ])('of RSA for %s signs with %s', (said, alg) => {
    expect(read({ ...rsa, ...(said === undefined ? {} : { alg: said }) }).alg).toBe(alg);
  });

  test('has the id that is set, or else its own', () => {
    const own = { ...rsa, kid: 'own' };
    expect([read(own, 'set').keyId, read(own).keyId, read(rsa).keyId]).toEqual([
      'set',
      'own',
      undefined,
    ]);
  });

  const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;
  const sec1 = { type: 'sec1', format: 'pem' } as const;
  const locked = { cipher: 'aes-256-cbc', passphrase: 'x' };
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const odd = {
    small: generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey,
    ed25519: generateKeyPairSync('ed25519').privateKey,
    secp256k1: generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey,
  };

  test.each([
    ['it is encrypted', ec.export({ ...pkcs8, ...locked }).toString()],
    ['it is encrypted', ec.export({ ...sec1, ...locked }).toString()],
    // In an environment variable.
    [
      'it is encrypted',
      ec
        .export({ ...sec1, ...locked })
        .toString()
        .replaceAll('\n', '\\n'),
    ],
    ['it is not a PEM or JWK private key', 'planted'],
    ['it is not a PEM or JWK private key', '{"kty":"RSA"'],
    ['it is not a PEM or JWK private key', '{"kty":"RSA"}'],
    ['an RSA key needs at least 2048 bits', odd.small.export(pkcs8).toString()],
    ['it is neither RSA nor EC', odd.ed25519.export(pkcs8).toString()],
    ['Okta accepts EC keys only on P-256, P-384 and P-521', odd.secp256k1.export(pkcs8).toString()],
  ])('is refused: %s', (problem, text) => {
    expect(() => readSigningKey(new Secret(text), undefined)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_CREDENTIALS',
        message: `The service app’s private key cannot be used: ${problem}.`,
      }),
    );
  });
});

test('a secret that an answer repeats is masked wherever it stands', () => {
  const repeated = withoutSecret(okta(400, 'E0000001', 'not s3cret, s3cret'), new Secret('s3cret'));
  expect(repeated.message).toBe('not [secret], [secret]');
  for (const other of ['', 'another']) {
    const failure = okta(400);
    expect(withoutSecret(failure, new Secret(other))).toBe(failure);
  }
});

const settled = async (credential: Credential, exchange: Exchange, signal = never) => {
  const granted = await credential.authorize({ method: 'GET', path: '/api/v1/users?x=1' }, signal);
  if (granted.kind === 'refused') throw new Error('refused');
  return granted.settle(exchange, signal);
};

describe('the credential of a source of tokens', () => {
  const token = new Secret('t0ken-1');
  const after: string[] = [];
  beforeEach(() => void after.splice(0));
  const credentialOf = (next: () => Promise<Secret | undefined>, held?: Secret) =>
    createSourceCredential({
      held: () => held,
      current: async () => new Secret('first-of-all'),
      after: (rejected) => {
        after.push(rejected.reveal());
        return next();
      },
      known: () => [],
    });
  const another = () => Promise.resolve(new Secret('t0ken-2'));

  test('asks for the first token, and uses the one that it has', async () => {
    const headersOf = async (held?: Secret) => {
      const granted = await credentialOf(another, held).authorize(
        { method: 'GET', path: '/' },
        never,
      );
      return granted.kind === 'granted' ? granted.headers : [];
    };
    expect(await headersOf()).toEqual(['authorization', 'SSWS first-of-all']);
    expect(await headersOf(token)).toEqual(['authorization', 'SSWS t0ken-1']);
  });

  test('replaces a token that is rejected, once, and only then', async () => {
    const credential = credentialOf(another, token);
    const ok = exchangeOf(undefined);
    expect(await settled(credential, ok)).toBe(ok);
    for (const failure of [okta(403), okta(500), broken]) {
      const exchange = exchangeOf(failure);
      expect(await settled(credential, exchange)).toEqual(exchange);
    }
    expect(after).toEqual([]);
    expect(await settled(credential, exchangeOf(okta(401)))).toMatchObject({
      failure: {
        kind: 'transport',
        code: 'TOKEN_RENEWED',
        status: 401,
        requestId: 'req',
        effect: 'none',
      },
    });
    expect(after).toEqual(['t0ken-1']);
  });

  test('ends the call as it is if there is no other token, without the token in its text', async () => {
    const credential = credentialOf(async () => undefined, token);
    const exchange = exchangeOf(okta(401, 'E0000011', 'bad t0ken-1'));
    expect(await settled(credential, exchange)).toMatchObject({
      failure: { kind: 'okta', status: 401, message: 'bad [secret]' },
    });
  });

  test('says that nothing was applied if a stop comes while it asks for another, and passes on a bug', async () => {
    const credential = credentialOf(() => Promise.reject(new Error('a bug')), token);
    const rejected = exchangeOf(okta(401));
    expect(await settled(credential, rejected, AbortSignal.abort())).toMatchObject({
      failure: { code: 'TOKEN_RENEWED', effect: 'none' },
    });
    await expect(settled(credential, rejected)).rejects.toThrow('a bug');
  });
});

/** A clock that is set by hand and counts its sleeps. */
function handClock() {
  const slept: number[] = [];
  const clock = {
    wallMs: NOW_MS,
    runMs: 0,
    nowMs: () => clock.wallMs,
    monotonicMs: () => clock.runMs,
    sleep: async (ms: number) => void slept.push(ms),
  };
  return { clock, slept };
}

const prover = { prove: async (claims: object) => JSON.stringify(claims) };
const noServerClock = { nowMs: () => undefined } as never;

describe('the token endpoint', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const granted = { access_token: 'at-1', token_type: 'Bearer', expires_in: 60, scope: 'a  b' };
  const ok = (over: object = {}, headers = {}) =>
    exchangeOf(undefined, { body: { ...granted, ...over }, headers });

  /** Fetches a token from an org that gives these answers, and then always the last one. */
  async function fetched(
    answers: readonly Exchange[],
    optionalScopes: readonly string[] = [],
    stop?: AbortController,
  ) {
    const asked: { form: URLSearchParams; proof: Record<string, unknown> | undefined }[] = [];
    const { clock, slept } = handClock();
    const endpoint = createTokenEndpoint({
      origin: ORIGIN,
      clientId: 'client-1',
      scopes: ['a', 'b'],
      optionalScopes,
      signingKey: { key: privateKey, alg: 'ES256', keyId: 'kid-1' },
      http: {
        send: async ({ headers, body }: { headers: readonly string[]; body: string }) => {
          const at = headers.indexOf('dpop');
          const proof =
            at < 0 ? undefined : (JSON.parse(headers[at + 1] ?? '') as Record<string, unknown>);
          asked.push({ form: new URLSearchParams(body), proof });
          stop?.abort(new Error('stop'));
          return answers[Math.min(asked.length, answers.length) - 1];
        },
      } as never,
      prover,
      clock,
      random: () => 1,
      serverClock: noServerClock,
      maxRetries: 2,
    });
    const answer = await endpoint.fetchToken(stop?.signal ?? never);
    return { answer, asked, slept };
  }
  const said = ({ answer }: { answer: TokenAnswer }) =>
    answer.kind === 'token'
      ? { ...answer.token, token: answer.token.token.reveal() }
      : answer.failure;

  test('is asked with an assertion that names the app, the endpoint and five minutes', async () => {
    const { asked } = await fetched([ok()], ['c', 'a']);
    const { form, proof } = asked[0]!;
    const assertion = form.get('client_assertion') ?? '';
    expect(proof).toBeUndefined();
    expect([form.get('grant_type'), form.get('scope')]).toEqual(['client_credentials', 'a b c']);
    // RFC 7523, 2.2.
    expect(form.get('client_assertion_type')).toBe(
      'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    );
    expect(decodeProtectedHeader(assertion)).toEqual({ alg: 'ES256', kid: 'kid-1' });
    expect(decodeJwt(assertion)).toEqual({
      iss: 'client-1',
      sub: 'client-1',
      aud: `${ORIGIN}/oauth2/v1/token`,
      iat: NOW_MS / 1000,
      exp: NOW_MS / 1000 + 300,
      jti: expect.any(String),
    });
  });

  test.each<[string, object, Partial<Omit<AccessToken, 'token'>> & { token?: string }]>([
    ['a bearer', {}, { token: 'at-1', scheme: 'Bearer', lifeMs: 60_000, scopes: ['a', 'b'] }],
    ['a bound one', { token_type: 'dpop' }, { scheme: 'DPoP' }],
    ['one without a list of scopes', { scope: undefined }, { scopes: ['a', 'b', 'c'] }],
    ['one of fewer scopes', { scope: 'a' }, { scopes: ['a'] }],
    ['one without its life', { expires_in: undefined }, { lifeMs: 3_600_000 }],
    ['one of no life', { expires_in: 0 }, { lifeMs: 3_600_000 }],
    ['one of a second', { expires_in: '1' }, { lifeMs: 1000 }],
  ])('grants %s', async (_, over, token) => {
    expect(said(await fetched([ok(over)], ['c']))).toMatchObject(token);
  });

  test.each<[string, unknown, object]>([
    [
      'an answer without a token',
      { token_type: 'Bearer' },
      {
        oktaCode: 'invalid_request',
        message: 'The token endpoint answered without an access token.',
      },
    ],
    ['an empty token', { access_token: '' }, { oktaCode: 'invalid_request' }],
    ['a list', [granted], { oktaCode: 'invalid_request' }],
    [
      'a web page',
      '<html><title>Sign in</title></html>',
      { oktaCode: undefined, page: 'Sign in', message: expect.stringContaining('“Sign in”') },
    ],
  ])('refuses with %s, and is not asked again', async (_, body, failure) => {
    const refused = await fetched([exchangeOf(undefined, { body })]);
    expect(said(refused)).toMatchObject({
      kind: 'okta',
      status: 200,
      requestId: 'req',
      effect: 'none',
      ...failure,
    });
    expect(refused.asked).toHaveLength(1);
  });

  test.each<[string, Failure, number]>([
    ['a 429', okta(429), 3],
    ['a 500', okta(500), 3],
    ['a broken connection', broken, 3],
    ['a 400', okta(400, 'access_denied'), 1],
    ['a wrong scope', okta(400, 'invalid_scope'), 1],
    ['a wrong client', okta(401, 'invalid_client'), 1],
    [
      'an answer that is not understood',
      { kind: 'answer', status: 200, message: '', requestId: 'r', effect: 'certain' },
      1,
    ],
  ])('is asked again after what passes: %s', async (_, failure, times) => {
    const refused = await fetched([exchangeOf(failure)]);
    expect(refused.asked).toHaveLength(times);
    expect(refused.slept).toEqual([500, 1000].slice(0, times - 1));
    // No write was sent, whatever went wrong.
    const unsent = failure.kind === 'answer' ? failure : { ...failure, effect: 'none' };
    expect(said(refused)).toEqual(
      failure.kind === 'okta' ? { ...unsent, throttle: undefined } : unsent,
    );
    expect(said(await fetched([exchangeOf(broken), exchangeOf(broken), ok()]))).toMatchObject({
      token: 'at-1',
    });
  });

  test('is not asked again after a stop, which ends it with its reason, unless it granted the token', async () => {
    for (const failure of [okta(400, 'access_denied'), okta(500), broken])
      await expect(fetched([exchangeOf(failure)], [], new AbortController())).rejects.toThrow(
        'stop',
      );
    expect((await fetched([ok()], [], new AbortController())).answer.kind).toBe('token');
  });

  test('leaves out the optional scopes if the org refuses the scopes, once', async () => {
    const wrong = exchangeOf(okta(400, 'invalid_scope'));
    const learned = await fetched([wrong, ok({ scope: undefined })], ['c']);
    expect(learned.asked.map(({ form }) => form.get('scope'))).toEqual(['a b c', 'a b']);
    expect(said(learned)).toMatchObject({ scopes: ['a', 'b'] });
    expect((await fetched([wrong], ['c'])).asked).toHaveLength(2);
  });

  test('binds the token if the org asks for it, with its nonce', async () => {
    const proofs = async (...answers: readonly Exchange[]) =>
      (await fetched(answers)).asked.map(({ proof }) => proof && (proof['nonce'] ?? 'none'));
    const invalid = exchangeOf(okta(400, 'invalid_dpop_proof'));
    const nonce = (value?: string) =>
      exchangeOf(okta(400, 'use_dpop_nonce'), {
        headers: value === undefined ? {} : { 'dpop-nonce': value },
      });
    expect(await proofs(invalid, nonce('n1'), ok())).toEqual([undefined, 'none', 'n1']);
    expect(await proofs(nonce('n1'), ok())).toEqual([undefined, 'n1']);
    expect(await proofs(nonce('n1'), nonce('n2'), ok())).toEqual([undefined, 'n1', 'n2']);
    // What it says does not help: no nonce, or the same one again.
    expect(await proofs(nonce())).toEqual([undefined]);
    expect(await proofs(nonce('n1'))).toEqual([undefined, 'n1']);
    expect(await proofs(invalid)).toEqual([undefined, 'none']);
    const fresh = Array.from({ length: 9 }, (_, at) => nonce(`n${at}`));
    expect(await proofs(...fresh)).toHaveLength(6);
    const { asked } = await fetched([invalid, ok()]);
    expect(asked[1]?.proof).toEqual({
      method: 'POST',
      url: `${ORIGIN}/oauth2/v1/token`,
      nowMs: NOW_MS,
    });
  });

  test.each([
    ['invalid_client', 20_001, 2],
    ['invalid_client', -20_001, 2],
    ['invalid_client', 20_000, 1],
    ['access_denied', 60_000, 1],
  ])(
    'is asked again after %s if the clocks are %d ms apart: %d times',
    async (code, apartMs, times) => {
      const refusal = exchangeOf(okta(401, code), { serverTimeMs: NOW_MS + apartMs });
      expect((await fetched([refusal, ok()])).asked).toHaveLength(times);
    },
  );
});

describe('the credential of a service app', () => {
  const LIFE_MS = 3_600_000;

  function appOf(answers: readonly (TokenAnswer | Error)[] = []) {
    const { clock } = handClock();
    let fetches = 0;
    const credential = createAppCredential({
      origin: ORIGIN,
      endpoint: {
        fetchToken: async () => {
          const scripted = answers[fetches];
          fetches += 1;
          if (scripted instanceof Error) throw scripted;
          const token = {
            token: new Secret(`at-${fetches}`),
            scheme: 'DPoP',
            lifeMs: LIFE_MS,
            scopes: [`s${fetches}`],
          } as const;
          return scripted ?? { kind: 'token', token };
        },
      },
      prover,
      clock,
      serverClock: noServerClock,
    });
    return { credential, clock, fetches: () => fetches };
  }
  const headersOf = async (credential: Credential) => {
    const granted = await credential.authorize({ method: 'GET', path: '/api/v1/users?x=1' }, never);
    return granted.kind === 'granted' ? granted.headers : [];
  };

  test('proves the key for the call without its query', async () => {
    const { credential } = appOf();
    expect(credential.grantedScopes()).toBeUndefined();
    const [name, value, dpop, proof = ''] = await headersOf(credential);
    expect([name, value, dpop]).toEqual(['authorization', 'DPoP at-1', 'dpop']);
    expect(JSON.parse(proof)).toEqual({
      method: 'GET',
      url: `${ORIGIN}/api/v1/users`,
      nowMs: NOW_MS,
      tokenHash: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(credential.grantedScopes()).toEqual(['s1']);
  });

  test.each([
    ['wallMs', 3_000_000 - 1, 1],
    ['wallMs', 3_000_000, 2],
    ['runMs', 3_000_000 - 1, 1],
    ['runMs', 3_000_000, 2],
  ] as const)(
    'uses a token for 50 of 60 minutes by each clock: %s after %d ms',
    async (which, ms, times) => {
      const { credential, clock, fetches } = appOf();
      await headersOf(credential);
      clock[which] += ms;
      await headersOf(credential);
      expect(fetches()).toBe(times);
    },
  );

  test('passes on why there is no token', async () => {
    const failure = okta(401, 'invalid_client');
    const { credential } = appOf([{ kind: 'refused', failure }]);
    expect(await credential.authorize({ method: 'GET', path: '/' }, never)).toEqual({
      kind: 'refused',
      failure,
    });
  });

  const codeOf = ({ failure }: Exchange) =>
    failure?.kind === 'transport' ? failure.code : failure?.status;
  const rejected = (headers = {}, serverTimeMs = NOW_MS) =>
    exchangeOf(okta(401, 'E0000011', 'bad at-1'), { headers, serverTimeMs });

  test('replaces a token that was accepted before and is rejected now; no other', async () => {
    const once = async (...before: readonly Exchange[]) => {
      const { credential, fetches } = appOf();
      for (const exchange of before) await settled(credential, exchange);
      const end = await settled(credential, rejected());
      expect(end.failure?.message).not.toContain('at-1');
      return [codeOf(end), fetches()];
    };
    expect(await once()).toEqual([401, 1]);
    expect(await once(exchangeOf(undefined))).toEqual(['TOKEN_RENEWED', 2]);
    // A refusal for another reason shows as well that the token was accepted; a broken call does not.
    expect(await once(exchangeOf(okta(403)))).toEqual(['TOKEN_RENEWED', 2]);
    expect(await once(exchangeOf(broken))).toEqual([401, 1]);
  });

  test('learns a nonce from a rejection that asks for one, once', async () => {
    const { credential, fetches } = appOf();
    const challenge = { 'dpop-nonce': 'n1', 'www-authenticate': 'DPoP error="use_dpop_nonce"' };
    expect(codeOf(await settled(credential, rejected(challenge)))).toBe('TOKEN_RENEWED');
    expect(JSON.parse((await headersOf(credential))[3] ?? '')).toMatchObject({ nonce: 'n1' });
    expect(codeOf(await settled(credential, rejected(challenge)))).toBe(401);
    for (const headers of [{ 'dpop-nonce': 'n2' }, { 'www-authenticate': 'use_dpop_nonce' }])
      expect(codeOf(await settled(credential, rejected(headers)))).toBe(401);
    expect(fetches()).toBe(1);
  });

  test.each([
    ['invalid_dpop_proof', 20_001, 'TOKEN_RENEWED'],
    ['invalid_dpop_proof', -20_001, 'TOKEN_RENEWED'],
    ['invalid_dpop_proof', 20_000, 400],
    ['E0000001', 60_000, 400],
  ])(
    'sends a call again after %s if its clock had stopped for %d ms: %s',
    async (code, offMs, end) => {
      const { credential } = appOf();
      const refusal = exchangeOf(okta(400, code), { serverTimeMs: NOW_MS + offMs });
      expect(codeOf(await settled(credential, refusal))).toBe(end);
    },
  );

  test('ends a rejected call as not applied whatever becomes of the next token', async () => {
    const token: AccessToken = {
      token: new Secret('at-1'),
      scheme: 'Bearer',
      lifeMs: LIFE_MS,
      scopes: [],
    };
    const first = { kind: 'token', token } as const;
    const refusal = okta(400, 'access_denied');
    const { credential } = appOf([first, { kind: 'refused', failure: refusal }]);
    await settled(credential, exchangeOf(undefined));
    expect(await settled(credential, rejected())).toMatchObject({ failure: refusal });
    const failing = appOf([first, new Error('a bug'), new Error('a bug')]).credential;
    const granted = await failing.authorize({ method: 'GET', path: '/' }, never);
    if (granted.kind === 'refused') throw new Error('refused');
    await granted.settle(exchangeOf(undefined), never);
    await expect(granted.settle(rejected(), never)).rejects.toThrow('a bug');
    const stopped = await granted.settle(rejected(), AbortSignal.abort());
    expect(codeOf(stopped)).toBe('TOKEN_RENEWED');
  });
});
