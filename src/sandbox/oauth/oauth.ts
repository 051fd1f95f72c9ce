import type { IncomingMessage } from 'node:http';
import { decodeProtectedHeader, exportJWK, generateKeyPair, importJWK, jwtVerify } from 'jose';
import type { JWK } from 'jose';
import { answer } from '../wire/answer.ts';
import { word } from '../chance.ts';
import type { Credentials, Principal } from './credentials.ts';
import { DpopProofs, oauthRefusal, proofCheck, SIGNATURES, UsedIds } from './dpop.ts';
import { errorReply, jsonReply, type Reply } from '../wire/errors.ts';
import type { PublicJwk, ServiceApp } from '../options.ts';
import type { Org } from '../org/org.ts';
import type { SandboxPage } from '../wire/server.ts';

const TOKEN_PATH = '/oauth2/v1/token';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** The lifetime that Okta uses. */
const TOKEN_LIFE_MS = 3_600_000;
const MAX_ASSERTION_LIFE_S = 3600;
const NONCE_LIFE_MS = 24 * 3_600_000;
/** How many older nonces are still accepted, so that each works for three days. */
const OLD_NONCES = 2;
const MAX_BODY_BYTES = 64 * 1024;

/** The scopes that the sandbox knows. */
const SCOPES: ReadonlySet<string> = new Set([
  'okta.users.manage',
  'okta.users.read',
  'okta.groups.read',
  'okta.groups.manage',
  'okta.logs.read',
  'okta.roles.read',
  'okta.policies.read',
  'okta.principalRateLimits.read',
  'okta.apiTokens.read',
  'okta.apps.read',
  'okta.apps.manage',
]);

const invalidScope = (): Reply =>
  oauthRefusal(
    400,
    'invalid_scope',
    'One or more scopes are not configured for the authorization server resource.',
  );

/** Makes a key pair for a service app: the public half to register, and the private half that the client signs with. */
export async function makeServiceAppKey(
  kid = 'sandbox-key',
): Promise<{ readonly publicJwk: PublicJwk; readonly privateJwk: PublicJwk }> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const named = async (key: typeof publicKey): Promise<PublicJwk> => ({
    ...(await exportJWK(key)),
    kid,
    alg: 'RS256',
    use: 'sig',
  });
  return { publicJwk: await named(publicKey), privateJwk: await named(privateKey) };
}

/** The client id of the service app, drawn from the seed. */
export function serviceAppId(seed: number, app: ServiceApp): string {
  return app.clientId ?? `0oa${word(seed, 0, 67, 17)}`;
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk as string;
    if (text.length > MAX_BODY_BYTES) break;
  }
  return new URLSearchParams(text);
}

class TokenEndpoint {
  readonly #org: Org;
  readonly #credentials: Credentials;
  readonly #app: ServiceApp;
  readonly #clientId: string;
  readonly #principal: Principal;
  readonly #proofs: DpopProofs;
  readonly #assertions = new UsedIds(2 * MAX_ASSERTION_LIFE_S * 1000);
  #issued = 0;

  constructor(org: Org, credentials: Credentials, app: ServiceApp) {
    this.#org = org;
    this.#credentials = credentials;
    this.#app = app;
    this.#clientId = serviceAppId(org.settings.seed, app);
    this.#principal = credentials.addApp(this.#clientId);
    this.#proofs = new DpopProofs(() => org.nowMs());
  }

  /** The nonce of `ago` days before today. */
  #nonce(ago: number): string {
    const day = Math.floor(this.#org.nowMs() / NONCE_LIFE_MS) - ago;
    return word(this.#org.settings.seed, day, 68, 24);
  }

  async #knowsClient(assertion: string, url: string): Promise<boolean> {
    const nowMs = this.#org.nowMs();
    try {
      const { kid, alg } = decodeProtectedHeader(assertion);
      const keys = this.#app.keys.filter((key) => kid === undefined || key['kid'] === kid);
      for (const jwk of keys) {
        const key = await importJWK(jwk as JWK, alg);
        const { payload } = await jwtVerify(assertion, key, {
          algorithms: SIGNATURES,
          issuer: this.#clientId,
          subject: this.#clientId,
          audience: url,
          requiredClaims: ['exp'],
          currentDate: new Date(nowMs),
        });
        if ((payload.exp ?? 0) > nowMs / 1000 + MAX_ASSERTION_LIFE_S) return false;
        return payload.jti === undefined || this.#assertions.take(payload.jti, nowMs);
      }
      return false;
    } catch {
      return false;
    }
  }

