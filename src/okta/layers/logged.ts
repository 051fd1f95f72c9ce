import type { OrgRequest, Transport } from '../http/transport.ts';

/** The record of one sent call in the log: only these fields, none of which comes from a body or a credential. */
export interface CallLogEntry {
  readonly event: 'call';
  readonly method: string;
  /** The path with ids and queries left out. */
  readonly route: string;
  readonly bucket: string | undefined;
  readonly status: number | undefined;
  /** Okta's code, or the transport's. */
  readonly code: string | undefined;
  readonly effect: string | undefined;
  readonly requestId: string | undefined;
  readonly durationMs: number;
  readonly rateLimit: number | undefined;
  readonly rateRemaining: number | undefined;
}

export type LogCall = (entry: CallLogEntry) => void;

/** Logs each sending, including retries. */
export function logged<R extends OrgRequest>(inner: Transport<R>, log: LogCall): Transport<R> {
  return {
    send: async (request, signal) => {
      const exchange = await inner.send(request, signal);
      const { call, failure, rate } = exchange;
      log({
        event: 'call',
        method: request.method,
        route: request.route,
        bucket: request.bucket,
        status: call.status,
        code:
          failure?.kind === 'okta'
            ? failure.oktaCode
            : failure?.kind === 'transport'
              ? failure.code
              : undefined,
        effect: failure?.effect,
        requestId: call.requestId,
        durationMs: Math.round(call.durationMs * 10) / 10,
        rateLimit: rate?.limit,
        rateRemaining: rate?.remaining,
      });
      return exchange;
    },
  };
}
