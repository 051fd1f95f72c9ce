import { unsentExchange, unsentFailure } from './transport.ts';
import type { OrgRequest, Transport } from './transport.ts';

/**
 * Runs a write's `beforeSend` at the last moment before it is sent. If that rejects, so does the call, and nothing is
 * sent. An abort before it rejects the call; an abort during it ends the call as `ABORTED`, not sent: the attempt is
 * in the journal by then, and its end has to be as well.
 */
export function announced<R extends OrgRequest>(inner: Transport<R>): Transport<R> {
  return {
    send: async (request, signal) => {
      if (request.method === 'GET') return inner.send(request, signal);
      signal.throwIfAborted();
      await request.beforeSend();
      if (signal.aborted) {
        return unsentExchange(
          unsentFailure('ABORTED', 'The run was being stopped; nothing was sent.'),
        );
      }
      return inner.send(request, signal);
    },
  };
}
