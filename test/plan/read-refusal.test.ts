import { expect, test } from '@jest/globals';
import { isMissing, lengthRefused, searchRefused } from '../../src/plan/lookup/read-refusal.ts';
import { okta } from './fake-org.ts';

test.each([
  [okta(400, 'E0000031'), true],
  // Each of them names an expression that Okta cannot parse or run.
  ...['E0000001', 'E0000033', 'E0000053', 'E0000094'].map(
    (code) => [okta(400, code), true] as const,
  ),
  [okta(400), true],
  [okta(400, 'E0000007'), false],
  [okta(500, 'E0000009'), true],
  [okta(500, 'E0000010'), false],
  [okta(500), false],
  [okta(503), false],
])('%j: a search that asks for less might pass: %s', (failure, refused) => {
  expect(searchRefused(failure)).toBe(refused);
});

test('only Okta’s answer refuses a length or reports a missing user; an answer that is too large is too much at once', () => {
  const broken = { kind: 'transport', code: 'BODY_TOO_LARGE', status: 414 } as never;
  expect([searchRefused(broken), lengthRefused(broken), isMissing(broken)]).toEqual([
    true,
    false,
    false,
  ]);
  expect(searchRefused({ kind: 'transport', code: 'ECONNRESET', status: 400 } as never)).toBe(
    false,
  );
  expect(searchRefused({ kind: 'answer', status: 400 } as never)).toBe(false);
  expect([414, 431, 400].map((status) => lengthRefused(okta(status)))).toEqual([true, true, false]);
  expect(lengthRefused(okta(400, 'E0000256'))).toBe(true);
  expect(isMissing(okta(404, 'E0000007'))).toBe(true);
  expect([isMissing(okta(404, 'E0000008')), isMissing(okta(403))]).toEqual([false, false]);
});
