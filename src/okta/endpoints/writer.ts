import type { OrgReader, OrgWriter } from '../../domain/org/org.ts';
import { wrongAnswer } from './endpoint.ts';
import type { Transport } from '../http/transport.ts';
import { readEffect, writeRequest } from './write-call.ts';

/** Adds the typed writes of an org to its reads. */
export function createWriter(reader: OrgReader, transport: Transport): OrgWriter {
  return {
    ...reader,
    write: async (call, signal) => {
      const request = writeRequest(call);
      const exchange = await transport.send(request, signal);
      const { failure } = exchange;
      if (failure !== undefined) return { kind: 'failed', failure, call: exchange.call };
      const effect = readEffect(call, exchange.body);
      return effect === undefined
        ? wrongAnswer(
            exchange,
            `${request.route} took effect, but the answer lacks the requested secret.`,
          )
        : { kind: 'ok', value: effect, call: exchange.call };
    },
  };
}
