/** The tables of actions and steps compared with what Okta documents for each call, and the order in which calls leave. */
import { describe, expect, test } from '@jest/globals';
import {
  ACTION_NAMES,
  ACTIONS,
  actionOf,
  isBound,
  isSameAction,
  mailsUsers,
  mainStepOf,
  producesSecrets,
  stepsOf,
  type Action,
  type ActionSpec,
} from '../../src/domain/plan/action.ts';
import { changesUser, isStep, stepCall, STEPS, type Step } from '../../src/domain/plan/step.ts';
import { USER_STATUSES } from '../../src/domain/org/user.ts';

const spec = (action: Action, more: Partial<ActionSpec> = {}): ActionSpec => ({
  ...{ action, sendEmail: true, revokeSessions: false, revokeTokens: false },
  ...{ order: 'password-first', ...more },
});

/** What Okta documents: the call, its event in the System Log, the permission of a custom role, whether a repeat is harmless. */
const DOCUMENTED: Readonly<Record<Step, readonly [string, string, string, boolean]>> = {
  'revoke-tokens': [
    'DELETE /api/v1/users/{id}/sessions?oauthTokens=true',
    'user.session.clear',
    'okta.users.lifecycle.clearSessions',
    true,
  ],
  'revoke-sessions': [
    'DELETE /api/v1/users/{id}/sessions',
    'user.session.clear',
    'okta.users.lifecycle.clearSessions',
    true,
  ],
  'end-sessions': [
    'DELETE /api/v1/users/{id}/sessions?forgetDevices=true',
    'user.session.clear',
    'okta.users.lifecycle.clearSessions',
    true,
  ],
  'end-tokens': [
    'DELETE /api/v1/users/{id}/sessions?oauthTokens=true&forgetDevices=true',
    'user.session.clear',
    'okta.users.lifecycle.clearSessions',
    true,
  ],
  'reset-factors': [
    'POST /api/v1/users/{id}/lifecycle/reset_factors',
    'user.mfa.factor.reset_all',
    'okta.users.credentials.resetFactors',
    false,
  ],
  'reset-password': [
    'POST /api/v1/users/{id}/lifecycle/reset_password?sendEmail=true',
    'user.account.reset_password',
    'okta.users.credentials.resetPassword',
    false,
  ],
  'temp-password': [
    'POST /api/v1/users/{id}/lifecycle/expire_password?tempPassword=true',
    'user.account.update_password',
    'okta.users.credentials.expirePassword',
    false,
  ],
  'temp-password-split': [
    'POST /api/v1/users/{id}/lifecycle/expire_password_with_temp_password',
    'user.account.update_password',
    'okta.users.credentials.expirePassword',
    false,
  ],
  'expire-password': [
    'POST /api/v1/users/{id}/lifecycle/expire_password',
    'user.account.expire_password',
    'okta.users.credentials.expirePassword',
    false,
  ],
  suspend: [
    'POST /api/v1/users/{id}/lifecycle/suspend',
    'user.lifecycle.suspend',
    'okta.users.lifecycle.suspend',
    false,
  ],
  unsuspend: [
    'POST /api/v1/users/{id}/lifecycle/unsuspend',
    'user.lifecycle.unsuspend',
    'okta.users.lifecycle.unsuspend',
    false,
  ],
  unlock: [
    'POST /api/v1/users/{id}/lifecycle/unlock',
    'user.account.unlock_by_admin',
    'okta.users.lifecycle.unlock',
    false,
  ],
  reactivate: [
    'POST /api/v1/users/{id}/lifecycle/reactivate?sendEmail=true',
    'user.lifecycle.reactivate',
    'okta.users.lifecycle.activate',
    false,
  ],
};

const STEP_NAMES = Object.keys(STEPS) as Step[];

