import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { rateOf, requestIdOf, serverDateOf } from '../../src/okta/http/answer-headers.ts';
import { unpackBody } from '../../src/okta/http/encoded-body.ts';
import { bucketOf } from '../../src/okta/endpoints/bucket.ts';
import { classifyAnswer } from '../../src/okta/layers/classify.ts';
import { failureText } from '../../src/okta/http/failure-text.ts';
import { nextLinkOf } from '../../src/okta/http/link-header.ts';

const date = 'Wed, 21 Oct 2026 07:28:00 GMT';
const dateMs = Date.UTC(2026, 9, 21, 7, 28);

describe('rate headers', () => {
  test('are counts and a time in whole seconds', () => {
    const headers = {
      date,
      'x-rate-limit-limit': '600',
      'x-rate-limit-remaining': '0',
      'x-rate-limit-reset': '1792567740',
    };
    expect(rateOf(200, headers)).toEqual({
      status: 200,
      limit: 600,
      remaining: 0,
      resetMs: 1_792_567_740_000,
      serverDateMs: dateMs,
    });
  });

  test.each([
    ['60, 300', 300],
    [['60', '300'], 300],
    [' 7 ', 7],
    ['-1', undefined],
    ['1e3', undefined],
    ['0x10', undefined],
    ['', undefined],
    ['60,', undefined],
    ['NaN', undefined],
    ['99999999999999999999', undefined],
  ])('%j reads as %j', (text, count) => {
    expect(rateOf(200, { 'x-rate-limit-limit': text }).limit).toBe(count);
  });

  test('Retry-After counts only on a 429, and only without a reset', () => {
    const headers = { date, 'retry-after': '7' };
    expect(rateOf(429, headers).resetMs).toBe(dateMs + 7000);
    expect(rateOf(503, headers).resetMs).toBeUndefined();
    expect(rateOf(429, { ...headers, 'x-rate-limit-reset': '9' }).resetMs).toBe(9000);
  });

  test.each(['Sat, 13 Sep 275760 00:00:00 GMT', 'Fri, 01 Jan 2100 00:00:00 GMT', 'soon'])(
    'a Date of %s is ignored',
    (text) => {
      expect(serverDateOf({ date: text })).toBeUndefined();
    },
  );

  test('whatever they contain, a number is finite and a request id printable', () => {
    const value = fc.oneof(fc.string(), fc.array(fc.string()), fc.constant(undefined));
    const names = [
      'x-rate-limit-limit',
      'x-rate-limit-remaining',
      'x-rate-limit-reset',
      'date',
      'retry-after',
    ];
    const record = Object.fromEntries([...names, 'x-okta-request-id'].map((name) => [name, value]));
    fc.assert(
      fc.property(fc.record(record), fc.constantFrom(200, 429), (headers, status) => {
        for (const number of Object.values(rateOf(status, headers))) {
          expect(number === undefined || Number.isFinite(number)).toBe(true);
        }
        expect(requestIdOf(headers) ?? 'x').toMatch(/^[!-~]{1,100}$/);
        expect(serverDateOf(headers) ?? 1).toBeGreaterThan(0);
      }),
    );
  });
});

test.each([
  ['GET', '/api/v1/users?limit=200', '/api/v1/users'],
  ['GET', '/api/v1/users/', '/api/v1/users'],
  ['GET', '/api/v1/users', '/api/v1/users'],
  ['GET', '/api/v1', '/api/v1'],
  ['GET', '/api/v1x/users', '/'],
  ['POST', '/api/v1/users/00u/lifecycle/reset_password?sendEmail=true', '/api/v1/users'],
  ['DELETE', '/api/v1/users/00u/sessions?oauthTokens=true', '/api/v1/users'],
  ['GET', '/api/v1/users/00u', '/api/v1/users/{id:.+}'],
  ['GET', '/api/v1/users/me', '/api/v1/users/me'],
  ['GET', '/api/v1/users/me?x=1', '/api/v1/users/me'],
  ['GET', '/api/v1/users/mel', '/api/v1/users/{id:.+}'],
  ['GET', '/api/v1/iam/assignees/users?limit=200', '/api/v1/iam'],
  ['GET', '/oauth2/v1/clients/0oa/roles', '/oauth2/v1/clients'],
  ['GET', '/oauth2/v1/clientsx', '/oauth2/v1'],
  ['POST', '/oauth2/v1/revoke', '/oauth2/v1'],
  ['POST', '/api/v1/users/00u', '/api/v1/users/{id}'],
  ['GET', '/api/v1/groups?q=x', '/api/v1/groups'],
  ['GET', '/api/v1/groups/00g/users?limit=200', '/api/v1/groups'],
  ['GET', '/api/v1/groups/00g', '/api/v1/groups/{id}'],
  ['GET', '/api/v1/logs?since=x', '/api/v1/logs'],
  ['GET', '/api/v1/principal-rate-limits', '/api/v1/principal-rate-limits'],
  ['GET', '/api/v1/policies?type=PASSWORD', '/api/v1'],
  ['POST', '/oauth2/v1/token', '/oauth2/v1/token'],
])('%s %s counts against %s', (method, path, bucket) => {
  expect(bucketOf(method, path)).toBe(bucket);
});

