import type { Failure } from '../../domain/row/failure.ts';
import type { SecretText } from '../../domain/org/org.ts';
import type { Secret } from '../../secrets/secret.ts';
import type { Exchange, OrgRequest } from '../http/transport.ts';

/** The permission to send one request, or why there is none; nothing was sent then. */
export type Authorization =
  | {
      readonly kind: 'granted';
      /** Names and values alternate. Valid for one sending. */
      readonly headers: readonly string[];
      /** Looks at the answer, and replaces an access token that was rejected. */
      readonly settle: (exchange: Exchange, signal: AbortSignal) => Exchange | Promise<Exchange>;
    }
  | { readonly kind: 'refused'; readonly failure: Failure };

/** What identifies us to the org. */
export interface Credential {
  readonly authorize: (
    request: Pick<OrgRequest, 'method' | 'path'>,
    signal: AbortSignal,
  ) => Authorization | Promise<Authorization>;
}

/**
 * Makes the exchange of a rejected call whose token has been replaced since: it was not applied, and its caller sends it
 * again.
 */
export function renewed(
  exchange: Exchange,
  message = 'The access token had expired; a new one was fetched.',
): Exchange {
  return {
    ...exchange,
    failure: {
      kind: 'transport',
      code: 'TOKEN_RENEWED',
      message,
      status: exchange.call.status,
      requestId: exchange.failure?.requestId,
      effect: 'none',
    },
  };
}

/** Masks a secret that an answer repeats. */
export function withoutSecret(failure: Failure, secret: SecretText): Failure {
  const text = secret.reveal();
  return text !== '' && failure.message.includes(text)
    ? { ...failure, message: failure.message.replaceAll(text, '[secret]') }
    : failure;
}

/** Makes the credential of an API token. */
export function createTokenCredential(token: Secret): Credential {
  const settle = (exchange: Exchange): Exchange =>
    exchange.failure === undefined
      ? exchange
      : { ...exchange, failure: withoutSecret(exchange.failure, token) };
  return {
    authorize: () => ({
      kind: 'granted',
      headers: ['authorization', `SSWS ${token.reveal()}`],
      settle,
    }),
  };
}
