import { describe, expect, test } from '@jest/globals';
import type { Failure } from '../../src/domain/row/failure.ts';
import {
  decideOn,
  dispositionOf,
  ERROR_ENTRIES,
  findErrorEntry,
} from '../../src/domain/codes/okta-error.ts';

function okta(
  status: number,
  oktaCode?: string,
  more: Partial<Extract<Failure, { kind: 'okta' }>> = {},
): Failure {
  return {
    kind: 'okta',
    status,
    oktaCode,
    message: '',
    requestId: undefined,
    insufficientScope: false,
    throttle: undefined,
    effect: 'none',
    ...more,
  };
}

function transport(code: string, effect: 'none' | 'possible' | 'certain'): Failure {
  return { kind: 'transport', code, message: '', status: undefined, requestId: undefined, effect };
}

describe('the catalog', () => {
  test('has each code once, with words for people, and a stop if the run can end', () => {
    expect(new Set(ERROR_ENTRIES.map((entry) => entry.code)).size).toBe(ERROR_ENTRIES.length);
    for (const entry of ERROR_ENTRIES) {
      expect(entry.meaning).toMatch(/^[A-Z].*[.)]$/);
      expect(entry.how).toMatch(/[.)]$/);
      const ends = ['abort', 'fail-or-abort', 'wait-then-abort'].includes(entry.disposition);
      expect([entry.code, entry.stop !== undefined]).toEqual([entry.code, ends]);
    }
  });

  test('lists Okta’s codes in their order, then those of the token endpoint, then those of the connection', () => {
    const codes = ERROR_ENTRIES.map(({ code }) => code);
    const kinds = codes.map((code) => (/^E\d{7}$/.test(code) ? 0 : /^[a-z]/.test(code) ? 1 : 2));
    expect(kinds).toEqual(kinds.toSorted());
    const own = codes.filter((_, at) => kinds[at] === 0);
    expect(own).toEqual(own.toSorted());
    expect([own.length > 50, kinds.includes(1), kinds.includes(2)]).toEqual([true, true, true]);
  });

  test('is found in any case', () => {
    expect(findErrorEntry('e0000007')?.code).toBe('E0000007');
    expect(findErrorEntry('INVALID_SCOPE')?.code).toBe('invalid_scope');
    expect(findErrorEntry('econnrefused')?.code).toBe('ECONNREFUSED');
    expect(findErrorEntry('E9999999')).toBeUndefined();
  });
});

