import type { CallFacts } from '../../domain/row/call.ts';
import type { Failure } from '../../domain/row/failure.ts';
import type { RateObservation } from '../../domain/org/pacing.ts';

interface RequestCore {
  /** Path and query on the configured origin, beginning with `/`. Never an absolute URL. */
  readonly path: string;
  /** The path with ids and queries left out, for logs: `/api/v1/users/{id}`. */
  readonly route: string;
  /** The rate-limit bucket; undefined for the few endpoints without one. */
  readonly bucket: string | undefined;
  /** Whether the authorized layer adds credentials, which some endpoints do not take. */
  readonly auth: 'credential' | 'none';
  /** Names and values alternate. */
  readonly headers: readonly string[];
}

export interface ReadRequest extends RequestCore {
  readonly method: 'GET';
}

export interface WriteRequest extends RequestCore {
  readonly method: 'POST' | 'DELETE';
  /** `nothing`: a 2xx status is enough, so the call ends with its headers and the body is drained. */
  readonly keep: 'body' | 'nothing';
  /** Records the attempt. Call it once, before the first byte. */
  readonly beforeSend: () => Promise<void>;
  /** Called directly before the first byte. If it throws, nothing is sent. */
  readonly atDeparture?: (() => void) | undefined;
  /** `beforeSend` is done. */
  readonly recorded?: true;
}

export type OrgRequest = ReadRequest | WriteRequest;

/** One exchange with the org, classified: a 2xx with its body, or a failure. */
export interface Exchange {
  readonly call: CallFacts;
  readonly failure: Failure | undefined;
  /** The body of a 2xx; empty if it was not kept. */
  readonly body: string;
  /** The content of a read's body, after it has been parsed. */
  readonly json?: unknown;
  /** Whether a byte of the request might have left. */
  readonly sent: boolean;
  /** What the headers say about the bucket; undefined if nothing came back. */
  readonly rate: RateObservation | undefined;
  readonly headers: Headers;
}

/** Response headers by lowercase name. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Sends requests to the org. Decorators have the same shape, and `stack.ts` has their order. Rejects only on abort and for
 * bugs. An abort ends a read in flight, but not a write in flight, so that its result is known.
 */
export interface Transport<R extends OrgRequest = OrgRequest> {
  readonly send: (request: R, signal: AbortSignal) => Promise<Exchange>;
}

/** A transport that cannot write, by its type. A `Transport` can be used as one, but not the reverse. */
export type ReadTransport = Transport<ReadRequest>;

/** Makes an exchange that ended before anything was sent. */
export function unsentExchange(failure: Failure): Exchange {
  return {
    call: { status: undefined, requestId: undefined, serverTimeMs: undefined, durationMs: 0 },
    failure,
    body: '',
    sent: false,
    rate: undefined,
    headers: {},
  };
}

/** Makes a failure of ours for a call before anything was sent. */
export function unsentFailure(code: string, message: string): Failure {
  return {
    kind: 'transport',
    code,
    message,
    status: undefined,
    requestId: undefined,
    effect: 'none',
  };
}
