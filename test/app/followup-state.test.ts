import { describe, expect, test } from '@jest/globals';
import {
  FOLLOWUP_STATES,
  hasComeBack,
  RESENDABLE,
  standingOf,
  STUCK_STATES,
  type ResetFacts,
} from '../../src/app/followup/followup-state.ts';
import type { Action } from '../../src/domain/plan/action.ts';
import { parseUserId } from '../../src/domain/org/user-id.ts';
import type { User } from '../../src/domain/org/user.ts';

const RESET_MS = 1_000_000;
const HOUR_MS = 3_600_000;
const BEFORE = { status: 'ACTIVE', statusChangedMs: 5000, passwordChangedMs: 4000 };

function reset(action: Action, before: ResetFacts['before'] = BEFORE): ResetFacts {
  const spec = { action, sendEmail: true, revokeSessions: false, revokeTokens: false };
  return { spec, resetMs: RESET_MS, before };
}

function user(status: string, statusChangedMs = RESET_MS, passwordChangedMs = 4000): User {
  return {
    id: parseUserId('00u00000000000000001')!,
    status,
    login: 'a@b',
    email: undefined,
    secondEmail: undefined,
    providerType: 'OKTA',
    providerName: undefined,
    statusChangedMs,
    passwordChangedMs,
    raw: {},
  };
}

function state(
  facts: ResetFacts,
  seen: User | undefined,
  afterMs = 0,
  bouncedMs?: number,
  linkUsedMs?: number,
) {
  const now = { nowMs: RESET_MS + afterMs, lifetimeMs: HOUR_MS, bouncedMs, linkUsedMs };
  return standingOf(facts, seen, now);
}

describe('after reset-password', () => {
  const facts = reset('reset-password');

  test('a link is valid for its lifetime, to the millisecond', () => {
    expect(state(facts, user('RECOVERY'), HOUR_MS - 1).state).toBe('waiting');
    expect(state(facts, user('RECOVERY'), HOUR_MS)).toEqual({
      state: 'link-dead',
      linkDiesMs: RESET_MS + HOUR_MS,
    });
  });

  test.each(['RECOVERY', 'PROVISIONED'])('a user in %s has a link', (status) => {
    expect(state(facts, user(status))).toEqual({
      ...{ state: 'waiting', linkDiesMs: RESET_MS + HOUR_MS },
    });
  });

  test('a repeated reset makes a new link although statusChanged stays the same', () => {
    const before = { ...BEFORE, status: 'RECOVERY', statusChangedMs: 5000 };
    const again = state(reset('reset-password', before), user('RECOVERY', 5000), HOUR_MS / 2);
    expect(again.state).toBe('waiting');
  });

  test('a link whose time the org does not show was made by the reset', () => {
    const seen = { ...user('RECOVERY'), statusChangedMs: undefined };
    expect(state(facts, seen).linkDiesMs).toBe(RESET_MS + HOUR_MS);
  });

  test('a user whose password has expired waits, or the email bounced, or nothing happened', () => {
    const expired = { ...BEFORE, status: 'PASSWORD_EXPIRED' };
    const before = reset('reset-password', expired);
    expect(state(before, user('PASSWORD_EXPIRED', 5000)).state).toBe('no-trace');
    expect(state(before, user('PASSWORD_EXPIRED')).state).toBe('waiting');
    expect(state(facts, user('PASSWORD_EXPIRED', 5000)).state).toBe('waiting');
    const bounced = state(facts, user('PASSWORD_EXPIRED'), 0, RESET_MS);
    expect(bounced).toEqual({ state: 'bounced', linkDiesMs: undefined });
  });

  test('a user who is active again has finished; one who never left is distinguished', () => {
    expect(state(facts, user('ACTIVE', RESET_MS + 9, RESET_MS + 9)).state).toBe('finished');
    expect(state(facts, user('ACTIVE', 5000)).state).toBe('no-trace');
  });

  test('only a user with the same status and both times unchanged has no trace', () => {
    const seen = (before: Partial<ResetFacts['before']>) =>
      state(reset('reset-password', { ...BEFORE, ...before }), user('ACTIVE', 5000)).state;
    expect(seen({})).toBe('no-trace');
    expect(seen({ status: 'LOCKED_OUT' })).toBe('finished');
    expect(seen({ statusChangedMs: 4999 })).toBe('finished');
    expect(seen({ passwordChangedMs: 3999 })).toBe('finished');
    const unseen = reset('reset-password', { ...BEFORE, statusChangedMs: undefined });
    expect(state(unseen, { ...user('ACTIVE'), statusChangedMs: undefined }).state).toBe('finished');
  });

  test('a locked-out user has finished only if the password changed after the reset', () => {
    expect(state(facts, user('LOCKED_OUT', RESET_MS + 9, RESET_MS + 5)).state).toBe('finished');
    expect(state(facts, user('LOCKED_OUT', RESET_MS + 9)).state).toBe('waiting');
    const never = { ...user('LOCKED_OUT', RESET_MS + 9), passwordChangedMs: undefined };
    expect(state(facts, never).state).toBe('waiting');
    expect(state(facts, user('LOCKED_OUT', RESET_MS + 9, RESET_MS)).state).toBe('finished');
    expect(state(facts, user('LOCKED_OUT', RESET_MS + 9, RESET_MS - 1)).state).toBe('waiting');
    // The time of the password is later than the reset, but it is the one that the plan had seen.
    const later = reset('reset-password', { ...BEFORE, passwordChangedMs: RESET_MS + 5 });
    expect(state(later, user('LOCKED_OUT', RESET_MS + 9, RESET_MS + 5)).state).toBe('waiting');
  });

  test.each(['DEPROVISIONED', 'SUSPENDED', 'STAGED'])('%s is gone', (status) => {
    expect(state(facts, user(status)).state).toBe('gone');
  });

  test('so is a user who is not found', () => {
    expect(state(facts, undefined).state).toBe('gone');
  });

  test('an email that bounced before the reset says nothing; after it, it says more than the link', () => {
    expect(state(facts, user('RECOVERY'), 0, RESET_MS - 1).state).toBe('waiting');
    expect(state(facts, user('RECOVERY'), 2 * HOUR_MS, RESET_MS).state).toBe('bounced');
    expect(state(facts, user('ACTIVE', RESET_MS + 9), 0, RESET_MS).state).toBe('finished');
  });
});

