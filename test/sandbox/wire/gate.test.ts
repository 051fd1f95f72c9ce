import { describe, expect, test } from '@jest/globals';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Principal } from '../../../src/sandbox/oauth/credentials.ts';
import type { Reply } from '../../../src/sandbox/wire/errors.ts';
import { refuseAtEdge, refuseScope } from '../../../src/sandbox/wire/gate.ts';
import type { Route } from '../../../src/sandbox/wire/exchange.ts';
import { violation } from '../../../src/sandbox/wire/violation.ts';

const shown = (reply: Reply | undefined) => {
  if (reply === undefined || reply.body === '') return reply?.status;
  const { errorCode } = JSON.parse(reply.body) as { readonly errorCode: string };
  return `${reply.status} ${errorCode}`;
};
const JSON_ONLY = { accept: 'application/json' };

describe('at the edge', () => {
  const edge = (method: string, headers: IncomingHttpHeaders, url = '/api/v1/users') =>
    shown(refuseAtEdge({ method, headers, url } as unknown as IncomingMessage, 20));

  test.each<[string, IncomingHttpHeaders, string | number | undefined]>([
    ['GET', JSON_ONLY, undefined],
    ['GET', {}, '400 E0000018'],
    ['GET', { accept: 'text/html' }, '406 E0000122'],
    ['GET', { accept: 'application/jsonp' }, '406 E0000122'],
    ['GET', { accept: 'xapplication/json' }, '406 E0000122'],
    ['GET', { accept: 'text/html, application/hal+json;q=0.5' }, undefined],
    ['GET', { accept: '*/*' }, undefined],
    ['POST', JSON_ONLY, 411],
    ['PUT', JSON_ONLY, 411],
    ['DELETE', JSON_ONLY, undefined],
    ['POST', { ...JSON_ONLY, 'content-length': '0' }, undefined],
    ['POST', { ...JSON_ONLY, 'content-length': '5' }, '400 E0000021'],
    ['POST', { ...JSON_ONLY, 'content-length': '5', 'content-type': 'text/plain' }, '400 E0000021'],
    ['GET', { ...JSON_ONLY, 'content-length': '5', 'content-type': 'text/plain' }, '400 E0000021'],
    [
      'POST',
      { ...JSON_ONLY, 'content-length': '5', 'content-type': 'application/json' },
      undefined,
    ],
    [
      'POST',
      { ...JSON_ONLY, 'content-length': '5', 'content-type': 'Application/X-WWW-form-urlencoded' },
      undefined,
    ],
  ])('%s %j: %s', (method, headers, answer) => {
    expect(edge(method, headers)).toBe(answer);
  });

  test('a URL has its most characters, and not one more', () => {
    expect(edge('GET', JSON_ONLY, `/${'x'.repeat(19)}`)).toBeUndefined();
    expect(edge('GET', JSON_ONLY, `/${'x'.repeat(20)}`)).toBe('414 E0000256');
    expect(edge('GET', {}, `/${'x'.repeat(20)}`)).toBe('414 E0000256');
  });
});

describe('a scope', () => {
  const route = { scopes: ['okta.users.read', 'okta.users.manage'] } as unknown as Route;
  const ask = (scopes: readonly string[] | undefined, of = route, authorization = 'DPoP x') =>
    refuseScope(
      { scopes: scopes === undefined ? undefined : new Set(scopes) } as unknown as Principal,
      of,
      { origin: 'http://acme.example', path: '/api/v1/users', authorization },
    );

  test('that allows the route is enough', () => {
    expect(ask(['okta.users.manage', 'okta.logs.read'])).toBeUndefined();
    expect(ask(['okta.users.read'])).toBeUndefined();
    expect(ask(undefined)).toBeUndefined();
    expect(ask([], { ...route, scopes: [] })).toBeUndefined();
  });

  test.each([
    ['DPoP x', 'DPoP'],
    ['dpop x', 'DPoP'],
    ['Bearer x', 'Bearer'],
    ['Bearer dpop x', 'Bearer'],
  ])('that is missing is named to %s', (authorization, scheme) => {
    expect(ask(['okta.logs.read'], route, authorization)).toEqual({
      status: 403,
      body: '',
      headers: [
        'WWW-Authenticate',
        `${scheme} authorization_uri="http://acme.example/oauth2/v1/authorize", realm="http://acme.example", ` +
          'scope="okta.users.read okta.users.manage", error="insufficient_scope", ' +
          'error_description="The access token provided does not contain the required scopes.", resource="/api/v1/users"',
      ],
    });
  });
});

test.each([
  ['token', 'ssws', 'system.operation.rate_limit.violation', 'ssws_token'],
  ['token', 'app', 'system.operation.rate_limit.violation', 'oauth_client'],
  ['org', 'ssws', 'system.org.rate_limit.violation', undefined],
  ['org', 'app', 'system.org.rate_limit.violation', undefined],
] as const)('a limit of the %s that a %s exceeds is a %s (%s)', (whose, kind, type, subtype) => {
  const rate = { limit: 300, resetS: 1060 };
  const limit = { pattern: '/api/v1/users/{id:.+}', subtype, threshold: 300 };
  expect(violation(whose, { kind }, 'user', rate, 1_000_900)).toEqual([
    type,
    { ...limit, secondsToReset: 60 },
  ]);
  expect(violation(whose, { kind }, 'user', rate, 1_061_000)).toEqual([
    type,
    { ...limit, secondsToReset: 0 },
  ]);
});
