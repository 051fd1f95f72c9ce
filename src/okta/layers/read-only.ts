import type { ReadTransport } from '../http/transport.ts';

/** Restricts a transport to reads. If a write gets past the type, it throws, because that is a bug, and nothing is sent. */
export function readOnly(inner: ReadTransport): ReadTransport {
  return {
    send: (request, signal) => {
      const method: string = request.method;
      if (method !== 'GET') throw new TypeError(`A read-only transport was given a ${method}`);
      return inner.send(request, signal);
    },
  };
}
