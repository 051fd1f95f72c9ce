import type { CallFacts } from '../../domain/row/call.ts';
import type { Failure } from '../../domain/row/failure.ts';
import type { RateObservation } from '../../domain/org/pacing.ts';

interface RequestCore {
  /** Path and query on the configured origin; starts with `/`. Never an absolute URL. */
  readonly path: string;
  /** The path with ids and queries left out, for logs: `/api/v1/users/{id}`. */
  readonly route: string;
  /** The rate-limit bucket; undefined for the few endpoints that have none. */
  readonly bucket: string | undefined;
  /** Credentials are put on by the authorized layer, except where the endpoint wants none. */
  readonly auth: 'credential' | 'none';
  /** Names and values by turns. */
  readonly headers: readonly string[];
}

export interface ReadRequest extends RequestCore {
  readonly method: 'GET';
}

export interface WriteRequest extends RequestCore {
  readonly method: 'POST' | 'DELETE';
  /** `nothing`: a 2xx status says it all, and the call ends with its headers; the body is drained. */
  readonly keep: 'body' | 'nothing';
  /** Writes the attempt down; to be called once, before the first byte. */
  readonly beforeSend: () => Promise<void>;
  /** Called directly before the first byte; if it throws, nothing is sent. */
  readonly atDeparture?: (() => void) | undefined;
  /** `beforeSend` is done. */
  readonly recorded?: true;
}

export type OrgRequest = ReadRequest | WriteRequest;

/** One exchange with the org, classified: a 2xx with its body, or a failure. */
export interface Exchange {
  readonly call: CallFacts;
  readonly failure: Failure | undefined;
  /** The body of a 2xx; empty where it was not kept. */
  readonly body: string;
  /** What the body of a read says, once it has been parsed. */
  readonly json?: unknown;
  /** Whether a byte of the request may have left. */
  readonly sent: boolean;
  /** What the headers say of the bucket; undefined if nothing came back. */
  readonly rate: RateObservation | undefined;
  readonly headers: Headers;
}

/** Response headers by lowercase name. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * The way to the org. Decorators have the same shape; `stack.ts` says in which order they stand. Rejects only on
 * abort and on bugs. A read in flight is ended by an abort; a write in flight is not, so that its end is known.
 */
export interface Transport<R extends OrgRequest = OrgRequest> {
  readonly send: (request: R, signal: AbortSignal) => Promise<Exchange>;
}

/** A transport that cannot write, by type. A `Transport` can stand in for it, but not the other way round. */
export type ReadTransport = Transport<ReadRequest>;

/** Returns an exchange that ended before anything was sent. */
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

/** Returns a failure of our own before anything was sent. */
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
