import type { Pacing } from './pacing.ts';
import type { OrgRequest, Transport } from './transport.ts';

/** Lets each call in through the gate of its bucket, and tells the gate what the answer says of the bucket. */
export function paced<R extends OrgRequest>(inner: Transport<R>, pacing: Pacing): Transport<R> {
  return {
    send: async (request, signal) => {
      if (request.bucket === undefined) return inner.send(request, signal);
      const permit = await pacing.enter(request.bucket, signal);
      let sent = false;
      let observation: Awaited<ReturnType<typeof inner.send>>['rate'];
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
    },
  };
}
