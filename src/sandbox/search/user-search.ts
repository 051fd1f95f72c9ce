import { errorReply, type Reply } from '../wire/errors.ts';
import type { Exchange } from '../wire/exchange.ts';
import type { Org } from '../org/org.ts';
import { scanPage, slicePage, type PageRequest } from '../wire/paging.ts';
import { parseExpression } from './grammar.ts';
import { compileExpression, type Compiled } from './match.ts';
import { sorted } from './sorting.ts';
import { filterField, searchField } from '../api/user-fields.ts';
import type { UserView } from '../org/user-table.ts';

interface Found {
  readonly found: readonly number[];
  readonly next: number | undefined;
}

export const badSearch = (problem: string): Reply => errorReply('E0000031', { causes: [problem] });

/** Parses an expression about users by the rules of `search` or of `filter`. */
export function compileUsers(
  org: Org,
  view: UserView,
  text: string,
  field: typeof searchField | typeof filterField,
): Compiled {
  const parsed = parseExpression(text);
  if (parsed.kind === 'bad') return parsed;
  return compileExpression(parsed.expression, (name) => field(org, view, name));
}

/** Finds a page of users by `search`, which also has an order, or by `filter`. */
export function findUsers(
  exchange: Exchange,
  view: UserView,
  page: PageRequest,
  text: string,
  searching: boolean,
): Found | Reply {
  const { org, query } = exchange;
  const compiled = compileUsers(org, view, text, searching ? searchField : filterField);
  if (compiled.kind === 'bad') return badSearch(compiled.problem);
  const { matches, candidates } = compiled;
  const sortBy = searching ? query.get('sortBy') : null;
  const { size } = org.table;
  if (sortBy === null && candidates === undefined) return scanPage(page, size, matches);
  const list =
    candidates?.filter(matches) ?? scanPage({ from: 0, limit: size }, size, matches).found;
  if (sortBy === null) return slicePage(page, list);
  const field = searchField(org, view, sortBy);
  if (field === undefined) return badSearch(`cannot sort by ${sortBy}`);
  return slicePage(page, sorted(list, field, org.userIds.idOf, query.get('sortOrder')));
}
