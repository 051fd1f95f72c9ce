import type { IncomingMessage } from 'node:http';
import type { Reply } from './errors.ts';

/** Names by which only this machine calls the sandbox. A web page whose name resolves to this machine sends its own name. */
const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;
const FORM = '/oauth2/v1/token';

function refuse(why: string): Reply {
  return {
    status: 403,
    headers: [],
    body: `${JSON.stringify({ error: `The sandbox answers only programs on this machine: ${why}.` })}\n`,
  };
}

/**
 * Refuses whatever a web page in a browser could send: another host's name (DNS rebinding), an `Origin`, a fetch from a
 * page, a form. A person can still see `/sandbox/…` by typing its address.
 */
export function refuseForeign(request: IncomingMessage): Reply | undefined {
  const { headers, method = 'GET', url = '/' } = request;
  if (!LOOPBACK.test(headers.host ?? '')) return refuse('the Host header names another machine');
  if (headers.origin !== undefined) return refuse('the request comes from a web page');
  const site = headers['sec-fetch-site'];
  const typed = site === 'none' && method === 'GET' && url.startsWith('/sandbox/');
  if (site !== undefined && !typed) return refuse('the request comes from a browser');
  const type = headers['content-type'];
  if (type === undefined || method === 'GET') return undefined;
  if (/^application\/([a-z.+-]*\+)?json\b/i.test(type)) return undefined;
  const form = /^application\/x-www-form-urlencoded/i.test(type);
  // Okta's edge refuses the other types that it does not support.
  const taken = form ? url.split('?', 1)[0] === FORM : !url.startsWith('/sandbox/');
  return taken ? undefined : refuse('a body must be JSON');
}
