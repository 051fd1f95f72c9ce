import { randomUUID } from 'node:crypto';
import type { Clock, Random, ServerClock } from '../../domain/clock.ts';
import type { Failure } from '../../domain/row/failure.ts';
import { Secret } from '../../secrets/secret.ts';
import { headerOf } from '../http/answer-headers.ts';
import { backoffMs } from '../layers/backoff.ts';
import type { DpopProver } from './dpop-proof.ts';
import type { Http } from '../http/http.ts';
import { isRecord, parseJson, textOf } from '../http/json.ts';
import type { SigningKey } from './signing-key.ts';
import type { Exchange } from '../http/transport.ts';
import { webPageText, webPageTitle } from '../http/web-page.ts';

const TOKEN_PATH = '/oauth2/v1/token';
/** Okta accepts assertions of up to an hour. These are used at once. */
const ASSERTION_LIFE_S = 300;
/** If a clock is off by more than this, assertions and proofs are invalid. */
export const CLOCK_OFF_MS = 20_000;
/** Access tokens of the org are valid for one hour, which Okta has fixed. */
const DEFAULT_LIFE_S = 3600;

export interface AccessToken {
  readonly token: Secret;
  readonly scheme: 'Bearer' | 'DPoP';
  readonly lifeMs: number;
  /** The scopes that the org granted. */
  readonly scopes: readonly string[];
}

export type TokenAnswer =
  | { readonly kind: 'token'; readonly token: AccessToken }
  | { readonly kind: 'refused'; readonly failure: Failure };

export interface TokenPorts {
  readonly origin: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Requested too, and left out if the org refuses the whole request because of a scope. */
  readonly optionalScopes: readonly string[];
  readonly signingKey: SigningKey;
  readonly http: Http;
  readonly prover: DpopProver;
  readonly clock: Clock;
  readonly random: Random;
  readonly serverClock: ServerClock;
  readonly maxRetries: number;
}

/**
 * Fetches access tokens for a service app: client credentials with a signed assertion, bound by DPoP if the org requires it.
 */
export interface TokenEndpoint {
  readonly fetchToken: (signal: AbortSignal) => Promise<TokenAnswer>;
}

/** Marks a failed token request as not sent: it changes nothing for users, so whatever went wrong, no write was sent. */
function unsent(failure: Failure): Failure {
  switch (failure.kind) {
    case 'okta':
      return { ...failure, throttle: undefined, effect: 'none' };
    case 'transport':
      return { ...failure, effect: 'none' };
    case 'answer':
      return failure;
    default: {
      const never: never = failure;
      return never;
    }
  }
}

function isPassing(failure: Failure): boolean {
  switch (failure.kind) {
    case 'transport':
      return true;
    case 'okta':
      return failure.status === 429 || failure.status >= 500;
    case 'answer':
      return false;
    default: {
      const never: never = failure;
      return never;
    }
  }
}

function readToken({ call, body }: Exchange, asked: readonly string[]): TokenAnswer {
  const json = parseJson(body);
  const token = isRecord(json) ? textOf(json['access_token']) : undefined;
  if (!isRecord(json) || token === undefined) {
    const page = webPageTitle(body);
    const message =
      page === undefined
        ? 'The token endpoint answered without an access token.'
        : webPageText(call.status ?? 200, page);
    return {
      kind: 'refused',
      failure: {
        kind: 'okta',
        status: call.status ?? 200,
        oktaCode: page === undefined ? 'invalid_request' : undefined,
        ...(page === undefined ? {} : { page }),
        message,
        requestId: call.requestId,
        insufficientScope: false,
        throttle: undefined,
        effect: 'none',
      },
    };
  }
  const lifeS = Number(json['expires_in']);
  // A server that grants everything that was requested can leave out the list (RFC 6749, 5.1).
  const granted = textOf(json['scope'])
    ?.split(' ')
    .filter((scope) => scope !== '');
  return {
    kind: 'token',
    token: {
      token: new Secret(token),
      scheme: String(json['token_type']).toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer',
      lifeMs: (lifeS > 0 ? lifeS : DEFAULT_LIFE_S) * 1000,
      scopes: granted ?? asked,
    },
  };
}

