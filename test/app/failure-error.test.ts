/** What an admin reads about a read that failed: a code that decides what happens next, what was tried, and what to do. */
import { describe, expect, test } from '@jest/globals';
import { failedFinding } from '../../src/app/doctor/finding.ts';
import { failureError, howOf, isNotOkta, readPorts } from '../../src/app/org/failure-error.ts';
import type { Failure } from '../../src/domain/row/failure.ts';
import { okta } from '../plan/fake-org.ts';

const HOST = 'acme.okta.com';
const refused = (status: number, code?: string, more: object = {}): Failure => ({
  ...okta(status, code),
  ...more,
});
const lost = (code: string, more: object = {}): Failure => ({
  ...{ kind: 'transport', code, message: 'as the system says', effect: 'none' },
  ...{ status: undefined, requestId: undefined, ...more },
});
const odd = (more: object = {}): Failure => ({
  ...{ kind: 'answer', status: 200, message: 'no id', requestId: 'req', effect: 'certain' },
  ...more,
});
const errorOf = (failure: Failure) => failureError(failure, 'read the groups', HOST);
const SCOPE = { insufficientScope: true };

test.each<[string, Failure, string, string, RegExp]>([
  [
    'a revoked API token',
    refused(401, 'E0000011'),
    'AUTH_REJECTED',
    `: ${HOST} does not accept the credential (HTTP 401 E0000011, request req).`,
    /revoked, expired .*Security › API › Tokens/,
  ],
  [
    'a service app that is not known',
    refused(400, 'invalid_client'),
    'AUTH_REJECTED',
    `: ${HOST} does not accept the credential (HTTP 400 invalid_client, request req).`,
    /Compare OKTA_CLIENT_CLIENTID, .*\. doctor checks the clock/,
  ],
  [
    'a role that is too small',
    refused(403, 'E0000006'),
    'AUTH_PERMISSION',
    `: the credential does not have the permission on ${HOST} (HTTP 403 E0000006, request req).`,
    /needs to be a Super, Organizational, Group or Help Desk/,
  ],
  [
    'a scope that was not granted',
    refused(400, 'invalid_scope'),
    'AUTH_PERMISSION',
    `: the credential does not have the permission on ${HOST} (HTTP 400 invalid_scope, request req).`,
    /^Check the spelling in OKTA_CLIENT_SCOPES/,
  ],
  [
    'a token without a scope',
    refused(403, 'insufficient_scope', { ...SCOPE, missingScope: 'okta.groups.read' }),
    'AUTH_PERMISSION',
    `: the access token lacks the scope okta.groups.read on ${HOST} (HTTP 403 insufficient_scope, request req).`,
    /^Grant the app the scope okta\.groups\.read: Applications/,
  ],
  [
    'a token without a scope that is not named',
    refused(403, undefined, SCOPE),
    'AUTH_PERMISSION',
    `: the credential does not have the permission on ${HOST} (HTTP 403, request req).`,
    /^Grant the app the scope that is missing: Applications/,
  ],
  [
    'a code of Okta',
    refused(400, 'E0000031'),
    'ORG_ANSWER',
    `: ${HOST} answered HTTP 400 E0000031, request req.`,
    /^okta-reset explain E0000031$/,
  ],
  [
    'a status without a code or a request',
    refused(503, undefined, { requestId: undefined }),
    'ORG_ANSWER',
    `: ${HOST} answered HTTP 503.`,
    /^Try again in a few minutes.*okta-reset doctor$/,
  ],
  [
    'a name of OAuth that is not in the catalog',
    refused(400, 'server_error'),
    'ORG_ANSWER',
    `: ${HOST} answered HTTP 400 server_error, request req.`,
    /^okta-reset explain server_error$/,
  ],
  [
    'a page with a title',
    refused(200, undefined, { page: 'Hotel Wi-Fi' }),
    'ORG_ANSWER',
    `: what ${HOST} sent is not Okta’s answer. It looks like a web page titled “Hotel Wi-Fi” (HTTP 200).`,
    /HTTPS_PROXY.*Open https:\/\/acme\.okta\.com in a browser/,
  ],
  [
    'a page without a title in a 2xx',
    odd({ page: '' }),
    'ORG_ANSWER',
    `: what ${HOST} sent is not Okta’s answer. It looks like a web page (HTTP 200).`,
    /HTTPS_PROXY/,
  ],
  [
    'a proxy that wants a password',
    refused(407),
    'ORG_ANSWER',
    `: a proxy in front of ${HOST} asks you to sign in (HTTP 407).`,
    /user and password into HTTPS_PROXY/,
  ],
  [
    'a redirect',
    refused(302, undefined, { message: 'HTTP 302' }),
    'ORG_ANSWER',
    `: what ${HOST} sent is not Okta’s answer (HTTP 302).`,
    /A network that wants you to sign in first.*Open https:\/\/acme\.okta\.com/,
  ],
  [
    'an answer that is not of the API',
    odd(),
    'ORG_ANSWER',
    `: what ${HOST} sent is not an answer of Okta’s API, request req.`,
    /something else may answer at that address/,
  ],
  [
    'an answer that is not of the API and names no request',
    odd({ requestId: undefined }),
    'ORG_ANSWER',
    `: what ${HOST} sent is not an answer of Okta’s API.`,
    /HTTPS_PROXY/,
  ],
  [
    'nobody at the address',
    lost('ECONNREFUSED'),
    'ORG_UNREACHABLE',
    ` (${HOST}, ECONNREFUSED). Nothing answers at the org’s address; nothing was sent.`,
    /^Check --org, .* or resume\. okta-reset doctor checks each of them\.$/,
  ],
  [
    'an answer that was lost, which is no matter for a read',
    lost('UND_ERR_SOCKET'),
    'ORG_UNREACHABLE',
    ` (${HOST}, UND_ERR_SOCKET). `,
    /^Check the network, the VPN and HTTPS_PROXY, then try again\. okta-reset doctor/,
  ],
  [
    'a fault of the connection that nobody knows',
    lost('EWHATEVER'),
    'ORG_UNREACHABLE',
    ` (${HOST}, EWHATEVER). ${HOST} did not answer.`,
    /^Check the org URL, the network and HTTPS_PROXY\. okta-reset doctor/,
  ],
])('%s', (_what, failure, code, text, hint) => {
  const error = errorOf(failure);
  expect(error.code).toBe(code);
  expect(error.message.startsWith(`Could not read the groups${text}`)).toBe(true);
  expect(error.hint).toMatch(hint);
  // The marks of the documents are only for documents.
  expect(`${error.message}${error.hint}`).not.toContain('`');
});

