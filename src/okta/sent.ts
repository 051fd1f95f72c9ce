import type { Http } from './http.ts';
import type { Transport } from './transport.ts';

/** The innermost transport: hands the request to HTTP as it is. */
export function sent(http: Http): Transport {
  return {
    send: (request, signal) =>
      http.send(
        {
          method: request.method,
          path: request.path,
          headers: request.headers,
          body: undefined,
          keep: request.method === 'GET' ? 'body' : request.keep,
        },
        signal,
      ),
  };
}
