import { expect, test } from '@jest/globals';
import { containedStateOf } from '../../src/app/followup/contained-state.ts';
import type { User } from '../../src/domain/org/user.ts';

test.each([
  ['reset-factors', 'SUSPENDED', 'contained'],
  ['end-sessions', 'SUSPENDED', 'contained'],
  ['suspend', 'SUSPENDED', 'contained'],
  ['suspend', 'ACTIVE', 'lifted'],
  ['end-sessions', 'DEPROVISIONED', 'gone'],
] as const)('after %s, a user who is %s counts as %s', (action, status, state) => {
  const spec = { action, sendEmail: false, revokeSessions: false, revokeTokens: false };
  const user = { status, raw: {} } as User;
  expect(containedStateOf({ spec, doneMs: 1000, enrolledMs: undefined }, user)).toBe(state);
});
