import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../domain/clock.ts';
import { answer, type AnswerFacts, type RatedFacts } from './answer.ts';
import { RateLimits, type Admission } from '../org/buckets.ts';
import { FAULTS } from '../chaos/chaos.ts';
import { perform, strikeOf } from '../chaos/strike.ts';
import { isReply, type Credentials, type Principal } from '../oauth/credentials.ts';
import { errorReply, type Reply } from './errors.ts';
import type { Exchange, Route } from './exchange.ts';
import { answerWithFault, CONCURRENCY_RESET_S } from '../chaos/fault-answer.ts';
import { refuseAtEdge, refuseScope } from './gate.ts';
import type { Org } from '../org/org.ts';
import { wellKnown } from '../api/org-reads.ts';
import { refuseRole } from '../org/roles.ts';
import { makeRoutes } from './routes.ts';
import type { LimitDetail, LogEventType } from '../org/log/system-log.ts';
import { crowded, violation } from './violation.ts';
import { refuseForeign } from './own-machine.ts';
import { bigPolicy, type Wire } from './wire.ts';
import { noSuchOrg } from '../api/refusals.ts';

/** Endpoints outside the API, which answer by themselves. Returns true if the request was for them. */
export type SandboxPage = (
  request: IncomingMessage,
  response: ServerResponse,
  facts: AnswerFacts & { readonly origin: string },
) => boolean;

const AWAY_MS = 200;
/** Okta logs the first request of each minute that exceeds the concurrency limit. */
const CROWD_LOG_MS = 60_000;
const MAX_HEADER_BYTES = 256 * 1024;

/** The org on the wire: accepts requests, counts them, delays them, injects faults, and answers. */
export class OrgServer {
  readonly #org: Org;
  readonly #clock: Clock;
  readonly #credentials: Credentials;
  readonly #pages: readonly SandboxPage[];
  readonly #limits: RateLimits;
  readonly #routeOf: (method: string, parts: readonly string[]) => Route;
  readonly #server: Server;
  readonly #wire: Wire;
  readonly #closing = new AbortController();
  #inFlight = 0;
  #requests = 0;
  #revoked = false;
  #crowdedMs = Number.NEGATIVE_INFINITY;
  #authority = '';

  constructor(org: Org, clock: Clock, credentials: Credentials, pages: readonly SandboxPage[]) {
    this.#org = org;
    this.#clock = clock;
    // One listener per answer that waits for its latency. All are removed when it is sent.
    setMaxListeners(0, this.#closing.signal);
    this.#credentials = credentials;
    this.#pages = pages;
    this.#limits = new RateLimits(org.settings, org.nowMs());
    this.#routeOf = makeRoutes(credentials);
    const { gzip, chaos } = org.settings;
    this.#wire = { gzip, headers: chaos.bigHeaders ? bigPolicy() : [] };
    this.#server = createServer(
      { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: 65_000, requestTimeout: 0 },
      (request, response) => this.#receive(request, response),
    );
  }

  /** Starts to listen; resolves with the URL. */
  async listen(): Promise<string> {
    const { host, port } = this.#org.settings;
    await this.#bind(host, port);
    const address = this.#server.address() as AddressInfo;
    this.#authority = `${host.includes(':') ? `[${host}]` : host}:${address.port}`;
    return `http://${this.#authority}`;
  }

