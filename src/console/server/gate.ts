/**
 * Who can use the console at all. Any page in a browser on this machine can send requests to loopback, and any name can be
 * made to point here. So each request must name this console in its Host, and its page in its Origin, if a browser sends
 * one.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { Refusal } from '../refusal.ts';

/** The headers of every answer. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

export interface RequestFacts {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
}

const foreign = (why: string) =>
  new Refusal(
    'FOREIGN_REQUEST',
    `The console answers only its own page: ${why}.`,
    'Open the link from the terminal.',
  );

const JSON_TYPE = /^application\/json(?:\s*;\s*charset=utf-8)?$/i;

/** Returns the names of this machine's loopback with which the console can be called on its port. */
export const hostsOf = (port: number): ReadonlySet<string> =>
  new Set(['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port}`));

/** Returns what is wrong with a request before its content is read; undefined if nothing is. */
export function refuseForeign(
  { method, target, headers }: RequestFacts,
  hosts: ReadonlySet<string>,
): Refusal | undefined {
  const { host = '', origin } = headers;
  if (!hosts.has(host)) return foreign('the Host header names something else');
  if (origin !== undefined && origin !== `http://${host}`)
    return foreign('the request comes from another page');
  const isApi = target.startsWith('/api/');
  const site = headers['sec-fetch-site'];
  if (isApi && site !== undefined && site !== 'same-origin')
    return foreign('the request comes from another site');
  if (method !== 'GET' && !(isApi && method === 'POST'))
    return new Refusal('BAD_REQUEST', `${method} is not accepted here.`, 'Reload the page.', 405);
  if (method === 'POST' && !JSON_TYPE.test(headers['content-type'] ?? ''))
    return new Refusal('BAD_REQUEST', 'A body must be JSON.', 'Reload the page.', 415);
  return undefined;
}
