import type { ServerResponse } from 'node:http';
import type { Admission } from '../org/buckets.ts';
import type { Reply } from './errors.ts';
import { gzipped, type Wire } from './wire.ts';

/** What every answer has in addition to its body. */
export interface AnswerFacts {
  readonly nowMs: number;
  readonly requestId: string;
  readonly wire: Wire;
  /** The three rate-limit headers; undefined if the request never reached a counter. */
  readonly rate: Pick<Admission, 'limit' | 'remaining' | 'resetS'> | undefined;
}

/** What the answer to a request that was counted has. */
export type RatedFacts = AnswerFacts & { readonly rate: NonNullable<AnswerFacts['rate']> };

let dateS = -1;
let dateText = '';

function httpDate(nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000);
  if (seconds !== dateS) {
    dateS = seconds;
    dateText = new Date(seconds * 1000).toUTCString();
  }
  return dateText;
}

/** Returns all headers of an answer, names and values alternating, without Content-Length. */
export function headersOf(reply: Reply, facts: AnswerFacts): string[] {
  const headers = [
    'Date',
    httpDate(facts.nowMs),
    'X-Okta-Request-Id',
    facts.requestId,
    'Cache-Control',
    'no-cache, no-store',
  ];
  if (reply.body !== '') headers.push('Content-Type', 'application/json');
  if (facts.rate !== undefined) {
    headers.push(
      'X-Rate-Limit-Limit',
      String(facts.rate.limit),
      'X-Rate-Limit-Remaining',
      String(facts.rate.remaining),
      'X-Rate-Limit-Reset',
      String(facts.rate.resetS),
    );
  }
  for (const part of facts.wire.headers) headers.push(part);
  for (const part of reply.headers) headers.push(part);
  return headers;
}

/** Writes a complete answer. */
export function answer(response: ServerResponse, reply: Reply, facts: AnswerFacts): void {
  if (response.destroyed) return;
  const headers = headersOf(reply, facts);
  if (reply.status === 204) {
    response.writeHead(204, headers).end();
    return;
  }
  const packed = gzipped(response.req, facts.wire, reply.body);
  if (packed !== undefined) headers.push('Content-Encoding', 'gzip', 'Vary', 'Accept-Encoding');
  const body = packed ?? reply.body;
  headers.push('Content-Length', String(Buffer.byteLength(body)));
  response.writeHead(reply.status, headers).end(body);
}
