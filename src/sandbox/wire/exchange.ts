import type { IncomingHttpHeaders } from 'node:http';
import type { BucketName } from '../org/buckets.ts';
import type { LaggingRead } from '../chaos/late.ts';
import type { Principal } from '../oauth/credentials.ts';
import type { Reply } from './errors.ts';
import type { Org } from '../org/org.ts';

/** An accepted request: who asks for what, and when by Okta's clock. */
export interface Exchange {
  readonly method: string;
  /** The path split at `/`, undecoded: `['', 'api', 'v1', 'users', …]`. */
  readonly segments: readonly string[];
  /** Path and query as sent. */
  readonly target: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly principal: Principal;
  readonly nowMs: number;
  /** The read shows the org as it was this long before `nowMs`; 0 for its current state. */
  readonly lagMs: number;
  /** The number of the request, which its X-Okta-Request-Id contains. */
  readonly number: number;
  /** `http://127.0.0.1:8080`, taken from the Host that the client called. */
  readonly origin: string;
  readonly org: Org;
}

/** An endpoint: its counter, the OAuth scopes that allow it, whether it writes, and what it does. */
export interface Route {
  readonly bucket: BucketName;
  readonly write: boolean;
  /** The kind of read, if chaos can make it lag. */
  readonly lags?: LaggingRead;
  readonly scopes: readonly string[];
  readonly handle: (exchange: Exchange) => Reply;
}

/** Returns a path segment, decoded; undefined if its escapes are malformed. */
export function segment(exchange: Exchange, at: number): string | undefined {
  const raw = exchange.segments[at];
  if (raw === undefined || !raw.includes('%')) return raw;
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined;
  }
}

/** Reads a boolean parameter; `bad` if it is neither true nor false. */
export function flag(exchange: Exchange, name: string, otherwise: boolean): boolean | 'bad' {
  const text = exchange.query.get(name)?.toLowerCase();
  if (text === undefined) return otherwise;
  return text === 'true' ? true : text === 'false' ? false : 'bad';
}
