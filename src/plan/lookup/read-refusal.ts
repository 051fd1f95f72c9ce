import type { Failure } from '../../domain/row/failure.ts';

/** Okta's codes for an expression it cannot parse or run (E0000009: it took too long). */
const EXPRESSION_CODES = new Set(['E0000001', 'E0000031', 'E0000033', 'E0000053', 'E0000094']);

/** Tells whether a read was refused because its URL, or the headers together with it, were too long. */
export function lengthRefused(failure: Failure): boolean {
  if (failure.kind !== 'okta') return false;
  return failure.status === 414 || failure.status === 431 || failure.oktaCode === 'E0000256';
}

/**
 * Tells whether a search was refused for its content or because it was too much at once, so that fewer terms might pass. A
 * 400 without Okta's code is how a proxy refuses a long URL; a 500 E0000009 is Okta's timeout of a search.
 */
export function searchRefused(failure: Failure): boolean {
  if (failure.kind === 'transport') return failure.code === 'BODY_TOO_LARGE';
  if (failure.kind !== 'okta') return false;
  if (failure.status === 400) {
    return failure.oktaCode === undefined || EXPRESSION_CODES.has(failure.oktaCode);
  }
  return failure.status === 500 && failure.oktaCode === 'E0000009';
}

/** Tells whether Okta says that there is no such user. */
export function isMissing(failure: Failure): boolean {
  return failure.kind === 'okta' && failure.status === 404 && failure.oktaCode !== 'E0000008';
}
