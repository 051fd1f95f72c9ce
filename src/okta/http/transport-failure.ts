import type { Failure } from '../../domain/row/failure.ts';

type TransportFailure = Extract<Failure, { kind: 'transport' }>;

/** How far a call had got when it broke. */
export interface Progress {
  /** Some of the request might have been written to a connection. */
  readonly started: boolean;
  /** The status, if the headers had arrived. */
  readonly status: number | undefined;
  readonly requestId: string | undefined;
}

/** Names the error of a broken call: codes of Node and undici unchanged, errors without a code by their class. */
export function transportCodeOf(error: unknown, started: boolean): string {
  if (typeof error !== 'object' || error === null) return 'UNKNOWN';
  const code = errorCodeOf(error);
  // undici reports a proxy's refusal of CONNECT as an abort of the request.
  if (code === 'UND_ERR_ABORTED' && !started) return 'PROXY_REFUSED';
  if (code !== undefined) return code.startsWith('HPE_') ? 'PARSER' : code;
  if ('name' in error && error.name === 'HTTPParserError') return 'PARSER';
  // Every address of the host failed, each for a different reason.
  if ('errors' in error && Array.isArray(error.errors))
    return transportCodeOf(error.errors[0], started);
  return 'UNKNOWN';
}

/** Returns the code of an error if it is a text. */
export function errorCodeOf(error: unknown): string | undefined {
  return typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    typeof error.code === 'string'
    ? error.code
    : undefined;
}

function sentence(code: string, progress: Progress): string {
  if (!progress.started) return `The org could not be reached (${code}); nothing was sent.`;
  return progress.status === undefined
    ? `The answer was lost (${code}).`
    : `The answer broke off after HTTP ${progress.status} (${code}).`;
}

/**
 * Classifies a call that broke. If it had not started, there is no effect. If it had started and there is no status, an
 * effect is possible. If a 2xx status arrived, the effect is certain and only the body is lost.
 */
export function transportFailure(code: string, progress: Progress): TransportFailure {
  return {
    kind: 'transport',
    code,
    message: sentence(code, progress),
    status: progress.status,
    requestId: progress.requestId,
    effect: !progress.started ? 'none' : progress.status === undefined ? 'possible' : 'certain',
  };
}