describe('a step', () => {
  test.each(STEP_NAMES)('%s is called, logged and allowed as Okta documents it', (step) => {
    const { event, permission, repeatable } = STEPS[step];
    const call = stepCall(step, spec('reset-password'));
    expect([call, event, permission, repeatable]).toEqual(DOCUMENTED[step]);
    expect(changesUser(step)).toBe(!repeatable);
  });

  test('is recognized by its name, and not by a name that every object has', () => {
    expect(STEP_NAMES.every(isStep)).toBe(true);
    expect(['', 'constructor', 'Suspend', 7, undefined].some(isStep)).toBe(false);
  });

  test('shows its effect in the status it leads to, in the password, in the factors, or nowhere', () => {
    const proofs = STEP_NAMES.map((step) => {
      const { proof } = STEPS[step];
      return [step, proof.kind === 'status' ? proof.statuses : proof.kind];
    });
    expect(Object.fromEntries(proofs)).toEqual({
      ...{ 'revoke-tokens': 'nothing', 'revoke-sessions': 'nothing' },
      ...{ 'end-sessions': 'nothing', 'end-tokens': 'nothing', reactivate: 'nothing' },
      'reset-factors': 'factors',
      'reset-password': ['RECOVERY', 'PROVISIONED'],
      ...{ 'temp-password': 'password', 'temp-password-split': 'password' },
      'expire-password': ['PASSWORD_EXPIRED'],
      suspend: ['SUSPENDED'],
      unsuspend: ['ACTIVE', 'PASSWORD_EXPIRED', 'LOCKED_OUT', 'RECOVERY'],
      unlock: ['ACTIVE', 'PASSWORD_EXPIRED', 'RECOVERY'],
    });
  });

  test('is refused because of a user’s state with codes that Okta gives for it', () => {
    const codes = Object.fromEntries(STEP_NAMES.map((step) => [step, STEPS[step].stateCodes]));
    const password = ['E0000017', 'E0000038'];
    expect(codes).toEqual({
      ...{ 'revoke-tokens': [], 'revoke-sessions': [], 'end-sessions': [], 'end-tokens': [] },
      'reset-factors': ['E0000038', 'E0000017'],
      ...{ 'reset-password': password, 'temp-password': password },
      ...{ 'temp-password-split': password, 'expire-password': password },
      ...{ suspend: ['E0000001', 'E0000038'], unsuspend: ['E0000001', 'E0000038'] },
      unlock: ['E0000032', 'E0000038'],
      reactivate: ['E0000038', 'E0000016'],
    });
  });

  test('for suspending and reactivating needs a larger role than the help desk', () => {
    const large: readonly Step[] = ['suspend', 'unsuspend', 'reactivate'];
    const roles = ['USER_ADMIN', 'ORG_ADMIN', 'SUPER_ADMIN'];
    for (const step of STEP_NAMES)
      expect([step, STEPS[step].roles]).toEqual([
        step,
        large.includes(step) ? roles : ['HELP_DESK_ADMIN', ...roles],
      ]);
  });

  test('changes the password, or leaves a status that another step depends on', () => {
    const of = STEP_NAMES.map((step) => [step, STEPS[step].touchesPassword, STEPS[step].leaves]);
    expect(of.filter(([, touches, leaves]) => touches === true || leaves !== undefined)).toEqual([
      ['reset-password', true, 'RECOVERY'],
      ['temp-password', true, 'PASSWORD_EXPIRED'],
      ['temp-password-split', true, 'PASSWORD_EXPIRED'],
      ['expire-password', true, 'PASSWORD_EXPIRED'],
    ]);
  });

  test('is left out for a status only if it resets factors, and returns a secret only with a password', () => {
    const left = STEP_NAMES.filter((step) => STEPS[step].leftOut !== undefined);
    expect([left, STEPS['reset-factors'].leftOut]).toEqual([
      ['reset-factors'],
      { reason: 'factors-kept', unless: ['ACTIVE', 'PASSWORD_EXPIRED', 'SUSPENDED'] },
    ]);
    const terms = { sendEmail: false, revokeSessions: true };
    const brings = STEP_NAMES.flatMap((step) => {
      const secret = STEPS[step].brings(terms);
      return secret === undefined ? [] : [[step, secret]];
    });
    expect(brings).toEqual([
      ['reset-password', 'reset-link'],
      ['temp-password', 'temp-password'],
      ['temp-password-split', 'temp-password'],
    ]);
  });

  test('sends the options of the run only with the calls that take them', () => {
    const queries = (sendEmail: boolean, revokeSessions: boolean) =>
      Object.fromEntries(
        STEP_NAMES.map((step) => [step, STEPS[step].query({ sendEmail, revokeSessions })] as const),
      );
    expect(queries(false, true)).toEqual({
      ...{ 'revoke-tokens': '?oauthTokens=true', 'revoke-sessions': '' },
      'end-sessions': '?forgetDevices=true',
      'end-tokens': '?oauthTokens=true&forgetDevices=true',
      'reset-password': '?sendEmail=false&revokeSessions=true',
      'temp-password': '?tempPassword=true',
      'temp-password-split': '?revokeSessions=true',
      ...{ 'reset-factors': '', 'expire-password': '', suspend: '', unsuspend: '', unlock: '' },
      reactivate: '?sendEmail=true',
    });
    expect(queries(true, false)).toMatchObject({
      ...{ 'reset-password': '?sendEmail=true', 'temp-password-split': '' },
    });
  });
});

