import type { Clock, Random } from '../../domain/clock.ts';
import type { Failure } from '../../domain/row/failure.ts';
import { decideOn } from '../../domain/codes/okta-error.ts';
import { backoffMs } from './backoff.ts';
import type { Exchange, OrgRequest, Transport } from '../http/transport.ts';

export interface RetryTerms {
  readonly clock: Clock;
  readonly random: Random;
  /** Tries after the first one, for failures of the connection and of the org. 429s do not count. */
  readonly maxRetries: number;
  /**
   * The time limit of all tries together until the org has answered once, so that a wrong URL or a proxy is reported soon.
   */
  readonly firstAnswerMs: number;
}

type Again = 'now' | 'throttled' | 'later' | 'never';

function whenAgain(failure: Failure): Again {
  switch (failure.kind) {
    case 'answer':
      return 'later';
    case 'transport':
      if (failure.code === 'TOKEN_RENEWED') return 'now';
      if (failure.code === 'BODY_TOO_LARGE') return 'never';
      return failure.effect === 'none' && decideOn(failure).disposition === 'abort'
        ? 'never'
        : 'later';
    case 'okta':
      if (failure.throttle !== undefined) return 'throttled';
      return failure.status >= 500 && failure.status !== 501 ? 'later' : 'never';
    default: {
      const never: never = failure;
      return never;
    }
  }
}

/**
 * Sends reads again: broken ones, 5xx and answers that are not JSON with backoff up to `maxRetries` times, throttled ones
 * until they pass, each time through the pacing. Until the org has answered once, a web page is not requested again, and all
 * tries together take at most `firstAnswerMs`. Writes go through once, because the engine decides whether to send one again.
 */
export function retried<R extends OrgRequest>(
  inner: Transport<R>,
  terms: RetryTerms,
): Transport<R> {
  const { clock, random, maxRetries, firstAnswerMs } = terms;
  let answered = false;

  /** Tells whether another try makes sense, which takes `nextMs` with its wait, given whether the org has ever answered. */
  function isWorthIt(failure: Failure, usedMs: number, nextMs: number): boolean {
    if (answered) return true;
    if (failure.kind !== 'transport' && failure.page !== undefined) return false;
    return usedMs + nextMs <= firstAnswerMs;
  }

  async function sendRead(request: R, signal: AbortSignal): Promise<Exchange> {
    let retries = 0;
    let throttled = 0;
    const startedMs = clock.monotonicMs();
    for (;;) {
      const sentMs = clock.monotonicMs();
      const exchange = await inner.send(request, signal);
      if (exchange.failure === undefined || exchange.call.requestId !== undefined) answered = true;
      if (exchange.failure === undefined) return exchange;
      const again = whenAgain(exchange.failure);
      switch (again) {
        case 'never':
          return exchange;
        case 'now':
          break;
        case 'throttled':
          // The pacing knows when the window opens, so only a 429 directly after that needs a wait here.
          if (throttled > 0) await clock.sleep(backoffMs(throttled, random), signal);
          throttled += 1;
          break;
        case 'later': {
          if (retries >= maxRetries) return exchange;
          const waitMs = backoffMs(retries, random);
          const nowMs = clock.monotonicMs();
          if (!isWorthIt(exchange.failure, nowMs - startedMs, waitMs + nowMs - sentMs))
            return exchange;
          await clock.sleep(waitMs, signal);
          retries += 1;
          break;
        }
        default: {
          const never: never = again;
          return never;
        }
      }
    }
  }

  return {
    send: (request, signal) =>
      request.method === 'GET' ? sendRead(request, signal) : inner.send(request, signal),
  };
}
