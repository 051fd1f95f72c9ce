import { unsentExchange, unsentFailure } from './http/transport.ts';
import type { Exchange, OrgRequest, Transport, WriteRequest } from './http/transport.ts';

/** How a write ends whose attempt was written down and that an abort held back. */
export function heldBack(): Exchange {
  return unsentExchange(unsentFailure('ABORTED', 'The run was being stopped; nothing was sent.'));
}

/**
 * Runs a write's `beforeSend`, where that is not done yet, at the last moment before it is sent. If that rejects, so does the call, and nothing is
 * sent. An abort before it rejects the call; an abort during it ends the call as `ABORTED`, not sent: the attempt is
 * in the journal by then, and its end has to be as well.
 */
export function announced<R extends OrgRequest>(inner: Transport<R>): Transport<R> {
  const sendNow = async (request: R, signal: AbortSignal) => {
    if (signal.aborted) return heldBack();
    if (request.method !== 'GET') request.atDeparture?.();
    return inner.send(request, signal);
  };
  return {
    send: (request, signal) => {
      if (request.method === 'GET') return inner.send(request, signal);
      return request.announced === true
        ? sendNow(request, signal)
        : announce(request, signal).then(() => sendNow(request, signal));
    },
  };
}

async function announce(request: WriteRequest, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await request.beforeSend();
}