describe('decisions', () => {
  test.each(['E0000047', 'E0000006', 'E0000009', 'E0000001', undefined])(
    'a 429 is waited for whatever code comes with it: %s',
    (code) => {
      const throttled = okta(429, code, { throttle: { kind: 'window' } });
      expect(decideOn(throttled)).toEqual({
        disposition: 'wait',
        stop: undefined,
        agent: undefined,
      });
    },
  );

  test.each([
    [400, 'E0000001', 'fail-or-abort', 'our-bug'],
    [401, 'E0000011', 'abort', 'credentials'],
    [403, 'E0000006', 'fail-or-abort', 'permission'],
    [403, 'E0000017', 'skip', undefined],
    [403, 'E0000038', 'skip', undefined],
    [404, 'E0000007', 'skip', undefined],
    [404, 'E0000008', 'abort', 'our-bug'],
    [409, 'E0000112', 'wait-then-fail', undefined],
    [500, 'E0000009', 'reconcile', undefined],
    [503, 'E0000010', 'wait-then-abort', 'org-unavailable'],
    [400, 'invalid_client', 'abort', 'credentials'],
    [400, 'invalid_scope', 'abort', 'permission'],
  ] as const)('%i %s is %s', (status, code, disposition, stop) => {
    const effect = status === 500 ? 'possible' : 'none';
    expect(decideOn(okta(status, code, { effect }))).toMatchObject({ disposition, stop });
  });

  test('an outage of the directory agent names its agent', () => {
    expect(decideOn(okta(502, 'E0000240', { effect: 'possible' }))).toEqual({
      disposition: 'reconcile',
      stop: undefined,
      agent: 'directory',
    });
    expect(decideOn(okta(504, 'E0000241'))).toMatchObject({
      disposition: 'fail',
      agent: 'directory',
    });
  });

  test.each([
    [302, 'possible', 'abort'],
    [401, 'none', 'abort'],
    [403, 'none', 'fail-or-abort'],
    [403, 'possible', 'reconcile'],
    [404, 'none', 'skip'],
    [407, 'none', 'abort'],
    [409, 'none', 'wait-then-fail'],
    [411, 'none', 'abort'],
    [418, 'none', 'fail-or-abort'],
    [429, 'none', 'wait'],
    [500, 'possible', 'reconcile'],
    [501, 'none', 'wait-then-abort'],
    [503, 'possible', 'reconcile'],
  ] as const)('HTTP %i without a known code and effect %s is %s', (status, effect, disposition) => {
    expect(dispositionOf(okta(status, undefined, { effect }))).toBe(disposition);
    expect(dispositionOf(okta(status, 'E0999999', { effect }))).toBe(disposition);
  });

  /** What a status means that comes without a code: by itself, and for a call that might have taken effect. */
  const BY_STATUS: readonly (readonly [statuses: string, none: string, possible: string])[] = [
    ['429', 'wait', 'wait'],
    ['401', 'abort credentials', 'abort credentials'],
    ['300 302 399 407', 'abort org-unavailable', 'abort org-unavailable'],
    ['500 501 502 503 504 520 599', 'wait-then-abort org-unavailable', 'reconcile'],
    ['403', 'fail-or-abort permission', 'reconcile'],
    ['404 410', 'skip', 'reconcile'],
    ['409 423', 'wait-then-fail', 'reconcile'],
    ['405 406 411 413 414 415 431', 'abort our-bug', 'reconcile'],
    ['400 402 408 412 416 418 422 499', 'fail-or-abort our-bug', 'reconcile'],
  ];

  test.each(BY_STATUS)(
    'HTTP %s without a code: %s, or after an effect: %s',
    (statuses, ...told) => {
      for (const status of statuses.split(' ').map(Number))
        for (const [at, effect] of (['none', 'possible'] as const).entries()) {
          const { disposition, stop, agent } = decideOn(okta(status, undefined, { effect }));
          const words = [disposition, ...(stop === undefined ? [] : [stop])].join(' ');
          expect([status, effect, words, agent]).toEqual([status, effect, told[at], undefined]);
        }
    },
  );

  test('a 2xx without a code is looked up, unless a page came that every call would get', () => {
    for (const status of [200, 202, 299]) {
      expect(decideOn(okta(status))).toEqual({
        ...{ disposition: 'reconcile', stop: undefined, agent: undefined },
      });
      for (const page of ['', 'Sign in'])
        expect(decideOn(okta(status, undefined, { page }))).toMatchObject({
          ...{ disposition: 'abort', stop: 'org-unavailable' },
        });
    }
    expect(decideOn(okta(200, 'E0000007')).disposition).toBe('skip');
  });

  test('a connection that sent nothing is the org’s, unless its code says more', () => {
    const of = (code: string) => {
      const { disposition, stop } = decideOn(transport(code, 'none'));
      return [disposition, stop];
    };
    for (const code of [
      'UND_ERR_SOCKET',
      'ECONNRESET',
      'ETIMEDOUT',
      'ECONNREFUSED',
      'SOMETHING_NEW',
    ])
      expect([code, ...of(code)]).toEqual([code, 'wait-then-abort', 'org-unavailable']);
    const entry = findErrorEntry('CERT_HAS_EXPIRED');
    expect(of('CERT_HAS_EXPIRED')).toEqual(['abort', entry?.stop]);
    expect(of('TOKEN_RENEWED')).toEqual(['wait', undefined]);
  });

  test('a throttle waits, a missing scope ends the run', () => {
    const throttle = { kind: 'recipient', waitMs: 6000 } as const;
    expect(dispositionOf(okta(429, 'E0000118', { throttle }))).toBe('wait');
    expect(decideOn(okta(403, 'E0000006', { insufficientScope: true }))).toMatchObject({
      disposition: 'abort',
      stop: 'permission',
    });
  });

  test('a broken connection is decided by what it might have done', () => {
    expect(dispositionOf(transport('UND_ERR_SOCKET', 'possible'))).toBe('reconcile');
    expect(dispositionOf(transport('UND_ERR_SOCKET', 'none'))).toBe('wait-then-abort');
    expect(dispositionOf(transport('UND_ERR_SOCKET', 'certain'))).toBe('reissue');
    expect(dispositionOf(transport('ECONNREFUSED', 'none'))).toBe('wait-then-abort');
    expect(dispositionOf(transport('TOKEN_RENEWED', 'none'))).toBe('wait');
    expect(dispositionOf(transport('CERT_HAS_EXPIRED', 'none'))).toBe('abort');
    expect(dispositionOf(transport('SOMETHING_NEW', 'none'))).toBe('wait-then-abort');
    const lost = {
      kind: 'answer',
      status: 200,
      message: '',
      requestId: undefined,
      effect: 'certain',
    } as const;
    expect(dispositionOf(lost)).toBe('reissue');
  });
});
