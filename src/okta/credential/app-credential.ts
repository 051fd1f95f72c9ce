import type { Clock, ServerClock } from '../../domain/clock.ts';
import { headerOf } from '../http/answer-headers.ts';
import { renewed, withoutSecret } from './credential.ts';
import type { Authorization, Credential } from './credential.ts';
import { accessTokenHash } from './dpop-proof.ts';
import type { DpopProver } from './dpop-proof.ts';
import { CLOCK_OFF_MS } from './token-endpoint.ts';
import type { AccessToken, TokenAnswer, TokenEndpoint } from './token-endpoint.ts';
import type { Exchange, OrgRequest } from '../http/transport.ts';

/** A token is replaced after this share of its lifetime, which is 50 of 60 minutes. */
const USED_SHARE = 5 / 6;

interface HeldToken extends AccessToken {
  readonly hash: string;
  readonly fetchedMonotonicMs: number;
  readonly fetchedWallMs: number;
  /** The org has accepted it at least once. */
  proven: boolean;
}

type Held =
  { readonly kind: 'token'; readonly token: HeldToken } | Exclude<TokenAnswer, { kind: 'token' }>;

export interface AppCredentialPorts {
  readonly origin: string;
  readonly endpoint: TokenEndpoint;
  readonly prover: DpopProver;
  readonly clock: Clock;
  readonly serverClock: ServerClock;
}

export interface AppCredential extends Credential {
  /** The scopes of the current token; undefined before there is one. */
  readonly grantedScopes: () => readonly string[] | undefined;
  readonly close: () => void;
}

/** Rejects as soon as the signal aborts, while what it waited for continues for everyone else who waits. */
function orAborted<T>(waitedFor: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    waitedFor.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

class ServiceAppCredential implements AppCredential {
  readonly #ports: AppCredentialPorts;
  readonly #closing = new AbortController();
  #current: HeldToken | undefined;
  #fetching: Promise<Held> | undefined;
  #nonce: string | undefined;

  constructor(ports: AppCredentialPorts) {
    this.#ports = ports;
  }

  readonly grantedScopes = () => this.#current?.scopes;
  readonly close = () => this.#closing.abort();

  readonly authorize = async (
    request: Pick<OrgRequest, 'method' | 'path'>,
    signal: AbortSignal,
  ): Promise<Authorization> => {
    const held = await this.#hold(signal);
    if (held.kind === 'refused') return held;
    const { token } = held;
    const datedMs = this.#ports.serverClock.nowMs() ?? this.#ports.clock.nowMs();
    return {
      kind: 'granted',
      headers: [
        ...['authorization', `${token.scheme} ${token.token.reveal()}`],
        ...(token.scheme === 'DPoP' ? ['dpop', await this.#proof(request, token, datedMs)] : []),
      ],
      settle: (exchange, settleSignal) => this.#settle({ exchange, token, datedMs }, settleSignal),
    };
  };

  #isFresh(token: HeldToken): boolean {
    const { clock } = this.#ports;
    const usableMs = token.lifeMs * USED_SHARE;
    // By both clocks: the monotonic one stops while a laptop sleeps, and the wall clock can be set back.
    return (
      clock.monotonicMs() - token.fetchedMonotonicMs < usableMs &&
      clock.nowMs() - token.fetchedWallMs < usableMs
    );
  }

  async #fetchHeld(): Promise<Held> {
    const { endpoint, clock } = this.#ports;
    const answer = await endpoint.fetchToken(this.#closing.signal);
    if (answer.kind === 'refused') return answer;
    this.#current = {
      ...answer.token,
      hash: accessTokenHash(answer.token.token.reveal()),
      fetchedMonotonicMs: clock.monotonicMs(),
      fetchedWallMs: clock.nowMs(),
      proven: false,
    };
    return { kind: 'token', token: this.#current };
  }

  #hold(signal: AbortSignal): Held | Promise<Held> {
    const current = this.#current;
    if (current !== undefined && this.#isFresh(current)) return { kind: 'token', token: current };
    this.#fetching ??= this.#fetchHeld().finally(() => {
      this.#fetching = undefined;
    });
    return orAborted(this.#fetching, signal);
  }

  #proof(
    { method, path }: Pick<OrgRequest, 'method' | 'path'>,
    { hash: tokenHash }: HeldToken,
    nowMs: number,
  ): Promise<string> {
    const { origin, prover } = this.#ports;
    const [plainPath = ''] = path.split('?', 1);
    return prover.prove({
      method,
      url: origin + plainPath,
      nowMs,
      nonce: this.#nonce,
      tokenHash,
    });
  }

  #settle(
    {
      exchange,
      token,
      datedMs,
    }: { readonly exchange: Exchange; readonly token: HeldToken; readonly datedMs: number },
    signal: AbortSignal,
  ): Exchange | Promise<Exchange> {
    const { failure } = exchange;
    if (failure === undefined) {
      token.proven = true;
      return exchange;
    }
    const safe = { ...exchange, failure: withoutSecret(failure, token.token) };
    if (failure.kind !== 'okta') return safe;
    // A laptop slept and its clock did not count the time, which this answer has corrected.
    const offMs = Math.abs((exchange.call.serverTimeMs ?? datedMs) - datedMs);
    if (failure.oktaCode === 'invalid_dpop_proof' && offMs > CLOCK_OFF_MS)
      return renewed(safe, 'The time of the call came from a clock that had stopped.');
    if (failure.status === 401) return this.#settleRejected(token, safe, signal);
    token.proven = true;
    return safe;
  }

  async #settleRejected(
    token: HeldToken,
    exchange: Exchange,
    signal: AbortSignal,
  ): Promise<Exchange> {
    const fresh = headerOf(exchange.headers, 'dpop-nonce');
    const challenge = String(exchange.headers['www-authenticate'] ?? '');
    if (fresh !== undefined && fresh !== this.#nonce && challenge.includes('use_dpop_nonce')) {
      this.#nonce = fresh;
      return renewed(exchange);
    }
    if (this.#current === token) {
      if (!token.proven) return exchange;
      this.#current = undefined;
    }
    try {
      const held = await this.#hold(signal);
      return held.kind === 'token' ? renewed(exchange) : { ...exchange, failure: held.failure };
    } catch (error) {
      // The call already has its answer, which says that it was not applied.
      if (signal.aborted) return renewed(exchange);
      throw error;
    }
  }
}

/**
 * Makes the credential of a service app. One token serves all calls, and is fetched before a call is announced, so that a
 * write is never sent twice because of it. If a token was accepted before and is rejected now, it is replaced once: the call
 * ends as `TOKEN_RENEWED`, not applied, and its caller sends it again. For a token that was never accepted, the call ends as
 * a plain 401.
 */
export function createAppCredential(ports: AppCredentialPorts): AppCredential {
  return new ServiceAppCredential(ports);
}
