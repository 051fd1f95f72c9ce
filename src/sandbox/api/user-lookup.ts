import { notFound, type Reply } from '../wire/errors.ts';
import { segment, type Exchange } from '../wire/exchange.ts';

/**
 * Finds the user that a path names: by id, and if the endpoint allows it, by login or unambiguous short login. Answers 404
 * E0000007 if there is none.
 */
export function resolveUser(
  exchange: Exchange,
  at: number,
  accepts: 'id' | 'id or login' = 'id or login',
): number | Reply {
  const name = segment(exchange, at);
  // Okta treats an escaped / as a separator of the path, so a login that contains one cannot be reached.
  if (name === undefined || name.includes('/'))
    return notFound(exchange.segments[at] ?? '', 'User');
  const { org } = exchange;
  const index =
    org.userIds.indexOf(name) ??
    (accepts === 'id' ? undefined : (org.people.byLogin(name) ?? org.people.byShortLogin(name)));
  return index ?? notFound(name, 'User');
}
