import { errorReply, jsonReply, notFound, type Reply } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { linkHeaders, readPage, scanPage, slicePage, type PageRequest } from './paging.ts';
import { parseExpression } from './search-grammar.ts';
import { compileExpression } from './search-match.ts';
import { STATUS_CODE } from './user-table.ts';
import { filterField, searchField } from './user-fields.ts';
import { reduceUserJson, userJson } from './user-json.ts';
import { resolveUser } from './user-lookup.ts';

const MAX_PAGE = 200;
const OMIT = ['omitcredentials', 'omitcredentialslinks', 'omittransitioningtostatus'];

/** The trick that leaves credentials out; it works only with all three words. */
function omitsCredentials(exchange: Exchange): boolean {
  const type = exchange.headers['content-type']?.toLowerCase();
  if (type?.includes('okta-response') !== true) return false;
  const words = new Set(type.split(/[^a-z]+/));
  return OMIT.every((word) => words.has(word));
}

/** Writes a page of users with its Link headers. */
export function userPage(
  exchange: Exchange,
  page: { readonly found: readonly number[]; readonly next: number | undefined },
): Reply {
  const { org, origin } = exchange;
  const fields = exchange.query.get('fields') ?? undefined;
  const omit = omitsCredentials(exchange);
  let body = '[';
  for (const index of page.found) {
    const json = userJson(org, index, { origin, links: 'self' });
    if (body.length > 1) body += ',';
    body += fields === undefined && !omit ? json : reduceUserJson(json, fields, omit);
  }
  return jsonReply(`${body}]`, 200, linkHeaders(exchange, page.next));
}

const SORTABLE = /^(profile\.(login|email|firstName|lastName)|id|status|created|lastUpdated)$/;

function sorted(exchange: Exchange, list: number[], by: string): number[] | undefined {
  const field = SORTABLE.test(by) ? searchField(exchange.org, by) : undefined;
  if (field === undefined) return undefined;
  const down = exchange.query.get('sortOrder')?.toLowerCase() === 'desc' ? -1 : 1;
  const keys = new Map(list.map((index) => [index, field.read(index) ?? '']));
  const idOf = exchange.org.userIds.idOf;
  return list.sort((a, b) => {
    const [x = '', y = ''] = [keys.get(a), keys.get(b)];
    if (x === y) return idOf(a) < idOf(b) ? -1 : 1;
    return (x < y ? -1 : 1) * down;
  });
}

function byExpression(
  exchange: Exchange,
  text: string,
  kind: 'search' | 'filter',
  page: PageRequest,
): Reply {
  const { org } = exchange;
  const bad = (problem: string): Reply => errorReply('E0000031', { causes: [problem] });
  const parsed = parseExpression(text);
  if (parsed.kind === 'bad') return bad(parsed.problem);
  const fieldOf = kind === 'search' ? searchField : filterField;
  const compiled = compileExpression(parsed.expression, (name) => fieldOf(org, name));
  if (compiled.kind === 'bad') return bad(compiled.problem);
  const { matches, candidates } = compiled;
  const sortBy = kind === 'search' ? exchange.query.get('sortBy') : null;
  if (sortBy === null && candidates === undefined)
    return userPage(exchange, scanPage(page, org.table.size, matches));
  let list = candidates?.filter(matches) ?? [
    ...scanPage({ from: 0, limit: org.table.size }, org.table.size, matches).found,
  ];
  if (sortBy !== null) {
    const inOrder = sorted(exchange, list, sortBy);
    if (inOrder === undefined) return bad(`cannot sort by ${sortBy}`);
    list = inOrder;
  }
  return userPage(exchange, slicePage(page, list));
}

function byPrefix(exchange: Exchange, q: string): Reply {
  const { org } = exchange;
  const limit = Math.min(Number(exchange.query.get('limit') ?? 10) || 10, MAX_PAGE);
  const prefix = q.toLowerCase();
  const page = scanPage({ from: 0, limit }, org.table.size, (index) => {
    if (org.table.status[index] === STATUS_CODE.DEPROVISIONED) return false;
    const { firstName, lastName, email } = org.people.person(index);
    return [firstName, lastName, email].some((text) => text.toLowerCase().startsWith(prefix));
  });
  return userPage(exchange, { found: page.found, next: undefined });
}

/** `GET /users`: all but the deprovisioned; `search`, `filter` and `q` as Okta documents them. */
export function listUsers(exchange: Exchange): Reply {
  const { query, org } = exchange;
  const search = query.get('search');
  const filter = query.get('filter');
  const q = query.get('q');
  if (q !== null && filter !== null) return errorReply('E0000033');
  const page = readPage(exchange, MAX_PAGE, MAX_PAGE);
  if ('body' in page) return page;
  if (search !== null) return byExpression(exchange, search, 'search', page);
  if (filter !== null) return byExpression(exchange, filter, 'filter', page);
  if (q !== null) return byPrefix(exchange, q);
  return userPage(
    exchange,
    scanPage(page, org.table.size, (i) => org.table.status[i] !== STATUS_CODE.DEPROVISIONED),
  );
}

/** `GET /users/{id}`; `me` is the owner of the SSWS token. */
export function getUser(exchange: Exchange): Reply {
  const { org, origin, principal } = exchange;
  const index = exchange.segments[4] === 'me' ? principal.user : resolveUser(exchange, 4);
  if (index === undefined) return notFound('me', 'User');
  if (typeof index !== 'number') return index;
  const json = userJson(org, index, { origin, links: 'all' });
  const omit = omitsCredentials(exchange);
  return jsonReply(omit ? reduceUserJson(json, undefined, true) : json);
}
