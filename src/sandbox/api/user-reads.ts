import { errorReply, jsonReply, notFound, type Reply } from '../wire/errors.ts';
import type { Exchange } from '../wire/exchange.ts';
import { linkHeaders, readPage, scanPage } from '../wire/paging.ts';
import type { UserView } from '../org/user-table.ts';
import { reduceUserJson, userJson } from './user-json.ts';
import { resolveUser } from './user-lookup.ts';
import { findUsers } from '../search/user-search.ts';

const MAX_PAGE = 200;
const OMIT = ['omitcredentials', 'omitcredentialslinks', 'omittransitioningtostatus'];

/** Tells whether the request asks for users without credentials, which works only with all three words. */
function omitsCredentials(exchange: Exchange): boolean {
  const type = exchange.headers['content-type']?.toLowerCase();
  if (type?.includes('okta-response') !== true) return false;
  const words = new Set(type.split(/[^a-z]+/));
  return OMIT.every((word) => words.has(word));
}

/** Answers with a page of users and its Link headers. */
export function userPage(
  exchange: Exchange,
  page: { readonly found: readonly number[]; readonly next: number | undefined },
  table?: UserView,
): Reply {
  const { org, origin } = exchange;
  const fields = exchange.query.get('fields') ?? undefined;
  const omit = omitsCredentials(exchange);
  let body = '[';
  for (const index of page.found) {
    const json = userJson(org, index, { origin, links: 'self', table });
    if (body.length > 1) body += ',';
    body += fields === undefined && !omit ? json : reduceUserJson(json, fields, omit);
  }
  return jsonReply(`${body}]`, 200, linkHeaders(exchange, page.next));
}

function byPrefix(exchange: Exchange, view: UserView, q: string, limit: number): Reply {
  const { org } = exchange;
  const prefix = q.toLowerCase();
  const page = scanPage({ from: 0, limit }, org.table.size, (index) => {
    if (view.statusOf(index) === 'DEPROVISIONED') return false;
    const { firstName, lastName, email } = org.people.person(index);
    return [firstName, lastName, email].some((text) => text.toLowerCase().startsWith(prefix));
  });
  return userPage(exchange, { found: page.found, next: undefined }, view);
}

/** `GET /users`: every user who is not deprovisioned; `search`, `filter` and `q` as Okta documents them. */
export function listUsers(exchange: Exchange): Reply {
  const { query, org, nowMs, lagMs } = exchange;
  const search = query.get('search');
  const filter = query.get('filter');
  const q = query.get('q');
  if (q !== null && filter !== null) return errorReply('E0000033');
  const page = readPage(exchange, q === null ? MAX_PAGE : 10, MAX_PAGE);
  if ('body' in page) return page;
  if (search !== null || filter !== null) {
    const view = org.history.view(nowMs, Math.max(org.settings.searchLagMs, lagMs));
    const found = findUsers(exchange, view, page, search ?? filter ?? '', search !== null);
    return 'body' in found ? found : userPage(exchange, found, view);
  }
  const view = org.history.view(nowMs, lagMs);
  if (q !== null) return byPrefix(exchange, view, q, page.limit);
  const listed = scanPage(page, org.table.size, (i) => view.statusOf(i) !== 'DEPROVISIONED');
  return userPage(exchange, listed, view);
}

/** `GET /users/{id}`; `me` is the owner of the SSWS token. */
export function getUser(exchange: Exchange): Reply {
  const { org, origin, principal, nowMs, lagMs } = exchange;
  const index = exchange.segments[4] === 'me' ? principal.user : resolveUser(exchange, 4);
  if (index === undefined) return notFound('me', 'User');
  if (typeof index !== 'number') return index;
  const table = org.history.view(nowMs, lagMs);
  const json = userJson(org, index, { origin, links: 'all', table });
  const omit = omitsCredentials(exchange);
  return jsonReply(omit ? reduceUserJson(json, undefined, true) : json);
}
