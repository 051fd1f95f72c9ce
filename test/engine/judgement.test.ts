import { describe, expect, test } from '@jest/globals';
import type { Step } from '../../src/domain/plan/step.ts';
import type { User } from '../../src/domain/org/user.ts';
import { judge } from '../../src/engine/doubt/judgement.ts';
import type { Judgement } from '../../src/engine/doubt/judgement.ts';
import { idOf } from './model-org.ts';

const T0 = 1_700_000_000_500;
const LONG_AGO = T0 - 86_400_000;

type State = readonly [status: string, statusChangedMs?: number, passwordChangedMs?: number];

function judged(step: Step, before: State | undefined, after: State): Judgement {
  const user: User = {
    id: idOf(1),
    status: after[0],
    login: 'x',
    email: undefined,
    secondEmail: undefined,
    providerType: 'OKTA',
    providerName: undefined,
    statusChangedMs: after[1],
    passwordChangedMs: after[2],
    raw: {},
  };
  return judge(
    {
      step,
      attempt: 1,
      serverTimeMs: T0,
      before: {
        status: before?.[0],
        statusChangedMs: before?.[1],
        passwordChangedMs: before?.[2],
      },
    },
    { user },
  );
}

const ACTIVE: State = ['ACTIVE', LONG_AGO, LONG_AGO];
const RECOVERY: State = ['RECOVERY', LONG_AGO, LONG_AGO];
const EXPIRED: State = ['PASSWORD_EXPIRED', LONG_AGO, LONG_AGO];

const TABLE: readonly (readonly [Judgement, Step, string, State | undefined, State])[] = [
  ['applied', 'reset-password', 'RECOVERY since', ACTIVE, ['RECOVERY', T0 + 200, LONG_AGO]],
  [
    'applied',
    'reset-password',
    'RECOVERY in the same second',
    ACTIVE,
    ['RECOVERY', T0 - 500, LONG_AGO],
  ],
  [
    'applied',
    'reset-password',
    'RECOVERY exactly a second before',
    ACTIVE,
    ['RECOVERY', T0 - 1000, LONG_AGO],
  ],
  [
    'undecided',
    'reset-password',
    'RECOVERY longer before',
    ACTIVE,
    ['RECOVERY', T0 - 1001, LONG_AGO],
  ],
  [
    'applied',
    'reset-password',
    'PROVISIONED since',
    ['PROVISIONED', LONG_AGO],
    ['PROVISIONED', T0],
  ],
  ['applied', 'reset-password', 'the user has finished', ACTIVE, ['ACTIVE', T0 + 9000, T0 + 9000]],
  [
    'applied',
    'reset-password',
    'the user has finished, after a resend',
    RECOVERY,
    ['ACTIVE', T0 + 9000, T0 + 9000],
  ],
  ['not-applied', 'reset-password', 'nothing moved', ACTIVE, ACTIVE],
  ['not-applied', 'reset-password', 'nothing moved, without lookup', undefined, ACTIVE],
  [
    'not-applied',
    'reset-password',
    'LOCKED_OUT as before',
    ['LOCKED_OUT', LONG_AGO],
    ['LOCKED_OUT', LONG_AGO],
  ],
  [
    'not-applied',
    'reset-password',
    'activated within the same second before',
    ['ACTIVE', T0 - 500, T0 - 500],
    ['ACTIVE', T0 - 500, T0 - 500],
  ],
  ['undecided', 'reset-password', 'RECOVERY as before', RECOVERY, RECOVERY],
  [
    'undecided',
    'reset-password',
    'RECOVERY as before, within the same second',
    ['RECOVERY', T0 - 500, LONG_AGO],
    ['RECOVERY', T0 - 500, LONG_AGO],
  ],
  ['undecided', 'reset-password', 'RECOVERY, without lookup', undefined, RECOVERY],
  ['undecided', 'reset-password', 'suspended since', ACTIVE, ['SUSPENDED', T0 + 9000, LONG_AGO]],
  [
    'undecided',
    'reset-password',
    'a status nobody documented',
    ACTIVE,
    ['FROZEN', T0 + 10, LONG_AGO],
  ],
  ['not-applied', 'reset-password', 'no times at all', ['ACTIVE'], ['ACTIVE']],
  ['applied', 'expire-password', 'expired since', ACTIVE, ['PASSWORD_EXPIRED', T0, LONG_AGO]],
  ['undecided', 'expire-password', 'expired as before', EXPIRED, EXPIRED],
  ['not-applied', 'expire-password', 'nothing moved', ACTIVE, ACTIVE],
  ['applied', 'expire-password', 'the user has set a new one', ACTIVE, ['ACTIVE', T0 + 1, T0 + 1]],
  ['applied', 'temp-password', 'a password set since', ACTIVE, ['PASSWORD_EXPIRED', T0, T0]],
  [
    'applied',
    'temp-password-split',
    'a password set since, expired before',
    EXPIRED,
    ['PASSWORD_EXPIRED', LONG_AGO, T0],
  ],
  [
    'undecided',
    'temp-password-split',
    'a password set in this second, by the attempt before',
    ['PASSWORD_EXPIRED', T0 - 500, T0 - 500],
    ['PASSWORD_EXPIRED', T0 - 500, T0 - 500],
  ],
  [
    'expired-only',
    'temp-password',
    'expired since, no password set',
    ACTIVE,
    ['PASSWORD_EXPIRED', T0, LONG_AGO],
  ],
  ['not-applied', 'temp-password', 'nothing moved', ACTIVE, ACTIVE],
  ['not-applied', 'temp-password', 'nothing moved, expired before', EXPIRED, EXPIRED],
  ['undecided', 'revoke-tokens', 'sessions do not show', ACTIVE, ACTIVE],
];

