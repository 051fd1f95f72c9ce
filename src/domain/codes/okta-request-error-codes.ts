import type { ErrorEntry } from './error-entry.ts';

const OUR_BUG = 'Report it with the request id. Sending the same call again does not help.';
const FIX_QUERY = 'Correct the --search or --filter expression. Try it with `users --search …`.';

function ourBug(code: string, statuses: number | readonly number[], meaning: string): ErrorEntry {
  return {
    code,
    statuses: typeof statuses === 'number' ? [statuses] : statuses,
    meaning,
    who: 'our maintainers',
    how: OUR_BUG,
    disposition: 'abort',
    stop: 'our-bug',
  };
}

function badQuery(code: string, meaning: string): ErrorEntry {
  return {
    code,
    statuses: [400],
    meaning,
    who: 'you',
    how: FIX_QUERY,
    disposition: 'abort',
    stop: 'our-bug',
  };
}

/**
 * Okta's error codes about the call itself: its query, or a bug in okta-reset. The source is the same as for
 * `OKTA_ERROR_CODES`.
 */
export const OKTA_REQUEST_ERROR_CODES: readonly ErrorEntry[] = [
  ourBug('E0000002', 400, 'An argument of the call was not allowed.'),
  ourBug('E0000003', 400, 'The body of the call was not well formed.'),
  ourBug('E0000018', 400, 'The call did not name a media type.'),
  ourBug(
    'E0000019',
    [400, 405],
    'Okta did not accept the Accept header, or (405) the endpoint does not take this method.',
  ),
  ourBug('E0000020', 400, 'An argument of the call was not allowed.'),
  ourBug('E0000021', 400, 'Okta did not accept the media type of the call.'),
  ourBug('E0000022', 405, 'The endpoint does not take this method, or the org has no API access.'),
  ourBug('E0000028', 400, 'A parameter that the call needs was missing.'),
  badQuery('E0000031', 'The search expression is not valid.'),
  badQuery('E0000033', 'Two kinds of query were mixed in one call.'),
  badQuery('E0000053', 'The filter expression is not valid.'),
  badQuery('E0000094', 'The query is not valid for this endpoint.'),
  ourBug('E0000122', 406, 'Okta did not accept the Accept header.'),
  ourBug(
    'E0000256',
    414,
    'A header of the answer would have been too large. A very long query causes this.',
  ),
  {
    code: 'E0000145',
    statuses: [409],
    meaning: 'The search names a profile attribute whose schema changed a moment ago.',
    who: 'you',
    how: 'Wait a few minutes, or leave the attribute out of --search.',
    disposition: 'abort',
    stop: 'our-bug',
  },
];
