import type { IncomingMessage } from 'node:http';
import { insufficientScope } from '../api/refusals.ts';
import { errorReply, type Reply } from './errors.ts';
import type { Principal } from '../oauth/credentials.ts';
import type { Route } from './exchange.ts';

const JSON_TYPES = /(^|[\s,])(\*\/\*|application\/(\*|json|[a-z.+-]*\+json))\s*(;|,|$)/i;

/**
 * Refuses what Okta's edge refuses before it checks credentials: long URLs, missing lengths, and media types that it cannot
 * serve.
 */
export function refuseAtEdge(request: IncomingMessage, urlLimit: number): Reply | undefined {
  const { headers, method } = request;
  if ((request.url?.length ?? 0) > urlLimit) return errorReply('E0000256');
  if ((method === 'POST' || method === 'PUT') && headers['content-length'] === undefined) {
    return { status: 411, headers: [], body: '' };
  }
  if (headers.accept === undefined) return errorReply('E0000018');
  if (!JSON_TYPES.test(headers.accept)) return errorReply('E0000122');
  const length = headers['content-length'];
  if (length !== undefined && length !== '0') {
    const type = headers['content-type'] ?? '';
    if (!/^application\/(json|x-www-form-urlencoded)/i.test(type)) return errorReply('E0000021');
  }
  return undefined;
}

/** Refuses an OAuth token that has none of the scopes that allow the route. */
export function refuseScope(
  principal: Principal,
  route: Route,
  asked: { readonly origin: string; readonly path: string; readonly authorization: string },
): Reply | undefined {
  const { scopes } = principal;
  if (scopes === undefined || route.scopes.length === 0) return undefined;
  if (route.scopes.some((scope) => scopes.has(scope))) return undefined;
  return insufficientScope({
    scheme: /^dpop /i.test(asked.authorization) ? 'DPoP' : 'Bearer',
    origin: asked.origin,
    scopes: route.scopes,
    path: asked.path,
  });
}
