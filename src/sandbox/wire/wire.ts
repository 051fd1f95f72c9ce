import type { IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';

/** When answers are gzipped: if the request accepts it, as in Okta; always, as with some proxies; or never. */
export type Gzip = 'asked' | 'always' | 'never';

/** What all answers of an org have in common on the wire. */
export interface Wire {
  readonly gzip: Gzip;
  /** Headers of every answer, names and values alternating. */
  readonly headers: readonly string[];
}

type Asking = Pick<IncomingMessage, 'headers'>;

/** More than the 16 KiB that Node and undici accept by default. Bytes. */
const POLICY_BYTES = 20 * 1024;

/** A Content-Security-Policy as long as the longest ones that orgs with many trusted origins send. */
export function bigPolicy(): readonly string[] {
  let policy = "default-src 'self'; connect-src 'self'";
  for (let nth = 1; policy.length < POLICY_BYTES; nth += 1)
    policy += ` https://app-${nth}.partner.example`;
  return ['Content-Security-Policy', policy];
}

function takesGzip(request: Asking): boolean {
  return /(^|[\s,])(gzip|\*)\s*(,|$|;\s*q=(1|0\.0*[1-9]))/i.test(
    request.headers['accept-encoding']?.toString() ?? '',
  );
}

/** Compresses a body if the wire demands it; undefined if the body stays as it is. */
export function gzipped(request: Asking, wire: Wire, body: string): Buffer | undefined {
  if (body === '' || wire.gzip === 'never') return undefined;
  if (wire.gzip === 'asked' && !takesGzip(request)) return undefined;
  return gzipSync(body, { level: 1 });
}
