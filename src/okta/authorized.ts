import { unsentExchange } from './transport.ts';
import type { Credential } from './credential.ts';
import type { OrgRequest, Transport } from './transport.ts';

/** Puts the credential on each request, anew for each sending; never sends twice. */
export function authorized<R extends OrgRequest>(
  inner: Transport<R>,
  credential: Credential,
): Transport<R> {
  return {
    send: async (request, signal) => {
      if (request.auth === 'none') return inner.send(request, signal);
      const authorization = await credential.authorize(request, signal);
      if (authorization.kind === 'refused') {
        return unsentExchange(authorization.failure);
      }
      const headers = [...request.headers, ...authorization.headers];
      const exchange = await inner.send({ ...request, headers }, signal);
      return authorization.settle(exchange, signal);
    },
  };
}
