import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../domain/clock.ts';
import { answer, headersOf, type AnswerFacts, type RatedFacts } from '../wire/answer.ts';
import type { Fault } from './chaos.ts';
import { EMPTY_OBJECT, errorReply, type Reply } from '../wire/errors.ts';

/** How far ahead the reset of a concurrency 429 is, in seconds, as seen in real orgs. */
export const CONCURRENCY_RESET_S = 113;

const OVERSIZE_BYTES = 32 * 1024 * 1024;
const DRIPS = 20;
const DRIP_MS = 50;
const PADDING = ' '.repeat(64 * 1024);

/** What a fault needs from its surroundings. */
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

function throttled(response: ServerResponse, facts: RatedFacts, kind: 'window' | 'concurrency') {
  const nowS = Math.floor(facts.nowMs / 1000);
  const { limit, resetS } = facts.rate;
  const rate =
    kind === 'window'
      ? // A short burst instead of a whole window, so that a rehearsal does not wait a minute for each.
        { limit, remaining: 0, resetS: Math.min(resetS, nowS + 2) }
      : { limit: 0, remaining: 0, resetS: nowS + CONCURRENCY_RESET_S };
  answer(response, errorReply('E0000047'), { ...facts, rate });
}

function rateTwice({ rate: { limit, resetS } }: RatedFacts): readonly string[] {
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

/** A request that a fault hits. `reply` is the correct answer if the request took effect. */
interface Struck {
  readonly response: ServerResponse;
  readonly socket: Socket;
  readonly reply: Reply;
  readonly facts: RatedFacts;
  readonly ports: FaultPorts;
}

const cut = ({ socket }: Struck) => socket.resetAndDestroy();
const silence = () => undefined;

/** Sends the headers and half of the body. Returns whether there is a body at all. */
function halfBody({ response, reply, facts }: Struck): boolean {
  if (reply.body === '') return false;
  const body = startBody(response, reply, facts);
  response.write(body.subarray(0, body.length >> 1));
  return true;
}

const error =
  (...of: Parameters<typeof errorReply>) =>
  ({ response, facts }: Struck) =>
    answer(response, errorReply(...of), facts);
const proxyPage =
  (status: keyof typeof PROXY_TITLES) =>
  ({ response }: Struck) =>
    html(response, status);

/** How each fault answers. */
const ANSWERS: Readonly<Record<Fault, (struck: Struck) => unknown>> = {
  refuse: (struck) => {
    struck.ports.goAway();
    cut(struck);
  },
  'reset-before': cut,
  'reset-after': cut,
  'stall-before': silence,
  'stall-headers': silence,
  'half-open': ({ socket }) => socket.pause(),
  'stall-body': halfBody,
  'cut-body': async (struck) => {
    if (!halfBody(struck)) return;
    await struck.ports.clock.sleep(DRIP_MS, struck.ports.signal);
    cut(struck);
  },
  garbage: ({ response, reply, facts }) => {
    // A refusal keeps its status, because a 200 would say that it took effect.
    const status = reply.status < 300 ? 200 : reply.status;
    answer(response, { status, headers: [], body: '\u0000\u0001{"tempPassw' }, facts);
  },
  'garbage-protocol': ({ socket }) => socket.end('\u0016\u0003\u0001 this is not HTTP\r\n\r\n'),
  'html-502-before': proxyPage(502),
  'html-502-after': proxyPage(502),
  'html-504-before': proxyPage(504),
  'html-504-after': proxyPage(504),
  '500-before': error('E0000009'),
  '500-after': error('E0000009'),
  '503-before': error('E0000181'),
  // Okta's own 503 says that nothing was done, so one that comes after the effect is a proxy's.
  '503-after': proxyPage(503),
  '429-window': ({ response, facts }) => throttled(response, facts, 'window'),
  '429-concurrency': ({ response, facts }) => throttled(response, facts, 'concurrency'),
  'mail-429': error('E0000118'),
  'slow-drip': ({ response, reply, facts, ports }) => drip(response, reply, facts, ports),
  oversized: ({ response, reply, facts }) => oversize(response, reply, facts),
  'duplicate-headers': ({ response, reply, facts }) =>
    answer(response, { ...reply, headers: [...reply.headers, ...rateTwice(facts)] }, facts),
  'malformed-headers': ({ response, reply, facts }) =>
    answer(
      response,
      { ...reply, headers: [...reply.headers, ...MALFORMED] },
      { ...facts, rate: undefined },
    ),
  'captive-page': ({ response }) => captive(response),
  'e0000014-before': error('E0000014', { causes: [REFUSED_PASSWORD] }),
  'e0000014-after': error('E0000014'),
  redirect: ({ response, facts, ports }) => {
    const headers = ['Location', `${ports.foreignOrigin}/moved`];
    answer(response, { status: 302, headers, body: '' }, facts);
  },
};

/** Answers as the fault demands. `reply` is the correct answer if the request took effect, else undefined. */
export async function answerWithFault(
  fault: Fault,
  response: ServerResponse,
  reply: Reply = EMPTY_OBJECT,
  facts: RatedFacts,
  ports: FaultPorts,
): Promise<void> {
  const { socket } = response;
  if (socket === null || response.destroyed) return;
  await ANSWERS[fault]({ response, socket, reply, facts, ports });
}
