import { describe, expect, test } from '@jest/globals';
import { ACTION_NAMES, type Action } from '../../src/domain/plan/action.ts';
import type { PolicyOptions } from '../../src/domain/run/run-file.ts';
import { PROVIDER_TYPES, USER_STATUSES, type User } from '../../src/domain/org/user.ts';
import type { Verdict } from '../../src/domain/plan/verdict.ts';
import type { ProtectedUsers } from '../../src/plan/verdicts/protected-users.ts';
import { judge } from '../../src/plan/verdicts/judge.ts';
import { makeUser, userId, POLICY } from './fake-org.ts';

const NOBODY: ProtectedUsers = {
  principal: { kind: 'app', clientId: '0oa1' },
  admins: { kind: 'known', ids: new Set() },
  excluded: { kind: 'known', ids: new Set() },
};

interface Terms {
  readonly action?: Action;
  readonly policy?: Partial<PolicyOptions>;
  readonly protectedUsers?: Partial<ProtectedUsers>;
}

function verdictOn(over: Partial<User>, terms: Terms = {}): Verdict {
  return judge(
    { kind: 'found', user: makeUser(1, over) },
    {
      action: terms.action ?? 'reset-password',
      policy: { ...POLICY, ...terms.policy },
      protectedUsers: { ...NOBODY, ...terms.protectedUsers },
    },
  );
}

function reasonOf(over: Partial<User>, terms: Terms = {}): string {
  const verdict = verdictOn(over, terms);
  return verdict.kind === 'act' ? 'act' : verdict.reason;
}

const CONTAINED = {
  ...{ ACTIVE: 'act', PASSWORD_EXPIRED: 'act', LOCKED_OUT: 'act', RECOVERY: 'act' },
  ...{ STAGED: 'act', PROVISIONED: 'act', SUSPENDED: 'act' },
};

/** The verdict by status; `other` for a status that is not named, `status:…` without it. */
const OTHERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'end-sessions': CONTAINED,
  'revoke-tokens': CONTAINED,
  suspend: { ACTIVE: 'act', SUSPENDED: 'already-suspended' },
  'reset-factors': { ACTIVE: 'act', PASSWORD_EXPIRED: 'act', SUSPENDED: 'act' },
  unsuspend: { SUSPENDED: 'act', other: 'not-suspended' },
  unlock: { LOCKED_OUT: 'act', other: 'not-locked-out' },
  reactivate: {
    PROVISIONED: 'act',
    STAGED: 'status:STAGED',
    SUSPENDED: 'status:SUSPENDED',
    DEPROVISIONED: 'status:DEPROVISIONED',
    other: 'already-activated',
  },
};

describe('status × provider × action', () => {
  const eligible = new Set(['ACTIVE', 'PASSWORD_EXPIRED', 'LOCKED_OUT']);
  const cases = ACTION_NAMES.filter((action) => !Object.hasOwn(OTHERS, action)).flatMap((action) =>
    [...USER_STATUSES, 'ACTIVATING'].flatMap((status) =>
      [...PROVIDER_TYPES, 'PIGEON'].map((providerType) => ({ action, status, providerType })),
    ),
  );

  test.each(cases)('$action on $status, $providerType', ({ action, status, providerType }) => {
    const own = providerType === 'OKTA' || providerType === 'IMPORT';
    let expected = 'act';
    if (status !== 'RECOVERY' && !eligible.has(status)) expected = `status:${status}`;
    else if (!own) expected = `provider:${providerType}`;
    else if (status === 'RECOVERY' && action !== 'temp-password') expected = 'already-in-recovery';
    expect(reasonOf({ status, providerType }, { action })).toBe(expected);
  });
});

describe('status × provider × action, without the rule about passwords', () => {
  test.each(Object.entries(OTHERS))('%s', (action, byStatus) => {
    const statuses = [...USER_STATUSES, 'ACTIVATING'];
    const providers = [...PROVIDER_TYPES, 'PIGEON'];
    const seen = statuses.map((status) =>
      providers.map((providerType) =>
        reasonOf({ status, providerType }, { action: action as Action }),
      ),
    );
    const expected = statuses.map((status) =>
      providers.map((providerType) => {
        const reason = byStatus[status] ?? byStatus['other'] ?? `status:${status}`;
        const unknown = ['ACTIVE_DIRECTORY', 'LDAP', 'PIGEON'].includes(providerType);
        return reason === 'act' && action === 'unlock' && unknown
          ? `provider:${providerType}`
          : reason;
      }),
    );
    // An unknown one is skipped under its own name.
    expected[expected.length - 1] = providers.map(() => 'status:ACTIVATING');
    expect(seen).toEqual(expected);
  });
});

describe('flags', () => {
  test.each([
    ['--resend acts on RECOVERY', { status: 'RECOVERY' }, { resend: true }, 'act'],
    ['so does naming it', { status: 'RECOVERY' }, { includeStatus: ['RECOVERY'] }, 'act'],
    [
      '--resend lifts no provider',
      { status: 'RECOVERY', providerType: 'SOCIAL' },
      { resend: true },
      'provider:SOCIAL',
    ],
    [
      'a named status is acted on',
      { status: 'SUSPENDED' },
      { includeStatus: ['SUSPENDED'] },
      'act',
    ],
    ['and no other', { status: 'STAGED' }, { includeStatus: ['SUSPENDED'] }, 'status:STAGED'],
    [
      'a named provider is acted on',
      { providerType: 'FEDERATION' },
      { includeProvider: ['FEDERATION'] },
      'act',
    ],
    [
      'a named provider lifts no status',
      { providerType: 'LDAP', status: 'SUSPENDED' },
      { includeProvider: ['LDAP'] },
      'status:SUSPENDED',
    ],
    ['changed after --since', { passwordChangedMs: 501 }, { sinceMs: 500 }, 'changed-since'],
    ['changed at --since', { passwordChangedMs: 500 }, { sinceMs: 500 }, 'act'],
    ['never changed', { passwordChangedMs: undefined }, { sinceMs: 500 }, 'act'],
  ])('%s', (_name, user, policy, expected) => {
    expect(reasonOf(user, { policy })).toBe(expected);
  });
});

