import { unsentExchange } from '../http/transport.ts';
import type { Authorization, Credential } from '../credential/credential.ts';
import type { Exchange, OrgRequest, Transport } from '../http/transport.ts';

/** Adds the credential to each request before each sending. Never sends twice. */
export function authorized<R extends OrgRequest>(
  inner: Transport<R>,
  credential: Credential,
): Transport<R> {
  const sendWith = (
    authorization: Authorization,
    request: R,
    signal: AbortSignal,
  ): Promise<Exchange> => {
    if (authorization.kind === 'refused')
      return Promise.resolve(unsentExchange(authorization.failure));
    const headers = [...request.headers, ...authorization.headers];
    return inner
      .send({ ...request, headers }, signal)
      .then((exchange) => authorization.settle(exchange, signal));
  };
  return {
    send: (request, signal) => {
      if (request.auth === 'none') return inner.send(request, signal);
      const authorization = credential.authorize(request, signal);
      return authorization instanceof Promise
        ? authorization.then((granted) => sendWith(granted, request, signal))
        : sendWith(authorization, request, signal);
    },
  };
}