test('a link that was opened after the reset is used up, even after it would have expired; before it, nothing', () => {
  const facts = reset('reset-password');
  const at = (usedMs: number, afterMs = 0, bouncedMs?: number) =>
    state(facts, user('RECOVERY'), afterMs, bouncedMs, usedMs).state;
  expect(at(RESET_MS)).toBe('link-used');
  expect(at(RESET_MS + 5, 2 * HOUR_MS)).toBe('link-used');
  expect(at(RESET_MS - 1)).toBe('waiting');
  expect(at(RESET_MS, 0, RESET_MS)).toBe('bounced');
  expect(
    state(facts, user('ACTIVE', RESET_MS + 9, RESET_MS + 9), 0, undefined, RESET_MS).state,
  ).toBe('finished');
});

test('a skipped user has come back if active with the password from before the plan', () => {
  const changed = (ms: number | undefined, status = 'ACTIVE') =>
    hasComeBack({ ...user(status), passwordChangedMs: ms }, RESET_MS);
  expect([changed(RESET_MS - 1), changed(undefined), changed(RESET_MS)]).toEqual([
    true,
    true,
    false,
  ]);
  expect([changed(1, 'SUSPENDED'), hasComeBack(undefined, RESET_MS)]).toEqual([false, false]);
});

describe('after temp-password and expire-password', () => {
  test.each(['temp-password', 'expire-password'] as const)('%s waits forever', (action) => {
    expect(state(reset(action), user('PASSWORD_EXPIRED'), 99 * HOUR_MS)).toEqual({
      state: 'waiting',
      linkDiesMs: undefined,
    });
    expect(state(reset(action), user('ACTIVE', RESET_MS + 5, RESET_MS + 5)).state).toBe('finished');
  });

  test('a user whose password had expired before and still has is waiting, not without trace', () => {
    const before = { ...BEFORE, status: 'PASSWORD_EXPIRED' };
    expect(state(reset('expire-password', before), user('PASSWORD_EXPIRED', 5000)).state).toBe(
      'waiting',
    );
  });
});

test('a resend takes users in any state but those who are done, gone or contained', () => {
  const left = FOLLOWUP_STATES.filter((one) => !(RESENDABLE as readonly string[]).includes(one));
  expect(left).toEqual(['finished', 'gone', 'contained']);
  expect(RESENDABLE).toHaveLength(FOLLOWUP_STATES.length - left.length);
  expect(RESENDABLE.slice(0, STUCK_STATES.length)).toEqual(STUCK_STATES);
});
