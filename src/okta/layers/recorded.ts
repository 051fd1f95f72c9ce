import { unsentExchange, unsentFailure } from '../http/transport.ts';
import type { Exchange, OrgRequest, Transport, WriteRequest } from '../http/transport.ts';

/** Makes the end of a write that an abort held back after its attempt was recorded. */
export function heldBack(): Exchange {
  return unsentExchange(unsentFailure('ABORTED', 'The run was being stopped; nothing was sent.'));
}

/**
 * Runs a write's `beforeSend`, which records the attempt, as late as possible before it is sent, unless that is already
 * done. If it rejects, the call rejects too and nothing is sent. An abort before it rejects the call. An abort during it
 * ends the call as `ABORTED`, not sent, because the attempt is then in the journal and its end must be there too.
 */
export function recorded<R extends OrgRequest>(inner: Transport<R>): Transport<R> {
  const sendNow = async (request: R, signal: AbortSignal) => {
    if (signal.aborted) return heldBack();
    if (request.method !== 'GET') request.atDeparture?.();
    return inner.send(request, signal);
  };
  return {
    send: (request, signal) => {
      if (request.method === 'GET') return inner.send(request, signal);
      return request.recorded === true
        ? sendNow(request, signal)
        : record(request, signal).then(() => sendNow(request, signal));
    },
  };
}

async function record(request: WriteRequest, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await request.beforeSend();
}
