import { errorReply, type Reply } from './errors.ts';
import type { Exchange } from './exchange.ts';

/** Where a page begins and how long it can be. */
export interface PageRequest {
  readonly from: number;
  readonly limit: number;
}

const CURSOR = /^c(\d{1,10})$/;

function readCursor(text: string): number | undefined {
  const match = CURSOR.exec(Buffer.from(text, 'base64url').toString('latin1'));
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

/**
 * Reads `limit` and `after`. Answers 400 E0000001 for an invalid limit, and 400 E0000031 for a cursor that it did not issue.
 */
export function readPage(
  exchange: Exchange,
  otherwise: number,
  most: number,
  least = 1,
): PageRequest | Reply {
  const limitText = exchange.query.get('limit');
  const limit = limitText === null ? otherwise : Number(limitText);
  if (!Number.isInteger(limit) || limit < least)
    return errorReply('E0000001', {
      detail: 'limit',
      causes: ['limit: must be a positive integer'],
    });
  const after = exchange.query.get('after');
  const from = after === null ? 0 : readCursor(after);
  if (from === undefined) return errorReply('E0000031', { causes: ['after: invalid cursor'] });
  return { from, limit: Math.min(limit, most) };
}

/** The org under a different name: with `-admin` after the first part of the host, or with the other scheme. */
function strayOrigin(
  origin: string,
  { adminNext, schemeNext }: { readonly adminNext: boolean; readonly schemeNext: boolean },
): string {
  let stray = origin;
  if (adminNext) stray = stray.replace(/^(https?:\/\/)([^.:/]+)/, '$1$2-admin');
  if (schemeNext)
    stray = stray.startsWith('https:')
      ? stray.replace(/^https:/, 'http:')
      : stray.replace(/^http:/, 'https:');
  return stray;
}

/**
 * The URL of the page that begins at `from`: the request's own URL with another `after`, or a misleading one if chaos says
 * so.
 */
export function pageUrl(exchange: Exchange, from: number): string {
  const { foreignNext, loopNext, adminNext, schemeNext } = exchange.org.settings.chaos;
  if (loopNext) return exchange.origin + exchange.target;
  const [path = '', queryText = ''] = exchange.target.split('?', 2);
  const kept = queryText.split('&').filter((part) => part !== '' && !part.startsWith('after='));
  const after = Buffer.from(`c${from}`, 'latin1').toString('base64url');
  return `${foreignNext ?? strayOrigin(exchange.origin, { adminNext, schemeNext })}${path}?${[`after=${after}`, ...kept].join('&')}`;
}

/** The Link headers of a page: `self`, and `next` if there is more. */
export function linkHeaders(exchange: Exchange, next: number | undefined): readonly string[] {
  const self = ['Link', `<${exchange.origin}${exchange.target}>; rel="self"`];
  if (next === undefined) return self;
  return [...self, 'Link', `<${pageUrl(exchange, next)}>; rel="next"`];
}

/** Collects a page of matching numbers from `from` on and below `end`. Returns them, and where the next page begins. */
export function scanPage(
  page: PageRequest,
  end: number,
  matches: (index: number) => boolean,
): { readonly found: readonly number[]; readonly next: number | undefined } {
  const found: number[] = [];
  for (let index = page.from; index < end; index += 1) {
    if (!matches(index)) continue;
    if (found.length === page.limit) return { found, next: index };
    found.push(index);
  }
  return { found, next: undefined };
}

/** Takes a page out of a list. */
export function slicePage<T>(
  page: PageRequest,
  list: readonly T[],
): { readonly found: readonly T[]; readonly next: number | undefined } {
  const end = page.from + page.limit;
  return { found: list.slice(page.from, end), next: end < list.length ? end : undefined };
}
