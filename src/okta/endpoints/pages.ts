import type { Answer } from '../../domain/row/call.ts';
import type { Cursor, Page } from '../../domain/org/org.ts';
import { notAddressable, readPage, readRequest } from './endpoint.ts';
import type { Listings } from './listing.ts';
import type { ReadRequest, ReadTransport } from '../http/transport.ts';

/** Okta's maximum of users and members per page. */
const PAGE_USERS = 200;

/** Reads one page. `from` is the cursor that led to it. */
export type ReadPage = <T>(
  from: Cursor | undefined,
  request: ReadRequest | undefined,
  read: (json: unknown) => readonly T[] | undefined,
  signal: AbortSignal,
) => Promise<Answer<Page<T>>>;

/** What the reads of an org depend on. */
export interface ReadPorts {
  readonly transport: ReadTransport;
  readonly page: ReadPage;
}

/** Makes the function that reads a page. If there is no request, the cursor came from another listing. */
export function createReadPage(transport: ReadTransport, listings: Listings): ReadPage {
  const ports = { transport, listings };
  return (from, request, read, signal) =>
    request === undefined
      ? Promise.resolve(notAddressable('A cursor of another listing'))
      : readPage(ports, request, from, read, signal);
}

/** Encodes a value of a query. Unpaired surrogates, which no URL can contain, become U+FFFD, which is in nobody's name. */
export function encoded(text: string): string {
  return encodeURIComponent(text.replace(/[\ud800-\udfff]/gu, '\ufffd'));
}

/** Returns how many users a page can contain. */
export function pageSize(limit: number): number {
  return Math.max(1, Math.min(PAGE_USERS, Math.floor(limit)));
}

/**
 * Returns the page's path if the cursor belongs to this endpoint, because types cannot tell which listing a cursor came
 * from.
 */
export function cursorRequest(
  cursor: Cursor,
  route: string,
  pattern: RegExp,
): ReadRequest | undefined {
  return pattern.test(cursor.next) ? readRequest(cursor.next, route) : undefined;
}

/** Tells whether a text can be used in a path as an id. */
export function isPathId(text: string): boolean {
  return /^\w{1,64}$/.test(text);
}
