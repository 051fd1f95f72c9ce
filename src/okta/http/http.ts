import { setMaxListeners } from 'node:events';
import type { Dispatcher } from 'undici';
import type { Clock, ServerClock } from '../../domain/clock.ts';
import { isWebPage, rateOf, requestIdOf } from './answer-headers.ts';
import { classifyAnswer } from '../layers/classify.ts';
import { Conversation } from './conversation.ts';
import type { Ending } from './conversation.ts';
import { createDeadlines } from './deadlines.ts';
import { transportCodeOf, transportFailure } from './transport-failure.ts';
import type { Exchange } from './transport.ts';

/** The largest body of a listing. 200 users with long profiles stay below 2 MiB. */
const LIST_BYTES = 16 * 1024 * 1024;
/** The largest body of an answer to a write or from the token endpoint. */
const SMALL_BYTES = 1024 * 1024;

/** One request, ready to be sent. */
export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly headers: readonly string[];
  readonly body: string | undefined;
  readonly keep: 'body' | 'nothing';
}

/** Sends single requests to one origin: without redirects, without retries, and without credentials of its own. */
export interface Http {
  /**
   * Resolves with what happened. An abort ends a GET in flight with the signal's reason. Requests with other methods are
   * held back if they have not left, and waited for if they have.
   */
  readonly send: (call: HttpCall, signal: AbortSignal) => Promise<Exchange>;
  /** Closes all connections at once. Calls in flight end as broken. */
  readonly close: () => Promise<void>;
}

export interface HttpPorts {
  readonly origin: string;
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  readonly serverClock: ServerClock;
  readonly userAgent: string;
  /** Time limit of one attempt, from the start of connecting to the last byte. */
  readonly timeoutMs: number;
}

function toExchange(ending: Ending, durationMs: number, read: boolean): Exchange {
  const { headers, status } = ending;
  const rate = status === undefined ? undefined : rateOf(status, headers);
  const requestId = requestIdOf(headers);
  // The error page of a proxy has the proxy's clock, with which reconcile must not compare Okta's times.
  const page = isWebPage(headers, ending.kind === 'broken' ? '' : ending.body);
  const oktas = requestId !== undefined || (status !== undefined && status < 300 && !page);
  const serverTimeMs = oktas ? rate?.serverDateMs : undefined;
  const call = { status, requestId, serverTimeMs, durationMs };
  if (ending.kind === 'broken') {
    const { code, started } = ending;
    const failure = transportFailure(code, { started, status, requestId: call.requestId });
    return { call, failure, body: '', sent: started, rate, headers };
  }
  // A write that is answered with a web page reached the sign-in page of a network, and Okta has accepted nothing.
  if (ending.status >= 200 && ending.status < 300 && (read || !page)) {
    return { call, failure: undefined, body: ending.body, sent: true, rate, headers };
  }
  const failure = classifyAnswer(
    ending.status,
    headers,
    ending.body,
    rateOf(ending.status, headers),
  );
  return {
    call,
    failure,
    body: ending.body,
    sent: true,
    // A limit for one recipient does not limit the bucket. The counts are right, and the pacing ignores the status.
    rate: failure.throttle?.kind === 'recipient' && rate ? { ...rate, status: undefined } : rate,
    headers,
  };
}

function baseHeaders(userAgent: string): readonly string[] {
  return ['accept', 'application/json', 'accept-encoding', 'gzip', 'user-agent', userAgent];
}

export function createHttp(ports: HttpPorts): Http {
  const { origin, dispatcher, clock, serverClock, timeoutMs } = ports;
  const deadlines = createDeadlines(clock, timeoutMs);
  const always = baseHeaders(ports.userAgent);

  function send(call: HttpCall, signal: AbortSignal): Promise<Exchange> {
    const startedMs = clock.monotonicMs();
    const read = call.method === 'GET';
    return new Promise<Exchange>((resolve, reject) => {
      if (read && signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const onAbort = () => conversation.abort('ABORTED');
      const conversation = new Conversation({
        keep: call.keep,
        maxBytes: read ? LIST_BYTES : SMALL_BYTES,
        held: () => signal.aborted,
        onEnd: (ending) => {
          if (read) {
            signal.removeEventListener('abort', onAbort);
            if (signal.aborted && ending.kind === 'broken') {
              reject(signal.reason as Error);
              return;
            }
          }
          const exchange = toExchange(ending, clock.monotonicMs() - startedMs, read);
          const { serverTimeMs } = exchange.call;
          if (serverTimeMs !== undefined) serverClock.learn(serverTimeMs, startedMs);
          resolve(exchange);
        },
        onRelease: deadlines.forget,
      });
      if (read) {
        // As many listeners as reads in flight, all of which are removed, so there is no leak to warn about.
        setMaxListeners(0, signal);
        signal.addEventListener('abort', onAbort, { once: true });
      }
      deadlines.watch(conversation);
      try {
        const { method, path, body = null } = call;
        const headers = [...always, ...call.headers];
        dispatcher.dispatch({ origin, method, path, headers, body }, conversation);
      } catch (error) {
        conversation.abort(transportCodeOf(error, false));
      }
    });
  }

  return {
    send,
    close: async () => {
      deadlines.close();
      await dispatcher.destroy();
    },
  };
}