describe('link headers', () => {
  test.each([
    ['<https://x/a?b=1,2>; rel="next"', 'https://x/a?b=1,2'],
    ['<a>; rel="self", <b>; rel="next"', 'b'],
    ['<a>;rel=self,<b>;rel=next', 'b'],
    ['<a>; title="x; rel=next"; rel="self"', undefined],
    ['<a>; rel="next last"', 'a'],
    ['<a>; rel="nextish"', undefined],
    ['next', undefined],
    ['<a', undefined],
  ])('%s', (text, target) => {
    expect(nextLinkOf(text)).toBe(target);
  });
});

describe('error bodies', () => {
  const rate = rateOf(400, {});
  test('of any kind are classified without a throw, on one line, with a code only if there is one', () => {
    const body = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({
          errorCode: fc.anything(),
          errorSummary: fc.anything(),
          errorCauses: fc.anything(),
        })
        .map((any) => JSON.stringify(any)),
    );
    fc.assert(
      fc.property(body, fc.integer({ min: 300, max: 599 }), (text, status) => {
        const failure = classifyAnswer(status, {}, text, rate);
        expect(failure.message).not.toMatch(/[\u0000-\u001f]/);
        expect(failure.message.length).toBeLessThanOrEqual(300);
        expect(failure.oktaCode ?? 'E0000001').toMatch(/^(E\d{7}|[a-z_]{1,40})$/);
      }),
    );
  });

  test('have summary and causes', () => {
    const body = JSON.stringify({
      errorCode: 'E0000017',
      errorSummary: 'Password reset failed',
      errorCauses: [{ errorSummary: 'not allowed\nin the status' }, null, {}],
    });
    expect(classifyAnswer(403, {}, body, rate)).toMatchObject({
      oktaCode: 'E0000017',
      message: 'Password reset failed – not allowed in the status',
      effect: 'none',
    });
  });

  test.each([303, 307, 401, 403, 404, 407, 408, 413, 429, 501, 504])(
    'HTTP %i without an answer of Okta’s leaves the effect open',
    (status) => {
      expect(classifyAnswer(status, {}, '<html>', rate)).toMatchObject({ effect: 'possible' });
    },
  );

  test('with Okta’s request id, a 4xx is Okta’s own, even without a body', () => {
    expect(classifyAnswer(403, { 'x-okta-request-id': 'abc' }, '', rate)).toMatchObject({
      effect: 'none',
    });
  });
});

test('text from outside shows no link, token or control character', () => {
  const text =
    'see https://a.okta.com/reset_password/OTT-planted or https://a.okta.com/signin/reset-password/OTT-planted, ' +
    'https://a.okta.com/tokens/OTT-planted/verify ' +
    'SSWS planted, Bearer planted, eyJhbGciOi.planted.planted \u001b[31mred\u202e';
  expect(failureText(text)).toBe(
    'see https://a.okta.com/[secret] or https://a.okta.com/signin/[secret] https://a.okta.com/[secret] [secret], [secret], [secret] [31mred',
  );
});

test.each(['gzip', 'br', 'deflate', 'gzip, br', 'unheard-of'])(
  'a body that is said to be packed by %s: none is empty, and a byte of it is broken',
  (encoding) => {
    const unpack = (body: string) =>
      unpackBody(
        Buffer.from(body),
        { 'content-encoding': encoding },
        { maxBytes: 100, whole: true },
      );
    expect(unpack('')).toEqual({ kind: 'text', text: '' });
    expect(unpack('x')).toEqual({ kind: 'broken', code: 'BODY_ENCODING' });
  },
);