  async reply(request: IncomingMessage, origin: string): Promise<Reply> {
    const form = await readForm(request);
    const url = origin + TOKEN_PATH;
    if (form.get('grant_type') !== 'client_credentials')
      return oauthRefusal(400, 'unsupported_grant_type', 'The grant type is not supported.');
    const assertion = form.get('client_assertion');
    if (form.get('client_assertion_type') !== ASSERTION_TYPE || assertion === null)
      return oauthRefusal(401, 'invalid_client', 'A client_assertion is required.');
    if (!(await this.#knowsClient(assertion, url)))
      return oauthRefusal(401, 'invalid_client', 'The client_assertion is not valid.');
    const scopes = (form.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
    const granted = new Set(this.#app.scopes ?? SCOPES);
    const given = scopes.filter((scope) => granted.has(scope));
    if (scopes.length === 0 || !scopes.every((scope) => granted.has(scope) || SCOPES.has(scope)))
      return invalidScope();
    if (given.length === 0)
      return oauthRefusal(
        400,
        'consent_required',
        'You are not allowed any of the requested scopes.',
      );
    if (this.#app.strictScopes === true && given.length < scopes.length) return invalidScope();
    const proof = request.headers['dpop'];
    if (typeof proof !== 'string') {
      return this.#app.dpop === false
        ? this.#token(given, undefined)
        : oauthRefusal(400, 'invalid_dpop_proof', 'The DPoP proof JWT header is missing.');
    }
    const result = await this.#proofs.verify(proof, { method: 'POST', url, token: undefined });
    if (result.kind === 'invalid') return oauthRefusal(400, 'invalid_dpop_proof', result.problem);
    const nonces = Array.from({ length: OLD_NONCES + 1 }, (_, ago) => this.#nonce(ago));
    if (result.nonce === undefined || !nonces.includes(result.nonce))
      return oauthRefusal(
        400,
        'use_dpop_nonce',
        'Authorization server requires nonce in DPoP proof.',
        ['dpop-nonce', this.#nonce(0)],
      );
    return this.#token(given, result.thumbprint);
  }

  #token(scopes: readonly string[], thumbprint: string | undefined): Reply {
    const { seed } = this.#org.settings;
    const lifeMs = this.#app.tokenLifeMs ?? TOKEN_LIFE_MS;
    this.#issued += 1;
    const token = `eyJ${word(seed, this.#issued, 69, 60)}.${word(seed, this.#issued, 70, 60)}`;
    const check = thumbprint === undefined ? undefined : proofCheck(this.#proofs, thumbprint);
    const expiresMs = this.#org.nowMs() + lifeMs;
    this.#credentials.addAccessToken(token, this.#principal, scopes, expiresMs, check);
    return jsonReply(
      JSON.stringify({
        token_type: thumbprint === undefined ? 'Bearer' : 'DPoP',
        expires_in: Math.round(lifeMs / 1000),
        access_token: token,
        scope: scopes.join(' '),
      }),
      200,
      // The nonce for the next proof, even if this one was good.
      thumbprint === undefined ? [] : ['dpop-nonce', this.#nonce(0)],
    );
  }
}

/** `POST /oauth2/v1/token`: client credentials with a signed assertion, bound by DPoP if the app requires it. */
export function oauthPage(
  org: Org,
  credentials: Credentials,
  app: ServiceApp | undefined,
): SandboxPage {
  const endpoint = app === undefined ? undefined : new TokenEndpoint(org, credentials, app);
  return (request, response, facts) => {
    if (request.url?.startsWith(TOKEN_PATH) !== true) return false;
    if (request.method !== 'POST') {
      answer(response, errorReply('E0000022', { headers: ['Allow', 'POST'] }), facts);
      return true;
    }
    if (endpoint === undefined) {
      answer(response, oauthRefusal(401, 'invalid_client', 'The client is not known.'), facts);
      return true;
    }
    endpoint.reply(request, facts.origin).then(
      (reply) => answer(response, reply, facts),
      () => response.destroy(),
    );
    return true;
  };
}
