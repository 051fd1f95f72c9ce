import { expect, test } from '@jest/globals';
import type { ActionSpec } from '../../src/domain/plan/action.ts';
import { consentText, doesText } from '../../src/domain/plan/action.ts';

const spec = (more: Partial<ActionSpec>): ActionSpec => ({
  action: 'reset-password',
  sendEmail: true,
  revokeSessions: false,
  revokeTokens: false,
  ...more,
});

test.each([
  [spec({}), 307, 'Reset the passwords of 307 users on acme.okta.com. This cannot be undone.'],
  [spec({}), 1, 'Reset the password of 1 user on acme.okta.com. This cannot be undone.'],
  [
    spec({ revokeSessions: true }),
    307,
    'Reset the passwords of 307 users on acme.okta.com, and end their sessions. This cannot be undone.',
  ],
  [
    spec({ action: 'temp-password', revokeTokens: true }),
    12,
    'Give temporary passwords to 12 users on acme.okta.com, and end their sessions and OAuth tokens. This cannot be undone.',
  ],
  [
    spec({ action: 'expire-password' }),
    12,
    'Expire the passwords of 12 users on acme.okta.com. This cannot be undone.',
  ],
])('the question names what %j does to %d users', (asked, users, text) => {
  const who = `${users} ${users === 1 ? 'user' : 'users'} on acme.okta.com`;
  expect(consentText(asked, users, who)).toBe(text);
});

test.each([
  [spec({}), 'reset the password; the old one stops working at once'],
  [
    spec({ revokeSessions: true, revokeTokens: true, resetFactors: true }),
    'reset the password; the old one stops working at once; also remove all their MFA factors, and end their sessions and OAuth tokens',
  ],
])('what becomes of each user names all that %j does', (asked, text) => {
  expect(doesText(asked)).toBe(text);
});
