import type { Disposition, ErrorEntry, StopKind } from './error-entry.ts';
import type { Failure } from '../row/failure.ts';
import { OAUTH_ERROR_CODES } from './oauth-error-codes.ts';
import { OKTA_ERROR_CODES } from './okta-error-codes.ts';
import { OKTA_REQUEST_ERROR_CODES } from './okta-request-error-codes.ts';
import { TRANSPORT_ERROR_CODES } from './transport-error-codes.ts';

/**
 * Every code that a run can receive: from Okta, from its token endpoint, and from the connection, in the order of the
 * documents.
 */
export const ERROR_ENTRIES: readonly ErrorEntry[] = [
  ...[...OKTA_ERROR_CODES, ...OKTA_REQUEST_ERROR_CODES].toSorted((one, other) =>
    one.code < other.code ? -1 : 1,
  ),
  ...OAUTH_ERROR_CODES,
  ...TRANSPORT_ERROR_CODES,
];

const BY_CODE: ReadonlyMap<string, ErrorEntry> = new Map(
  ERROR_ENTRIES.map((entry) => [entry.code, entry]),
);

/** Returns the entry of a code, in upper or lower case; undefined for a code that is not in the catalog. */
export function findErrorEntry(code: string): ErrorEntry | undefined {
  return BY_CODE.get(code) ?? BY_CODE.get(code.toUpperCase()) ?? BY_CODE.get(code.toLowerCase());
}

/** What the run does after a failed write. */
export interface Decision {
  readonly disposition: Disposition;
  /** The kind of stop that an abort leads to; undefined if the disposition never ends the run. */
  readonly stop: StopKind | undefined;
  readonly agent: 'directory' | undefined;
}

function decision(disposition: Disposition, stop?: StopKind): Decision {
  return { disposition, stop, agent: undefined };
}

/**
 * Decides by a status without an Okta code: from a proxy, from an outage page, or with a code that is not in the catalog.
 */
function decideByStatus(status: number, effect: 'none' | 'possible'): Decision {
  if (status === 429) return decision('wait');
  if (status === 401) return decision('abort', 'credentials');
  // A redirect, or a proxy that asks for a sign-in, affects every row alike.
  if (status < 400 || status === 407) return decision('abort', 'org-unavailable');
  if (status >= 500) {
    return effect === 'none'
      ? decision('wait-then-abort', 'org-unavailable')
      : decision('reconcile');
  }
  if (effect === 'possible') return decision('reconcile');
  switch (status) {
    case 403:
      return decision('fail-or-abort', 'permission');
    case 404:
    case 410:
      return decision('skip');
    case 409:
    case 423:
      return decision('wait-then-fail');
    case 405:
    case 406:
    case 411:
    case 413:
    case 414:
    case 415:
    case 431:
      return decision('abort', 'our-bug');
    default:
      return decision('fail-or-abort', 'our-bug');
  }
}

/**
 * Decides what happens after a failed write, by code, status and effect, never by message text. If the effect of a failure
 * is not `none`, the user must be read back, even if the disposition is `abort`.
 */
export function decideOn(failure: Failure): Decision {
  switch (failure.kind) {
    case 'answer':
      return decision('reissue');
    case 'transport': {
      if (failure.effect === 'certain') return decision('reissue');
      if (failure.effect === 'possible') return decision('reconcile');
      const entry = BY_CODE.get(failure.code);
      // The same code can occur before or after sending. If nothing was sent, only the connection is down.
      return entry === undefined || entry.disposition === 'reconcile'
        ? decision('wait-then-abort', 'org-unavailable')
        : { disposition: entry.disposition, stop: entry.stop, agent: entry.agent };
    }
    case 'okta': {
      if (failure.throttle !== undefined) return decision('wait');
      if (failure.insufficientScope) return decision('abort', 'permission');
      const entry = failure.oktaCode === undefined ? undefined : BY_CODE.get(failure.oktaCode);
      // A 2xx that is not from Okta, and not a page that every call would get: only a read shows what the call did.
      if (entry === undefined && failure.status < 300 && failure.page === undefined)
        return decision('reconcile');
      if (entry === undefined) return decideByStatus(failure.status, failure.effect);
      return { disposition: entry.disposition, stop: entry.stop, agent: entry.agent };
    }
    default: {
      const never: never = failure;
      return never;
    }
  }
}

/** Returns the disposition of `decideOn`. */
export function dispositionOf(failure: Failure): Disposition {
  return decideOn(failure).disposition;
}