describe('the calls of an action', () => {
  const calls = (action: Action, more: Partial<ActionSpec> = {}) => stepsOf(spec(action, more));
  const sessions = { revokeSessions: true };
  const tokens = { revokeTokens: true };
  const factors = { resetFactors: true };

  test.each<[Action, Partial<ActionSpec>, readonly Step[]]>([
    ['reset-password', {}, ['reset-password']],
    // Its own parameter ends the sessions.
    ['reset-password', sessions, ['reset-password']],
    ['reset-password', tokens, ['reset-password', 'end-tokens']],
    ['reset-password', factors, ['reset-factors', 'reset-password']],
    [
      'reset-password',
      { ...sessions, ...tokens, ...factors },
      ['reset-factors', 'reset-password', 'end-tokens'],
    ],
    ['temp-password', {}, ['temp-password']],
    ['temp-password', sessions, ['temp-password-split']],
    ['temp-password', factors, ['temp-password', 'reset-factors']],
    ['temp-password', tokens, ['temp-password', 'end-tokens']],
    ['expire-password', sessions, ['expire-password', 'end-sessions']],
    ['expire-password', { ...tokens, ...sessions }, ['expire-password', 'end-tokens']],
    [
      'expire-password',
      { ...factors, ...sessions },
      ['expire-password', 'reset-factors', 'end-sessions'],
    ],
    ['end-sessions', {}, ['end-sessions']],
    ['revoke-tokens', {}, ['end-tokens']],
    ['reset-factors', {}, ['reset-factors']],
    ['suspend', {}, ['suspend']],
    // Plans of 0.1.0 end sessions first, by calls that do not mention devices.
    ['reset-password', { ...tokens, order: undefined }, ['revoke-tokens', 'reset-password']],
    ['expire-password', { ...sessions, order: undefined }, ['revoke-sessions', 'expire-password']],
    ['expire-password', { order: undefined }, ['expire-password']],
  ])('%s with %j: %j', (action, more, steps) => {
    expect(calls(action, more)).toEqual(steps);
  });

  test('say in their query what they end and whether a link is emailed', () => {
    const call = (action: Action, more: Partial<ActionSpec>) => {
      const asked = spec(action, more);
      return stepCall(mainStepOf(asked), asked).split('/').at(-1);
    };
    expect(call('reset-password', { sendEmail: false })).toBe('reset_password?sendEmail=false');
    expect(call('reset-password', sessions)).toBe(
      'reset_password?sendEmail=true&revokeSessions=true',
    );
    expect(call('temp-password', sessions)).toBe(
      'expire_password_with_temp_password?revokeSessions=true',
    );
  });

  test('return what only the admin is allowed to see, or are emailed', () => {
    const brings = (action: Action, sendEmail: boolean) => {
      const asked = spec(action, { sendEmail });
      return STEPS[mainStepOf(asked)].brings(asked);
    };
    const secrets = ACTION_NAMES.filter((action) => producesSecrets(spec(action)));
    expect(secrets).toEqual(['temp-password']);
    expect(brings('temp-password', true)).toBe('temp-password');
    expect([brings('reset-password', false), brings('reset-password', true)]).toEqual([
      'reset-link',
      undefined,
    ]);
    expect(ACTION_NAMES.filter((action) => mailsUsers(spec(action)))).toEqual([
      'reset-password',
      'reactivate',
    ]);
    expect(mailsUsers(spec('reset-password', { sendEmail: false }))).toBe(false);
  });

  test('allow no stop between removed factors and the password', () => {
    const bound = STEP_NAMES.filter((next) => isBound('reset-factors', next));
    expect(bound).toEqual([
      ...['reset-password', 'temp-password', 'temp-password-split', 'expire-password'],
    ]);
    expect([isBound('reset-factors', undefined), isBound(undefined, 'reset-password')]).toEqual([
      false,
      false,
    ]);
    expect(isBound('suspend', 'reset-password')).toBe(false);
  });
});

