import type { Pacing, Permit } from '../../domain/org/pacing.ts';
import type { Exchange, OrgRequest, Transport } from '../http/transport.ts';
import { heldBack } from './recorded.ts';

/**
 * Makes each call wait for its turn, and tells the pacing what the answer says about the bucket. If a write waits only for
 * one of our own calls to end, its attempt is recorded before the wait and not after it, so that the disk has finished with
 * it when a connection becomes free.
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
      // A call that threw was aborted. A read might have left, and counts; a write was not sent.
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
      if (request.method === 'GET' || !pacing.isOpen(bucket)) {
        return sendWith(await pacing.enter(bucket, signal), request, signal);
      }
      signal.throwIfAborted();
      await request.beforeSend();
      try {
        const permit = await pacing.enter(bucket, signal);
        return await sendWith(permit, { ...request, recorded: true }, signal);
      } catch (error) {
        // A write that has left never rejects, so this one was still waiting for its turn or for a token.
        if (signal.aborted) return heldBack();
        throw error;
      }
    },
  };
}
