import type { Answer } from '../../domain/row/call.ts';
import type { Cursor, Page } from '../../domain/org/org.ts';
import { bucketOf } from './bucket.ts';
import { isRecord, textOf } from '../http/json.ts';
import { nextLinkOf, speaksOfNext } from '../http/link-header.ts';
import type { Listings } from './listing.ts';
import type { Exchange, ReadRequest, ReadTransport } from '../http/transport.ts';
import { unsentFailure } from '../http/transport.ts';

/** Makes the failure of a 2xx that is not what its endpoint promises. */
export function wrongAnswer<T>(exchange: Exchange, message: string): Answer<T> {
  return {
    kind: 'failed',
    failure: {
      kind: 'answer',
      status: exchange.call.status ?? 200,
      message,
      requestId: exchange.call.requestId,
      effect: 'certain',
    },
    call: exchange.call,
  };
}

/** Makes the failure of a query that cannot be put into a URL. */
export function notAddressable<T>(what: string): Answer<T> {
  return {
    kind: 'failed',
    failure: unsentFailure('NOT_ADDRESSABLE', `${what} cannot be used in a URL; nothing was sent.`),
    call: { status: undefined, requestId: undefined, serverTimeMs: undefined, durationMs: 0 },
  };
}

/** Makes the request of a read. `route` is the path as the log shows it. */
export function readRequest(path: string, route: string, open = false): ReadRequest {
  return {
    method: 'GET',
    path,
    route,
    bucket: open ? undefined : bucketOf('GET', path),
    auth: open ? 'none' : 'credential',
    headers: [],
  };
}

/** Reads one object. `read` returns undefined if it is not `what`. */
export async function readOne<T>(
  transport: ReadTransport,
  request: ReadRequest,
  what: string,
  read: (json: unknown) => T | undefined,
  signal: AbortSignal,
): Promise<Answer<T>> {
  const exchange = await transport.send(request, signal);
  const { call, failure } = exchange;
  if (failure !== undefined) return { kind: 'failed', failure, call };
  const value = read(exchange.json);
  return value === undefined
    ? wrongAnswer(exchange, `${request.route} answered with something that is not ${what}.`)
    : { kind: 'ok', value, call };
}

/** Returns where the next page is; null if the page says that there is one, but its link cannot be read. */
function nextOf({ headers, json }: Exchange): string | null | undefined {
  const { link } = headers;
  const links = isRecord(json) ? json['_links'] : undefined;
  const next = (isRecord(links) ? links['next'] : undefined) ?? undefined;
  const read = nextLinkOf(link) ?? (isRecord(next) ? textOf(next['href']) : undefined);
  return read ?? (next !== undefined || speaksOfNext(link) ? null : undefined);
}

/** Reads one page of a listing, and checks where the listing continues. `from` is the cursor that led here. */
export async function readPage<T>(
  ports: { readonly transport: ReadTransport; readonly listings: Listings },
  request: ReadRequest,
  from: Cursor | undefined,
  read: (json: unknown) => readonly T[] | undefined,
  signal: AbortSignal,
): Promise<Answer<Page<T>>> {
  const exchange = await ports.transport.send(request, signal);
  const { call, failure } = exchange;
  if (failure !== undefined) return { kind: 'failed', failure, call };
  const items = read(exchange.json);
  if (items === undefined) {
    return wrongAnswer(exchange, `${request.route} answered with something that is not a listing.`);
  }
  const next = ports.listings.next(from, request.path, nextOf(exchange));
  switch (next.kind) {
    case 'end':
      return { kind: 'ok', value: { items, next: undefined }, call };
    case 'next':
      return { kind: 'ok', value: { items, next: next.cursor }, call };
    case 'refused':
      return wrongAnswer(
        exchange,
        `The listing ${request.route} was not followed: ${next.problem}.`,
      );
    default: {
      const never: never = next;
      return never;
    }
  }
}
