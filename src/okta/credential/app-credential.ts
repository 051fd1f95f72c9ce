import type { Clock, ServerClock } from '../../domain/clock.ts';
import { headerOf } from '../http/answer-headers.ts';
import { withoutSecret } from './credential.ts';
import type { Authorization, Credential } from './credential.ts';
import { accessTokenHash } from './dpop-proof.ts';
import type { DpopProver } from './dpop-proof.ts';
import { CLOCK_OFF_MS } from './token-endpoint.ts';
import type { AccessToken, TokenAnswer, TokenEndpoint } from './token-endpoint.ts';
import type { Exchange, OrgRequest } from '../http/transport.ts';

/** A token is replaced after this share of its life: 50 of 60 minutes. */
const USED_SHARE = 5 / 6;

interface HeldToken extends AccessToken {
  readonly hash: string;
  readonly fetchedMonotonicMs: number;
  readonly fetchedWallMs: number;
  /** The org has taken it at least once. */
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
  /** The scopes of the token in use; undefined before there is one. */
  readonly grantedScopes: () => readonly string[] | undefined;
  readonly close: () => void;
}

/** Rejects as soon as the signal aborts; what it waited for goes on for the others who wait. */
function orAborted<T>(waitedFor: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    waitedFor.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/**
 * A service app's credential. One token serves all calls; it is fetched before a call is announced, so that a write is
 * never sent twice for it. A token that was taken before and is rejected now is replaced once: the call ends as
 * `TOKEN_RENEWED`, not applied, for its caller to send again. A token that was never taken is a plain 401.
 */
export function createAppCredential(ports: AppCredentialPorts): AppCredential {
  const { origin, endpoint, prover, clock, serverClock } = ports;
  const closing = new AbortController();
  let current: HeldToken | undefined;
  let fetching: Promise<Held> | undefined;
  let nonce: string | undefined;

  function isFresh(token: HeldToken): boolean {
    const usableMs = token.lifeMs * USED_SHARE;
    // Both clocks: the monotonic one stands still while a laptop sleeps, the wall clock may be set back.
    return (
      clock.monotonicMs() - token.fetchedMonotonicMs < usableMs &&
      clock.nowMs() - token.fetchedWallMs < usableMs
    );
  }

  async function fetchHeld(): Promise<Held> {
    const answer = await endpoint.fetchToken(closing.signal);
    if (answer.kind === 'refused') return answer;
    current = {
      ...answer.token,
      hash: accessTokenHash(answer.token.token.reveal()),
      fetchedMonotonicMs: clock.monotonicMs(),
      fetchedWallMs: clock.nowMs(),
      proven: false,
    };
    return { kind: 'token', token: current };
  }

  function hold(signal: AbortSignal): Held | Promise<Held> {
    if (current !== undefined && isFresh(current)) return { kind: 'token', token: current };
    fetching ??= fetchHeld().finally(() => {
      fetching = undefined;
    });
    return orAborted(fetching, signal);
  }

  function renewed(
    exchange: Exchange,
    message = 'The access token had expired; a new one was fetched.',
  ): Exchange {
    const { failure } = exchange;
    return {
      ...exchange,
      failure: {
        kind: 'transport',
        code: 'TOKEN_RENEWED',
        message,
        status: exchange.call.status,
        requestId: failure?.requestId,
        effect: 'none',
      },
    };
  }

  async function settleRejected(
    token: HeldToken,
    exchange: Exchange,
    signal: AbortSignal,
  ): Promise<Exchange> {
    const fresh = headerOf(exchange.headers, 'dpop-nonce');
    const challenge = String(exchange.headers['www-authenticate'] ?? '');
    if (fresh !== undefined && fresh !== nonce && challenge.includes('use_dpop_nonce')) {
      nonce = fresh;
      return renewed(exchange);
    }
    if (current === token) {
      if (!token.proven) return exchange;
      current = undefined;
    }
    try {
      const held = await hold(signal);
      return held.kind === 'token' ? renewed(exchange) : { ...exchange, failure: held.failure };
    } catch (error) {
      // The call itself has its answer, and the answer says: not applied.
      if (signal.aborted) return renewed(exchange);
      throw error;
    }
  }

  return {
    authorize: async (
      request: Pick<OrgRequest, 'method' | 'path'>,
      signal,
    ): Promise<Authorization> => {
      const held = await hold(signal);
      if (held.kind === 'refused') return held;
      const { token } = held;
      const text = token.token.reveal();
      const headers = ['authorization', `${token.scheme} ${text}`];
      const datedMs = serverClock.nowMs() ?? clock.nowMs();
      if (token.scheme === 'DPoP') {
        const [path = ''] = request.path.split('?', 1);
        const proof = await prover.prove({
          method: request.method,
          url: origin + path,
          nowMs: datedMs,
          nonce,
          tokenHash: token.hash,
        });
        headers.push('dpop', proof);
      }
      return {
        kind: 'granted',
        headers,
        settle: (exchange, settleSignal) => {
          const { failure } = exchange;
          if (failure === undefined) {
            token.proven = true;
            return exchange;
          }
          const safe = { ...exchange, failure: withoutSecret(failure, token.token) };
          if (failure.kind !== 'okta') return safe;
          // A laptop slept, and its clock did not count the time; this answer has told the right one.
          const offMs = Math.abs((exchange.call.serverTimeMs ?? datedMs) - datedMs);
          if (failure.oktaCode === 'invalid_dpop_proof' && offMs > CLOCK_OFF_MS)
            return renewed(safe, 'The call was dated by a clock that had stood still.');
          if (failure.status === 401) return settleRejected(token, safe, settleSignal);
          token.proven = true;
          return safe;
        },
      };
    },
    grantedScopes: () => current?.scopes,
    close: () => closing.abort(),
  };
}