describe('protection', () => {
  const self: ProtectedUsers = {
    principal: { kind: 'user', id: userId(1), login: 'me' },
    admins: { kind: 'known', ids: new Set([userId(1)]) },
    excluded: NOBODY.excluded,
  };
  const admin: ProtectedUsers = { ...self, principal: NOBODY.principal };

  test('the caller is protected, whatever the flags say', () => {
    const policy = { includeAdmins: true, includeStatus: [...USER_STATUSES], resend: true };
    expect(reasonOf({}, { protectedUsers: self, policy })).toBe('protected:self');
  });

  test('admins are protected until a flag names them', () => {
    expect(reasonOf({}, { protectedUsers: admin })).toBe('protected:admin');
    expect(reasonOf({}, { protectedUsers: admin, policy: { includeAdmins: true } })).toBe('act');
  });

  test('members of excluded groups are protected, whatever the flags say', () => {
    const member: ProtectedUsers = {
      ...admin,
      excluded: { kind: 'unreadable', ids: new Set([userId(1)]), why: '403' },
    };
    const policy = { includeAdmins: true };
    expect(reasonOf({}, { protectedUsers: member, policy })).toBe('excluded');
  });

  test('those that could be read are protected even if the rest could not', () => {
    const partly: ProtectedUsers = {
      ...admin,
      admins: { kind: 'unreadable', ids: new Set([userId(1)]), why: '403' },
    };
    expect(reasonOf({}, { protectedUsers: partly })).toBe('protected:admin');
  });

  test('without a lookup ids are acted on, except the protected ones', () => {
    const terms = { action: 'reset-password', policy: { ...POLICY, lookup: false } } as const;
    const unread = { kind: 'unread', userId: userId(1) } as const;
    expect(judge(unread, { ...terms, protectedUsers: NOBODY })).toEqual({ kind: 'act' });
    expect(judge(unread, { ...terms, protectedUsers: self })).toMatchObject({
      reason: 'protected:self',
    });
    expect(judge(unread, { ...terms, protectedUsers: admin })).toMatchObject({
      reason: 'protected:admin',
    });
  });
});

describe('a skipped user has a reason, and a sentence where there is more to say', () => {
  const me = new Set([userId(1)]);

  test.each<readonly [reason: string, detail: string | undefined, Partial<User>, Terms]>([
    [
      'protected:self',
      'The credential belongs to this user.',
      {},
      { protectedUsers: { principal: { kind: 'user', id: userId(1), login: 'me' } } },
    ],
    [
      'excluded',
      'The user is a member of an excluded group.',
      {},
      { protectedUsers: { excluded: { kind: 'known', ids: me } } },
    ],
    [
      'protected:admin',
      'The user has an admin role (--include-admins acts on admins).',
      {},
      { protectedUsers: { admins: { kind: 'known', ids: me } } },
    ],
    [
      'changed-since',
      'The user has set a new password after --since.',
      { passwordChangedMs: 501 },
      { policy: { sinceMs: 500 } },
    ],
    ['status:STAGED', 'The user has not been activated yet.', { status: 'STAGED' }, {}],
    [
      'already-in-recovery',
      'The password is already reset, and the user has not set a new one yet.',
      { status: 'RECOVERY' },
      {},
    ],
    [
      'provider:LDAP',
      'The password is in the LDAP directory: reset it there.',
      { providerType: 'LDAP' },
      {},
    ],
    [
      'already-suspended',
      'The user is already suspended.',
      { status: 'SUSPENDED' },
      { action: 'suspend' },
    ],
    ['status:ACTIVATING', undefined, { status: 'ACTIVATING' }, {}],
    ['provider:PIGEON', undefined, { providerType: 'PIGEON' }, {}],
  ])('%s', (reason, detail, user, terms) => {
    expect(verdictOn(user, terms)).toEqual({
      kind: 'skip',
      reason,
      ...(detail === undefined ? {} : { detail }),
    });
  });

  test('the one who owns the credential is named as such first, then members of a group, then admins', () => {
    const everything: ProtectedUsers = {
      principal: { kind: 'user', id: userId(1), login: 'me' },
      excluded: { kind: 'known', ids: me },
      admins: { kind: 'known', ids: me },
    };
    const { principal } = NOBODY;
    expect(reasonOf({}, { protectedUsers: everything })).toBe('protected:self');
    expect(reasonOf({}, { protectedUsers: { ...everything, principal } })).toBe('excluded');
  });

  test('protection by id is for that user only', () => {
    const other: ProtectedUsers = {
      principal: { kind: 'user', id: userId(2), login: 'me' },
      excluded: { kind: 'known', ids: new Set([userId(3)]) },
      admins: { kind: 'known', ids: new Set([userId(4)]) },
    };
    expect(verdictOn({}, { protectedUsers: other })).toEqual({ kind: 'act' });
  });
});

test.each([
  ['invalid', 'invalid-id'],
  ['not-found', 'not-found'],
  ['ambiguous', 'ambiguous'],
] as const)('a row that is %s is skipped with what is known about it', (kind, reason) => {
  const terms = { action: 'reset-password', policy: POLICY, protectedUsers: NOBODY } as const;
  expect(judge({ kind, detail: 'why' }, terms)).toEqual({ kind: 'skip', reason, detail: 'why' });
});