class OrgTokenEndpoint implements TokenEndpoint {
  readonly #ports: TokenPorts;
  readonly #url: string;
  #bound = false;
  #nonce: string | undefined;
  #scopes: readonly string[];

  constructor(ports: TokenPorts) {
    this.#ports = ports;
    this.#url = ports.origin + TOKEN_PATH;
    this.#scopes = [...new Set([...ports.scopes, ...ports.optionalScopes])];
  }

  readonly fetchToken = async (signal: AbortSignal): Promise<TokenAnswer> => {
    const { clock, random, maxRetries } = this.#ports;
    let retries = 0;
    // Each lesson (DPoP, nonce, time, scopes) can be learned once or twice. More means that the org repeats itself.
    let lessons = 0;
    for (;;) {
      const believedMs = this.#nowMs();
      const exchange = await this.#ask(signal);
      const { failure } = exchange;
      if (failure === undefined) {
        this.#nonce = headerOf(exchange.headers, 'dpop-nonce') ?? this.#nonce;
        return readToken(exchange, this.#scopes);
      }
      signal.throwIfAborted();
      const skewMs = Math.abs((exchange.call.serverTimeMs ?? believedMs) - believedMs);
      if (this.#learned(exchange, skewMs) && lessons < 5) {
        lessons += 1;
      } else if (isPassing(failure) && retries < maxRetries) {
        await clock.sleep(backoffMs(retries, random), signal);
        retries += 1;
      } else {
        return { kind: 'refused', failure: unsent(failure) };
      }
    }
  };

  #nowMs(): number {
    return this.#ports.serverClock.nowMs() ?? this.#ports.clock.nowMs();
  }

  async #assertion(): Promise<string> {
    const { clientId, signingKey } = this.#ports;
    const { SignJWT } = await import('jose');
    const issuedAtS = Math.floor(this.#nowMs() / 1000);
    return new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({
        alg: signingKey.alg,
        ...(signingKey.keyId === undefined ? {} : { kid: signingKey.keyId }),
      })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(this.#url)
      .setIssuedAt(issuedAtS)
      .setExpirationTime(issuedAtS + ASSERTION_LIFE_S)
      .sign(signingKey.key);
  }

  /** Returns the header that proves possession of the key, if the org binds tokens to a key. */
  async #proof(): Promise<readonly string[]> {
    if (!this.#bound) return [];
    const claims = { method: 'POST', url: this.#url, nowMs: this.#nowMs(), nonce: this.#nonce };
    return ['dpop', await this.#ports.prover.prove({ ...claims, tokenHash: undefined })];
  }

  async #ask(signal: AbortSignal): Promise<Exchange> {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      scope: this.#scopes.join(' '),
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await this.#assertion(),
    });
    const proof = await this.#proof();
    signal.throwIfAborted();
    return this.#ports.http.send(
      {
        method: 'POST',
        path: TOKEN_PATH,
        headers: ['content-type', 'application/x-www-form-urlencoded', ...proof],
        body: form.toString(),
        keep: 'body',
      },
      signal,
    );
  }

  /** Tells whether the answer makes another try worthwhile: DPoP, a nonce, the right time, fewer scopes. */
  #learned(exchange: Exchange, skewMs: number): boolean {
    const { failure } = exchange;
    const { scopes } = this.#ports;
    const code = failure?.kind === 'okta' ? failure.oktaCode : undefined;
    if (code === 'use_dpop_nonce') {
      const fresh = headerOf(exchange.headers, 'dpop-nonce');
      const worth = fresh !== undefined && (fresh !== this.#nonce || !this.#bound);
      this.#bound = true;
      this.#nonce = fresh;
      return worth;
    }
    if (code === 'invalid_dpop_proof' && !this.#bound) {
      this.#bound = true;
      return true;
    }
    if (code === 'invalid_scope' && this.#scopes.length > scopes.length) {
      this.#scopes = [...scopes];
      return true;
    }
    return (code === 'invalid_client' || code === 'invalid_dpop_proof') && skewMs > CLOCK_OFF_MS;
  }
}

/** Makes the client of the org's token endpoint for a service app. */
export function createTokenEndpoint(ports: TokenPorts): TokenEndpoint {
  return new OrgTokenEndpoint(ports);
}