test('what the org or the system said is kept as the cause, except the text of a web page', () => {
  expect(errorOf(refused(403)).cause).toBe('refused');
  expect(errorOf(odd()).cause).toBe('no id');
  expect(errorOf(lost('ECONNREFUSED')).cause).toBe('as the system says');
  expect(errorOf(odd({ page: 'Sign in' })).cause).toBeUndefined();
  expect(errorOf(refused(200, undefined, { page: '' })).cause).toBeUndefined();
});

describe('something other than an org', () => {
  test.each<[string, Failure, boolean]>([
    ['nothing', lost('ECONNREFUSED'), true],
    ['an answer without what it promises', odd(), true],
    ['a page', refused(200, undefined, { page: '' }), true],
    ['a page in an error', refused(403, undefined, { page: 'Blocked' }), true],
    ...[300, 302, 399, 407, 511].map((status): [string, Failure, boolean] => [
      `HTTP ${status}`,
      refused(status),
      true,
    ]),
    ...[200, 299, 400, 401, 403, 404, 406, 408, 500, 503, 510, 512].map(
      (status): [string, Failure, boolean] => [`HTTP ${status}`, refused(status), false],
    ),
    ['a status of a proxy with a code of Okta', refused(407, 'E0000006'), false],
  ])('is %s: %j', (_what, failure, isOther) => {
    expect(isNotOkta(failure)).toBe(isOther);
  });
});

test('the catalog says what to do after a read, without marks, and nothing about codes that it does not know', () => {
  expect(howOf('E0000000000')).toBeUndefined();
  expect(howOf('EMFILE')).toBe('Lower --concurrency or raise ulimit -n.');
  expect(howOf('ECONNRESET')).toBe('Check the network, the VPN and HTTPS_PROXY, then try again.');
});

describe('a check of doctor that failed', () => {
  const hintOf = (failure: Failure) => {
    const finding = failedFinding('groups', failure, HOST, 'warning', 'read groups');
    expect(finding).toMatchObject({ level: 'warning', subject: 'groups' });
    expect(finding.found).toMatch(/^Could not read groups/);
    return finding.hint;
  };

  test('says what the catalog advises for its code', () => {
    expect(hintOf(refused(403, 'E0000006'))).toBe(howOf('E0000006'));
    expect(hintOf(lost('ENOTFOUND'))).toBe(howOf('ENOTFOUND'));
  });

  test('says what the error advises if there is no code, or a scope is missing', () => {
    for (const failure of [
      ...[odd(), refused(503), lost('EWHATEVER')],
      refused(403, 'insufficient_scope', { ...SCOPE, missingScope: 'okta.groups.read' }),
    ])
      expect(hintOf(failure)).toBe(failureError(failure, 'read groups', HOST).hint);
  });
});

test('a long read gets the reader, and errors that name its org', () => {
  const reader = { host: HOST };
  const ports = readPorts(reader);
  expect(ports.reader).toBe(reader);
  expect(ports.failureError(refused(503), 'read users').message).toBe(
    `Could not read users: ${HOST} answered HTTP 503, request req.`,
  );
});
