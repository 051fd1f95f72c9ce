import { classifyAnswer } from './classify.ts';
import { parseJson } from '../http/json.ts';
import type { Http } from '../http/http.ts';
import type { Exchange, Transport } from '../http/transport.ts';
import { webPageText, webPageTitle } from '../http/web-page.ts';

/** Parses the body of a read. If it was cut off or comes from a proxy, it is not JSON, and counts as lost. */
function parsed(exchange: Exchange): Exchange {
  if (exchange.failure !== undefined) return exchange;
  const json = parseJson(exchange.body);
  if (json !== undefined) return { ...exchange, json };
  const { status = 200, requestId } = exchange.call;
  const page = webPageTitle(exchange.body);
  return {
    ...exchange,
    failure: {
      kind: 'answer',
      status,
      ...(page === undefined ? {} : { page }),
      message:
        page === undefined
          ? `HTTP ${status} with something that is not JSON`
          : webPageText(status, page),
      requestId,
      effect: 'certain',
    },
  };
}

/**
 * Checks a write that was accepted. Without any mark of Okta's (a request id, a rate limit), it might never have reached
 * Okta, because a proxy or a network's sign-in page answers 200 to anything.
 */
function granted(exchange: Exchange): Exchange {
  const { call, failure, rate, headers, body } = exchange;
  if (failure !== undefined || call.status === undefined || rate === undefined) return exchange;
  if (call.requestId !== undefined || rate.limit !== undefined) return exchange;
  return { ...exchange, failure: classifyAnswer(call.status, headers, body, rate), body: '' };
}

/** Makes the innermost transport: it passes the request to HTTP unchanged, and parses what a read returns. */
export function sent(http: Http): Transport {
  return {
    send: (request, signal) => {
      const { method, path, headers } = request;
      const keep = method === 'GET' ? 'body' : request.keep;
      const exchange = http.send({ method, path, headers, body: undefined, keep }, signal);
      return exchange.then(method === 'GET' ? parsed : granted);
    },
  };
}
