import type { SecretText } from '../../domain/org/org.ts';
import type { TokenSource } from '../../domain/org/token-source.ts';
import type { Exchange } from '../http/transport.ts';
import { renewed, withoutSecret, type Authorization, type Credential } from './credential.ts';

/**
 * Makes the credential of a source of API tokens. A token that the org rejects is replaced once: the call ends as
 * `TOKEN_RENEWED`, not applied, and its caller sends it again. If there is no other token, the call ends as a plain 401.
 */
export function createSourceCredential(tokens: TokenSource): Credential {
  const settle = async (
    token: SecretText,
    exchange: Exchange,
    signal: AbortSignal,
  ): Promise<Exchange> => {
    if (exchange.failure === undefined) return exchange;
    const failure = withoutSecret(exchange.failure, token);
    const safe = { ...exchange, failure };
    if (failure.kind !== 'okta' || failure.status !== 401) return safe;
    try {
      const next = await tokens.after(token, signal);
      return next === undefined ? safe : renewed(safe, 'The token was rejected; another one came.');
    } catch (error) {
      // The call already has its answer, which says that it was not applied.
      if (signal.aborted) return renewed(safe, 'The token was rejected while the run was stopped.');
      throw error;
    }
  };
  const granted = (token: SecretText): Authorization => ({
    kind: 'granted',
    headers: ['authorization', `SSWS ${token.reveal()}`],
    settle: (exchange, signal) =>
      exchange.failure === undefined ? exchange : settle(token, exchange, signal),
  });
  return {
    authorize: (_request, signal) => {
      const held = tokens.held();
      return held === undefined ? tokens.current(signal).then(granted) : granted(held);
    },
  };
}
