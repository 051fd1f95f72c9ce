import type { ServerResponse } from 'node:http';
import type { Clock } from '../../domain/clock.ts';
import { answer, headersOf, type AnswerFacts } from '../wire/answer.ts';
import type { Fault } from './chaos.ts';
import { EMPTY_OBJECT, errorReply, type Reply } from '../wire/errors.ts';

/** How far ahead the reset of a concurrency 429 lies, as seen in the wild. Seconds. */
export const CONCURRENCY_RESET_S = 113;

const OVERSIZE_BYTES = 32 * 1024 * 1024;
const DRIPS = 20;
const DRIP_MS = 50;
const PADDING = ' '.repeat(64 * 1024);

/** What a fault needs of its surroundings. */
export interface FaultPorts {
  readonly clock: Clock;
  /** Aborts when the org closes. */
  readonly signal: AbortSignal;
  /** Stops listening for a while. */
  readonly goAway: () => void;
  /** Where redirects point. */
  readonly foreignOrigin: string;
}

const PROXY_TITLES = {
  502: '502 Bad Gateway',
  503: '503 Service Temporarily Unavailable',
  504: '504 Gateway Time-out',
} as const;

function html(response: ServerResponse, status: 502 | 503 | 504): void {
  const title = PROXY_TITLES[status];
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body><center><h1>${title}</h1></center></body>\r\n</html>\r\n`;
  response
    .writeHead(status, { 'Content-Type': 'text/html', 'Content-Length': body.length })
    .end(body);
}

const CAPTIVE_PAGE =
  '<!DOCTYPE html>\n<html><head><title>Guest Wi-Fi: sign in</title></head>\n<body><form action="/login"><input name="code"></form></body></html>\n';
const REFUSED_PASSWORD = 'Password does not meet requirements';

function captive(response: ServerResponse): void {
  response
    .writeHead(200, { 'Content-Type': 'text/html', 'Content-Length': CAPTIVE_PAGE.length })
    .end(CAPTIVE_PAGE);
}

function startBody(response: ServerResponse, reply: Reply, facts: AnswerFacts): Buffer {
  const body = Buffer.from(reply.body);
  response.sendDate = false;
  response.writeHead(reply.status, [
    ...headersOf(reply, facts),
    'Content-Length',
    String(body.length),
  ]);
  return body;
}

async function drip(
  response: ServerResponse,
  reply: Reply,
  facts: AnswerFacts,
  ports: FaultPorts,
): Promise<void> {
  const body = startBody(response, reply, facts);
  const size = Math.max(1, Math.ceil(body.length / DRIPS));
  for (let at = 0; at < body.length; at += size) {
    response.write(body.subarray(at, at + size));
    await ports.clock.sleep(DRIP_MS, ports.signal);
  }
  response.end();
}

async function oversize(response: ServerResponse, reply: Reply, facts: AnswerFacts): Promise<void> {
  response.sendDate = false;
  response.writeHead(reply.status, headersOf(reply, facts));
  response.write(reply.body);
  for (let sent = 0; sent < OVERSIZE_BYTES && !response.destroyed; sent += PADDING.length) {
    if (response.write(PADDING)) continue;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        response.off('drain', done).off('close', done);
        resolve();
      };
      response.on('drain', done).on('close', done);
    });
  }
  response.end();
}

function throttled(response: ServerResponse, facts: AnswerFacts, kind: 'window' | 'concurrency') {
  const nowS = Math.floor(facts.nowMs / 1000);
  const rate =
    kind === 'window'
      ? {
          limit: facts.rate?.limit ?? 300,
          remaining: 0,
          // A storm, not a whole window: rehearsals must not wait a minute for each.
          resetS: Math.min(facts.rate?.resetS ?? nowS + 1, nowS + 2),
        }
      : { limit: 0, remaining: 0, resetS: nowS + CONCURRENCY_RESET_S };
  answer(response, errorReply('E0000047'), { ...facts, rate });
}

function rateTwice(facts: AnswerFacts): readonly string[] {
  const { limit = 600, resetS = 0 } = facts.rate ?? {};
  return [
    ...['X-Rate-Limit-Limit', String(limit * 5)],
    ...['X-Rate-Limit-Remaining', String(limit * 5 - 1)],
    ...['X-Rate-Limit-Reset', String(resetS + 60)],
  ];
}

const MALFORMED = [
  ...['X-Rate-Limit-Limit', 'many'],
  ...['X-Rate-Limit-Remaining', '-1'],
  ...['X-Rate-Limit-Reset', '99999999999999999999'],
];

/** Answers in the way of a fault. `reply` is the true answer of a request that took effect, else undefined. */
export async function answerWithFault(
  fault: Fault,
  response: ServerResponse,
  reply: Reply = EMPTY_OBJECT,
  facts: AnswerFacts,
  ports: FaultPorts,
): Promise<void> {
  const { socket } = response;
  if (socket === null || response.destroyed) return;
  const without: AnswerFacts = { ...facts, rate: undefined };
  switch (fault) {
    case 'refuse':
      ports.goAway();
      socket.resetAndDestroy();
      return;
    case 'reset-before':
    case 'reset-after':
      socket.resetAndDestroy();
      return;
    case 'stall-before':
    case 'stall-headers':
      return;
    case 'half-open':
      socket.pause();
      return;
    case 'stall-body':
    case 'cut-body': {
      if (reply.body === '') return;
      const body = startBody(response, reply, facts);
      response.write(body.subarray(0, body.length >> 1));
      if (fault === 'stall-body') return;
      await ports.clock.sleep(DRIP_MS, ports.signal);
      socket.resetAndDestroy();
      return;
    }
    case 'garbage': {
      // What was refused keeps its status: a 200 would say that it took effect.
      const status = reply.status < 300 ? 200 : reply.status;
      answer(response, { status, headers: [], body: '\u0000\u0001{"tempPassw' }, facts);
      return;
    }
    case 'garbage-protocol':
      socket.end('\u0016\u0003\u0001 this is not HTTP\r\n\r\n');
      return;
    case 'html-502-before':
    case 'html-502-after':
      html(response, 502);
      return;
    case 'html-504-before':
    case 'html-504-after':
      html(response, 504);
      return;
    case '500-before':
    case '500-after':
      answer(response, errorReply('E0000009'), facts);
      return;
    case '503-before':
      answer(response, errorReply('E0000181'), facts);
      return;
    case '503-after':
      // Okta's own 503 says that nothing was done; one that comes after the effect is a proxy's.
      html(response, 503);
      return;
    case '429-window':
      throttled(response, facts, 'window');
      return;
    case '429-concurrency':
      throttled(response, facts, 'concurrency');
      return;
    case 'mail-429':
      answer(response, errorReply('E0000118'), facts);
      return;
    case 'slow-drip':
      await drip(response, reply, facts, ports);
      return;
    case 'oversized':
      await oversize(response, reply, facts);
      return;
    case 'duplicate-headers':
      answer(response, { ...reply, headers: [...reply.headers, ...rateTwice(facts)] }, facts);
      return;
    case 'malformed-headers':
      answer(response, { ...reply, headers: [...reply.headers, ...MALFORMED] }, without);
      return;
    case 'captive-page':
      captive(response);
      return;
    case 'e0000014-before':
      answer(response, errorReply('E0000014', { causes: [REFUSED_PASSWORD] }), facts);
      return;
    case 'e0000014-after':
      answer(response, errorReply('E0000014'), facts);
      return;
    case 'redirect':
      answer(
        response,
        { status: 302, headers: ['Location', `${ports.foreignOrigin}/moved`], body: '' },
        facts,
      );
      return;
    default: {
      const never: never = fault;
      return never;
    }
  }
}