describe('an action', () => {
  test('is found by its step', () => {
    for (const action of ACTION_NAMES) expect(actionOf(mainStepOf(spec(action)))).toBe(action);
    expect(actionOf('temp-password-split')).toBeUndefined();
  });

  test('is a different one if the link is emailed in one and sealed in the other, and only then', () => {
    const [mailed, sealed] = [
      spec('reset-password'),
      spec('reset-password', { sendEmail: false }),
    ] as const;
    expect([isSameAction(mailed, mailed), isSameAction(mailed, sealed)]).toEqual([true, false]);
    expect(isSameAction(mailed, spec('expire-password'))).toBe(false);
    const quiet = spec('expire-password', { sendEmail: false });
    expect(isSameAction(quiet, spec('expire-password'))).toBe(true);
    expect(isSameAction(mailed, spec('reset-password', { revokeTokens: true }))).toBe(true);
  });

  test.each<[Action, readonly string[]]>([
    ['reset-password', ['ACTIVE', 'PASSWORD_EXPIRED', 'LOCKED_OUT']],
    ['temp-password', ['ACTIVE', 'PASSWORD_EXPIRED', 'LOCKED_OUT', 'RECOVERY']],
    ['expire-password', ['ACTIVE', 'PASSWORD_EXPIRED', 'LOCKED_OUT']],
    ['end-sessions', USER_STATUSES.filter((status) => status !== 'DEPROVISIONED')],
    ['revoke-tokens', USER_STATUSES.filter((status) => status !== 'DEPROVISIONED')],
    ['suspend', ['ACTIVE']],
    ['reset-factors', ['ACTIVE', 'PASSWORD_EXPIRED', 'SUSPENDED']],
    ['unsuspend', ['SUSPENDED']],
    ['unlock', ['LOCKED_OUT']],
    ['reactivate', ['PROVISIONED']],
  ])('%s acts on users who are %j, and says why it skips each other status', (action, taken) => {
    const { statuses, otherStatuses } = ACTIONS[action];
    expect([...statuses].sort()).toEqual([...taken].sort());
    for (const status of USER_STATUSES.filter((each) => !taken.includes(each)))
      expect([status, otherStatuses[status]?.detail]).toEqual([status, expect.any(String)]);
  });

  test('on passwords acts on Okta’s own users only; containing acts on users of every provider', () => {
    const providers = Object.fromEntries(
      ACTION_NAMES.map((action) => [action, ACTIONS[action].providers]),
    );
    const own = ['OKTA', 'IMPORT'];
    expect(providers).toEqual({
      ...{ 'reset-password': own, 'temp-password': own, 'expire-password': own },
      ...{ 'end-sessions': 'every', 'revoke-tokens': 'every', suspend: 'every' },
      ...{ 'reset-factors': 'every', unsuspend: 'every', reactivate: 'every' },
      unlock: ['OKTA', 'IMPORT', 'FEDERATION', 'SOCIAL'],
    });
  });

  test('skips some users for a reason that has its own name', () => {
    const reason = (action: Action, status: string) =>
      ACTIONS[action].otherStatuses[status]?.reason;
    expect(reason('suspend', 'SUSPENDED')).toBe('already-suspended');
    expect(reason('reset-password', 'RECOVERY')).toBe('already-in-recovery');
    expect(reason('unsuspend', 'ACTIVE')).toBe('not-suspended');
    expect(reason('unlock', 'ACTIVE')).toBe('not-locked-out');
    expect(reason('reactivate', 'ACTIVE')).toBe('already-activated');
    expect(reason('reactivate', 'STAGED')).toBeUndefined();
  });

  test('asks about one user in the singular', () => {
    const ask = (action: Action, count: number) => ACTIONS[action].ask(count, 'X');
    expect([ask('temp-password', 1), ask('temp-password', 2)]).toEqual([
      'Give a temporary password to X',
      'Give temporary passwords to X',
    ]);
    expect([ask('reactivate', 1), ask('reactivate', 2)]).toEqual([
      'Email a new activation link to X',
      'Email new activation links to X',
    ]);
    expect([ask('expire-password', 1), ask('expire-password', 2)]).toEqual([
      'Expire the password of X',
      'Expire the passwords of X',
    ]);
  });
});