describe('what a user’s state says about an attempt', () => {
  test.each(TABLE)('%s: %s, %s', (expected, step, _why, before, after) => {
    expect(judged(step, before, after)).toBe(expected);
  });
});

describe('what a user’s factors say about their removal', () => {
  const person = { id: idOf(1), login: 'x', email: undefined, secondEmail: undefined, raw: {} };
  const user: User = {
    ...{ ...person, status: 'ACTIVE', providerType: 'OKTA', providerName: undefined },
    ...{ statusChangedMs: LONG_AGO, passwordChangedMs: LONG_AGO },
  };
  const mark = {
    ...({ step: 'reset-factors', attempt: 1, serverTimeMs: T0 } as const),
    before: { status: 'ACTIVE', statusChangedMs: LONG_AGO, passwordChangedMs: LONG_AGO },
  };
  const old = { type: 'push', enrolledMs: LONG_AGO };
  const fresh = { type: 'sms', enrolledMs: T0 - 1000 };
  const undated = { type: 'question', enrolledMs: undefined };
  const byOkta = { type: 'email', enrolledMs: LONG_AGO };

  test.each<
    [Judgement, string, readonly { type: string; enrolledMs: number | undefined }[] | undefined]
  >([
    ['undecided', 'none were read', undefined],
    ['applied', 'there are none', []],
    ['not-applied', 'one is older than the attempt', [old]],
    ['not-applied', 'one is older, by a moment', [{ ...fresh, enrolledMs: T0 - 1001 }]],
    ['not-applied', 'one of several is older', [fresh, old]],
    ['applied', 'all are newer, to the second', [fresh, { ...fresh, enrolledMs: T0 + 5 }]],
    ['undecided', 'one has no date', [undated]],
    ['undecided', 'one of several has no date', [old, undated]],
    ['applied', 'Okta has enrolled the email address', [byOkta]],
    ['not-applied', 'another one is older', [byOkta, old]],
    ['applied', 'the email address has no date', [{ ...byOkta, enrolledMs: undefined }]],
  ])('%s: %s', (expected, _why, factors) => {
    const shown = factors === undefined ? { user } : { user, factors: factors as never };
    expect(judge(mark, shown)).toBe(expected);
  });

  test('a new password says nothing about them', () => {
    const renewed = { ...user, status: 'RECOVERY', statusChangedMs: T0, passwordChangedMs: T0 };
    expect(judge(mark, { user: renewed, factors: [old] as never })).toBe('not-applied');
    expect(judge(mark, { user: renewed })).toBe('undecided');
  });
});
