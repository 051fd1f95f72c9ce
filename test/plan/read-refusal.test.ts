import { expect, test } from '@jest/globals';
import { searchRefused } from '../../src/plan/lookup/read-refusal.ts';
import { okta } from './fake-org.ts';

test.each([
  [okta(400, 'E0000031'), true],
  [okta(400), true],
  [okta(400, 'E0000007'), false],
  [okta(500, 'E0000009'), true],
  [okta(500, 'E0000010'), false],
  [okta(500), false],
  [okta(503), false],
])('%j: a search that asks for less may pass: %s', (failure, refused) => {
  expect(searchRefused(failure)).toBe(refused);
});
