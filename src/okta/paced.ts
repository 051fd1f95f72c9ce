import { heldBack } from './announced.ts';
import type { Pacing, Permit } from './pacing.ts';
import type { Exchange, OrgRequest, Transport } from './http/transport.ts';

/**
 * Lets each call in through the gate of its bucket, and tells the gate what the answer says of the bucket. Where the
 * gate only waits for one of our own calls to end, a write is announced before it rather than after: the disk is then
 * done with it when a connection becomes free.
 */
export function paced<R extends OrgRequest>(inner: Transport<R>, pacing: Pacing): Transport<R> {
  async function sendWith(permit: Permit, request: R, signal: AbortSignal): Promise<Exchange> {
    let sent = false;
    let observation: Exchange['rate'];
    try {
      const exchange = await inner.send(request, signal);
      sent = exchange.sent;
      observation = exchange.rate;
      return exchange;
    } finally {
      // A call that threw was aborted: a read may have left and counts, a write was not sent.
      permit.end(
        observation,
        sent || (observation === undefined && request.method === 'GET' && signal.aborted),
      );
    }
  }

  return {
    send: async (request, signal) => {
      const { bucket } = request;
      if (bucket === undefined) return inner.send(request, signal);
      if (request.method === 'GET' || pacing.isOpen?.(bucket) !== true) {
        return sendWith(await pacing.enter(bucket, signal), request, signal);
      }
      signal.throwIfAborted();
      await request.beforeSend();
      try {
        const permit = await pacing.enter(bucket, signal);
        return await sendWith(permit, { ...request, announced: true }, signal);
      } catch (error) {
        // A write that has left never rejects: it was still waiting, for its turn or for a token.
        if (signal.aborted) return heldBack();
        throw error;
      }
    },
  };
}
