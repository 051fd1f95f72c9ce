import type { RateObservation } from '../../domain/org/pacing.ts';
import type { Headers } from './transport.ts';

/** Returns the value of a header, and the last one if it was sent twice. */
export function headerOf(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' || value === undefined ? value : value.at(-1);
}

/** Parses a count of at most 15 digits, and of `60, 300` the last one. Anything else is undefined. */
function countOf(headers: Headers, name: string): number | undefined {
  const text = headerOf(headers, name);
  if (text === undefined) return undefined;
  return plainCount(text) ?? lastCount(text);
}

/** The usual case, only digits, is parsed without a pattern. */
function plainCount(text: string): number | undefined {
  if (text.length === 0 || text.length > 15) return undefined;
  let value = 0;
  for (let at = 0; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

function lastCount(text: string): number | undefined {
  const match = /^\s*(\d{1,15})\s*$/.exec(text.slice(text.lastIndexOf(',') + 1));
  return match === null ? undefined : Number(match[1]);
}

/** The year 2100. A later `Date` is not valid, and calculations with it could exceed what a date can represent. */
const LATEST_MS = 4_102_444_800_000;

/** Makes a parser of `Date` headers that parses answers of the same second only once. */
function createDateParser(): (text: string | undefined) => number | undefined {
  let lastText: string | undefined;
  let lastMs: number | undefined;
  return (text) => {
    if (text === undefined) return undefined;
    if (text !== lastText) {
      const ms = Date.parse(text);
      lastText = text;
      lastMs = ms > 0 && ms < LATEST_MS ? ms : undefined;
    }
    return lastMs;
  };
}

const parseDate = createDateParser();

/** Returns the `Date` header in epoch milliseconds; undefined if missing or malformed. */
export function serverDateOf(headers: Headers): number | undefined {
  return parseDate(headerOf(headers, 'date'));
}

/** Returns Okta's request id if it looks like one: printable, at most 100 characters. */
export function requestIdOf(headers: Headers): string | undefined {
  const text = headerOf(headers, 'x-okta-request-id')?.trim();
  return text !== undefined && /^[\w.:@+/=-]{1,100}$/.test(text) ? text : undefined;
}

/** Returns what the headers say about the bucket. Missing, malformed or implausible values are undefined. */
export function rateOf(status: number, headers: Headers): RateObservation {
  const serverDateMs = serverDateOf(headers);
  const resetS = countOf(headers, 'x-rate-limit-reset');
  // A proxy's or CDN's 429 has Retry-After instead, which Okta itself never sends.
  const retryAfterS =
    resetS === undefined && status === 429 && serverDateMs !== undefined
      ? countOf(headers, 'retry-after')
      : undefined;
  return {
    status,
    limit: countOf(headers, 'x-rate-limit-limit'),
    remaining: countOf(headers, 'x-rate-limit-remaining'),
    resetMs:
      resetS !== undefined
        ? resetS * 1000
        : retryAfterS !== undefined && serverDateMs !== undefined
          ? serverDateMs + retryAfterS * 1000
          : undefined,
    serverDateMs,
  };
}

/** Tells whether an answer is a web page that is not from Okta, such as a network's sign-in page or a proxy's error page. */
export function isWebPage(headers: Headers, body: string): boolean {
  if (requestIdOf(headers) !== undefined) return false;
  const type = headerOf(headers, 'content-type') ?? '';
  return type.trimStart().toLowerCase().startsWith('text/html') || body.trimStart().startsWith('<');
}