  async #bind(host: string, port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  /** Stops listening and drops every connection. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('The sandbox closes.'));
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #goAway(): void {
    if (!this.#server.listening) return;
    const { port } = this.#server.address() as AddressInfo;
    this.#server.close();
    this.#later(AWAY_MS, () => {
      if (!this.#server.listening) void this.#bind(this.#org.settings.host, port);
    });
  }

  #later(ms: number, then: () => void): void {
    this.#clock.sleep(ms, this.#closing.signal).then(then, () => undefined);
  }

  #facts(number: number, nowMs: number): AnswerFacts {
    const requestId = this.#org.requestId(number);
    return { nowMs, requestId, rate: undefined, wire: this.#wire };
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    this.#requests += 1;
    const number = this.#requests;
    const origin = `http://${request.headers.host ?? this.#authority}`;
    const nowMs = this.#org.nowMs();
    const facts = { ...this.#facts(number, nowMs), origin };
    const target = request.url ?? '/';
    const refusal =
      refuseForeign(request) ??
      (target.startsWith('/sandbox/')
        ? undefined
        : refuseAtEdge(request, this.#org.settings.urlLimit));
    if (refusal !== undefined) {
      answer(response, refusal, facts);
      return;
    }
    if (this.#org.settings.chaos.noOrg && !target.startsWith('/sandbox/')) {
      answer(response, noSuchOrg(origin), facts);
      return;
    }
    if (target === '/.well-known/okta-organization') {
      answer(response, wellKnown(this.#org, origin), facts);
      return;
    }
    if (this.#pages.some((door) => door(request, response, facts))) return;
    const method = request.method ?? 'GET';
    const asks = { method, url: origin + target, nowMs };
    const who = this.#credentials.authenticate(request.headers, asks);
    const go = (principal: Principal | Reply): void => {
      if (isReply(principal)) answer(response, principal, facts);
      else this.#admit(request, response, { principal, number, origin, target, method });
    };
    if (who instanceof Promise) {
      who.then(go, () => answer(response, errorReply('E0000009'), facts));
    } else go(who);
  }

  /** Returns what the org's limits say about a request. Counts it, and logs a refusal. */
  #rateOf(
    { principal, number }: Pick<Exchange, 'principal' | 'number'>,
    { bucket }: Route,
    path: string,
    userAgent: string,
    nowMs: number,
  ): Admission {
    const { log, tally, settings } = this.#org;
    const note = (type: LogEventType, limit: LimitDetail): void => {
      const by = { principal: principal.number, request: number, userAgent };
      log.add({ type, timeMs: nowMs, ...by, limit });
    };
    if (this.#inFlight >= settings.concurrency) {
      tally.throttled.concurrency += 1;
      const resetS = Math.floor(nowMs / 1000) + CONCURRENCY_RESET_S;
      if (nowMs - this.#crowdedMs >= CROWD_LOG_MS) {
        this.#crowdedMs = nowMs;
        note('core.concurrency.org.limit.violation', crowded(path, settings.concurrency));
      }
      return { admitted: false, limit: 0, remaining: 0, resetS };
    }
    const rate = this.#limits.admit(principal.id, bucket, nowMs);
    if (!rate.admitted) {
      tally.throttled.window += 1;
      if (rate.violated !== undefined)
        note(...violation(rate.violated, principal, bucket, rate, nowMs));
    }
    return rate;
  }

  #admit(
    request: IncomingMessage,
    response: ServerResponse,
    asked: Pick<Exchange, 'principal' | 'number' | 'origin' | 'target' | 'method'>,
  ): void {
    const org = this.#org;
    const { tally, settings } = org;
    const nowMs = org.nowMs();
    const mark = asked.target.indexOf('?');
    const path = mark < 0 ? asked.target : asked.target.slice(0, mark);
    const segments = path.split('/');
    const route = this.#routeOf(asked.method, segments);
    const facts = this.#facts(asked.number, nowMs);
    tally.requests[route.bucket] = (tally.requests[route.bucket] ?? 0) + 1;
    const refusal =
      refuseScope(asked.principal, route, {
        origin: asked.origin,
        path,
        authorization: request.headers.authorization ?? '',
      }) ?? refuseRole(settings.roles, asked.principal, route);
    if (refusal !== undefined) {
      answer(response, refusal, facts);
      return;
    }
    const rate = this.#rateOf(asked, route, path, request.headers['user-agent'] ?? '', nowMs);
    if (!rate.admitted) {
      answer(response, errorReply('E0000047'), { ...facts, rate });
      return;
    }
    const exchange: Exchange = {
      ...asked,
      segments,
      query: new URLSearchParams(mark < 0 ? '' : asked.target.slice(mark + 1)),
      headers: request.headers,
      nowMs,
      lagMs: 0,
      org,
    };
    const admitted = { ...facts, rate };
    this.#inFlight += 1;
    if (settings.latencyMs === 0) {
      this.#perform(response, route, exchange, admitted, (send) => send());
      return;
    }
    const half = settings.latencyMs / 2;
    this.#later(half, () => {
      const late = { ...exchange, nowMs: org.nowMs() };
      this.#perform(response, route, late, admitted, (send) => this.#later(half, send));
    });
  }

  #handleLate(route: Route, exchange: Exchange, lateMs: number): void {
    const org = this.#org;
    org.waiting += 1;
    this.#later(lateMs, () => {
      org.waiting -= 1;
      route.handle({ ...exchange, nowMs: org.nowMs() });
      this.#revokeWhenDue(exchange);
    });
  }

  #perform(
    response: ServerResponse,
    route: Route,
    exchange: Exchange,
    facts: RatedFacts,
    afterwards: (send: () => void) => void,
  ): void {
    const org = this.#org;
    const strike = strikeOf(route, exchange);
    const acts = strike === undefined || FAULTS[strike.fault];
    const reply = acts ? perform(route, exchange, strike) : undefined;
    if (strike?.lateMs !== undefined) this.#handleLate(route, exchange, strike.lateMs);
    this.#revokeWhenDue(exchange);
    afterwards(() => {
      this.#inFlight -= 1;
      const now = { ...facts, nowMs: org.nowMs() };
      if (strike === undefined) {
        if (reply !== undefined) answer(response, reply, now);
        return;
      }
      const { foreignNext } = org.settings.chaos;
      answerWithFault(strike.fault, response, reply, now, {
        clock: this.#clock,
        signal: this.#closing.signal,
        goAway: () => this.#goAway(),
        foreignOrigin: foreignNext ?? 'http://foreign.example',
      }).catch(() => undefined);
    });
  }

  #revokeWhenDue(exchange: Exchange): void {
    const { revokeTokenAfter } = this.#org.settings.chaos;
    if (revokeTokenAfter === undefined || this.#revoked) return;
    if (this.#org.effects < revokeTokenAfter) return;
    this.#revoked = true;
    this.#credentials.revokeHeader(exchange.headers.authorization);
  }
}
