import { describe, expect, test } from '@jest/globals';
import type { ActionSpec } from '../../src/domain/plan/action.ts';
import type { PlannedRow } from '../../src/domain/plan/plan.ts';
import type { User } from '../../src/domain/org/user.ts';
import type { Verdict } from '../../src/domain/plan/verdict.ts';
import { PlanTally } from '../../src/plan/preview/plan-tally.ts';
import { makePreview, type PreviewTerms } from '../../src/plan/preview/preview.ts';
import { NOBODY } from '../../src/plan/verdicts/protected-users.ts';
import { makeUser, range, POLICY } from './fake-org.ts';

const RESET: ActionSpec = {
  action: 'reset-password',
  sendEmail: true,
  revokeSessions: false,
  revokeTokens: false,
};
const TEMP: ActionSpec = { ...RESET, action: 'temp-password' };
const EXPIRE: ActionSpec = { ...RESET, action: 'expire-password' };
const CLOSED: Partial<ActionSpec> = { revokeSessions: true, revokeTokens: true };

const ACT: Verdict = { kind: 'act' };

interface Counted {
  readonly user?: Partial<User> | 'unread' | 'nobody';
  readonly verdict?: Verdict;
  readonly admin?: boolean;
  readonly columns?: Readonly<Record<string, string>>;
}

function tallyOf(rows: readonly Counted[]): PlanTally {
  const tally = new PlanTally();
  rows.forEach(({ user: over = {}, verdict = ACT, admin = false, columns = {} }, at) => {
    const user = typeof over === 'string' ? undefined : makeUser(at + 1, over);
    const row: PlannedRow = {
      row: at + 1,
      source: 'users.csv',
      line: at + 2,
      input: `input ${at + 1}`,
      userId: over === 'nobody' ? undefined : makeUser(at + 1).id,
      login: user?.login,
      status: user?.status,
      providerType: user?.providerType,
      statusChangedMs: undefined,
      passwordChangedMs: undefined,
      verdict,
      columns,
    };
    tally.add(row, { user, admin });
  });
  return tally;
}

function preview(rows: readonly Counted[], over: Partial<PreviewTerms> = {}) {
  return makePreview({
    spec: RESET,
    policy: POLICY,
    tally: tallyOf(rows),
    protectedUsers: {
      principal: { kind: 'app', clientId: '0oa1' },
      admins: { kind: 'known', ids: new Set() },
      excluded: NOBODY,
    },
    linkLifetime: { minMinutes: 60, maxMinutes: 60 },
    engine: 'oie',
    reads: 12,
    limitPerWindow: 600,
    windowMs: 60_000,
    windowAssumed: false,
    ratePercent: 90,
    doubtMs: 115_000,
    estimateMs: (calls) => calls * 100,
    ...over,
  });
}

function warning(code: string, rows: readonly Counted[], over: Partial<PreviewTerms> = {}) {
  return preview(rows, over).warnings.find((each) => each.code === code);
}

const some: readonly Counted[] = range(1, 1_200).map(() => ({}));

describe('counts', () => {
  const rows: readonly Counted[] = [
    { columns: { A: '1', B: '2' } },
    { user: { providerType: 'IMPORT' }, columns: { B: '2', C: '3' } },
    {
      user: { status: 'SUSPENDED', providerType: 'LDAP' },
      verdict: { kind: 'skip', reason: 'status:SUSPENDED' },
    },
    { user: 'nobody', verdict: { kind: 'skip', reason: 'not-found' } },
    { user: 'nobody', verdict: { kind: 'skip', reason: 'not-found' } },
  ];

  test('add up', () => {
    expect(preview(rows)).toMatchObject({
      rows: 5,
      targets: 2,
      skipped: { 'status:SUSPENDED': 1, 'not-found': 2 },
      statusByProvider: { ACTIVE: { OKTA: 1, IMPORT: 1 }, SUSPENDED: { LDAP: 1 } },
      reads: 12,
    });
    const tally = tallyOf(rows);
    expect(tally.found).toBe(3);
    expect(tally.columns).toEqual(['A', 'B', 'C']);
  });

  test('a status named like a property of every object is counted like any other', () => {
    const odd = preview([{ user: { status: '__proto__', providerType: 'constructor' } }]);
    expect(Object.entries(odd.statusByProvider)).toEqual([['__proto__', { constructor: 1 }]]);
  });

  test('the sample has the first targets and some of each reason, and stays small', () => {
    const many: Counted[] = range(1, 500).map((n) => ({
      verdict: n % 2 === 0 ? ACT : { kind: 'skip', reason: `status:S${n % 50}` },
    }));
    const { sample } = preview(many);
    // The first three rows of each of the first twelve reasons.
    const skipped = range(0, 11).flatMap((nth) => [0, 50, 100].map((round) => 2 * nth + 1 + round));
    expect(sample.map(({ row }) => row)).toEqual(
      [2, 4, 6, 8, 10, ...skipped].sort((a, b) => a - b),
    );
    expect(sample[0]).toEqual({
      row: 1,
      input: 'input 1',
      userId: makeUser(1).id,
      login: makeUser(1).login,
      status: 'ACTIVE',
      verdict: { kind: 'skip', reason: 'status:S1' },
    });
  });
});

describe('cost', () => {
  test.each<readonly [ActionSpec, readonly string[]]>([
    [RESET, ['POST /api/v1/users/{id}/lifecycle/reset_password?sendEmail=true']],
    [
      { ...RESET, ...CLOSED, sendEmail: false },
      [
        'DELETE /api/v1/users/{id}/sessions?oauthTokens=true',
        'POST /api/v1/users/{id}/lifecycle/reset_password?sendEmail=false&revokeSessions=true',
      ],
    ],
    [TEMP, ['POST /api/v1/users/{id}/lifecycle/expire_password?tempPassword=true']],
    [
      { ...TEMP, revokeSessions: true },
      ['POST /api/v1/users/{id}/lifecycle/expire_password_with_temp_password?revokeSessions=true'],
    ],
    [
      { ...EXPIRE, revokeSessions: true },
      ['DELETE /api/v1/users/{id}/sessions', 'POST /api/v1/users/{id}/lifecycle/expire_password'],
    ],
  ])('%j', (spec, calls) => {
    const shown = preview(some, { spec });
    expect(shown.calls).toEqual(calls);
    expect(shown.estimate).toEqual({
      calls: 1_200 * calls.length,
      durationMs: 1_200 * calls.length * 100,
      limitPerWindow: 600,
      windowMs: 60_000,
      ratePercent: 90,
      doubtMs: 115_000,
    });
  });

  test('an unknown limit is not guessed, and the least one that is known is told', () => {
    for (const limitPerWindow of [undefined, 0, -1]) {
      const { estimate } = preview(some, { limitPerWindow, estimateMs: () => undefined });
      expect(estimate).toMatchObject({ durationMs: undefined, limitPerWindow: undefined });
    }
    expect(preview(some, { limitPerWindow: 1 }).estimate.limitPerWindow).toBe(1);
  });

  test('a single call has its time', () => {
    expect(preview([{}]).estimate).toMatchObject({ calls: 1, durationMs: 100 });
  });

  test('the length of a window is told as assumed only if nobody has observed it', () => {
    expect(preview(some, { windowAssumed: true }).estimate.windowAssumed).toBe(true);
    expect(preview(some).estimate).not.toHaveProperty('windowAssumed');
  });

  test('nobody to act on takes no time', () => {
    const none = preview([{ verdict: { kind: 'skip', reason: 'duplicate' } }]);
    expect(none.estimate).toMatchObject({ calls: 0, durationMs: 0 });
    expect(none.warnings).toEqual([]);
  });
});

describe('warnings', () => {
  test.each<readonly [string, Partial<ActionSpec>, readonly string[]]>([
    ['sessions and tokens', {}, ['sessions-stay-alive', 'tokens-stay-alive', 'link-lifetime']],
    ['tokens', { revokeSessions: true }, ['tokens-stay-alive', 'link-lifetime']],
    ['none: revoking tokens ends sessions', { revokeTokens: true }, ['link-lifetime']],
  ])('what stays active: %s', (_name, spec, codes) => {
    const shown = preview(some, { spec: { ...RESET, ...spec } });
    expect(shown.warnings.map(({ code }) => code)).toEqual(codes);
    for (const { code, text, rows } of shown.warnings) {
      if (code !== 'link-lifetime') expect(text).toContain('1,200 users');
      expect(rows).toBe(1_200);
    }
  });

  test('expire-password says that the stolen password still works, and what portals must handle', () => {
    const text = warning('old-password-stays-usable', some, { spec: EXPIRE })?.text;
    expect(text).toContain('1,200 users');
    expect(text).toContain('401 E0000064');
    expect(warning('old-password-stays-usable', some)).toBeUndefined();
    expect(warning('link-lifetime', some, { spec: EXPIRE })).toBeUndefined();
  });

  test('warnings about directory and federated users have their numbers', () => {
    const rows: Counted[] = [
      { user: { providerType: 'ACTIVE_DIRECTORY' } },
      { user: { providerType: 'ACTIVE_DIRECTORY' } },
      { user: { providerType: 'LDAP' } },
      { user: { providerType: 'FEDERATION' } },
      { user: { providerType: 'SOCIAL' } },
      { user: { providerType: 'SOCIAL' }, verdict: { kind: 'skip', reason: 'provider:SOCIAL' } },
    ];
    expect(warning('directory-password-stays', rows)).toMatchObject({
      rows: 3,
      text: expect.stringContaining('2 Active Directory users and 1 LDAP user'),
    });
    expect(warning('federated-conversion', rows)).toMatchObject({
      rows: 2,
      text: expect.stringContaining('1 federated user and 1 social user will be converted'),
    });
    expect(warning('federated-conversion', rows, { spec: TEMP })?.text).toContain('refuse');
    expect(warning('directory-password-stays', some)).toBeUndefined();
  });

  test('second mailboxes are counted if Okta emails them, and only if they are different', () => {
    const rows: Counted[] = [
      { user: { secondEmail: 'me@home.example' } },
      { user: { secondEmail: 'user1@home.example' } },
      { user: { secondEmail: 'user4@home.example', email: undefined } },
      { user: { secondEmail: 'USER4@example.com' } },
      { user: { secondEmail: '' } },
      { user: { secondEmail: '', email: undefined } },
      { user: {} },
      { user: 'unread' },
      {
        user: { secondEmail: 'x@home.example' },
        verdict: { kind: 'skip', reason: 'changed-since' },
      },
    ];
    expect(warning('second-email', rows)?.rows).toBe(3);
    expect(warning('second-email', rows, { spec: { ...RESET, sendEmail: false } })).toBeUndefined();
    expect(warning('second-email', rows, { spec: TEMP })).toBeUndefined();
  });

  test.each([
    [{ linkLifetime: { minMinutes: 60, maxMinutes: 60 } }, '60 minutes after'],
    [{ linkLifetime: { minMinutes: 60, maxMinutes: 10_080 } }, '60 minutes to 7 days'],
    [{ linkLifetime: undefined }, 'usually after one hour'],
    [{ linkLifetime: undefined, engine: 'classic' as const }, 'password policy'],
  ])('link lifetime %j', (over, text) => {
    expect(warning('link-lifetime', some, over)?.text).toContain(text);
  });

  test('admins that cannot be recognized are reported, with why and the flag that helps', () => {
    const admins = {
      kind: 'unreadable',
      ids: new Set<string>(),
      why: 'not allowed (403)',
    } as const;
    const principal = { kind: 'unknown' } as const;
    const protectedUsers = { principal, admins, excluded: NOBODY };
    const text = warning('admins-unknown', some, { protectedUsers })?.text;
    expect(text).toContain('not allowed (403)');
    expect(text).toContain('--exclude');
    expect(warning('self-unknown', some, { protectedUsers })).toBeDefined();
    expect(warning('self-unknown', some)).toBeUndefined();
    const policy = { ...POLICY, includeAdmins: true };
    expect(warning('admins-unknown', some, { protectedUsers, policy })).toBeUndefined();
    expect(warning('admins-included', some, { protectedUsers, policy })?.text).toContain('403');
    expect(warning('admins-included', [{ admin: true }, {}, {}], { policy })).toMatchObject({
      rows: 1,
    });
  });

  test('users who are not looked up, unencrypted secrets', () => {
    expect(warning('no-lookup', [{ user: 'unread' }, {}])?.rows).toBe(1);
    expect(
      warning('secrets-plaintext', some, { spec: TEMP, secretsPlaintext: true }),
    ).toBeDefined();
    expect(warning('secrets-plaintext', some, { spec: TEMP })).toBeUndefined();
    expect(warning('secrets-plaintext', some, { secretsPlaintext: true })).toBeUndefined();
  });

  test('a list that names nobody is reported as belonging elsewhere, and nothing else is', () => {
    const nobody = (reason: 'not-found' | 'invalid-id' | 'duplicate'): Counted => ({
      user: 'nobody',
      verdict: { kind: 'skip', reason },
    });
    const rows = [nobody('not-found'), nobody('invalid-id'), nobody('duplicate')];
    expect(preview(rows).warnings).toEqual([
      expect.objectContaining({ code: 'all-not-found', rows: 3 }),
    ]);
    expect(warning('all-not-found', [...rows, {}])).toBeUndefined();
  });

  test.each<readonly [string, Counted]>([
    ['was found', { verdict: { kind: 'skip', reason: 'status:STAGED' } }],
    ['was not looked up', { user: 'unread', verdict: { kind: 'skip', reason: 'protected:admin' } }],
    ['is one of several', { user: 'nobody', verdict: { kind: 'skip', reason: 'ambiguous' } }],
    ['is excluded', { user: 'nobody', verdict: { kind: 'skip', reason: 'excluded' } }],
  ])('a list belongs to the org if one of its users %s', (_name, row) => {
    const missing: Counted = { user: 'nobody', verdict: { kind: 'skip', reason: 'not-found' } };
    expect(preview([missing, row, missing]).warnings).toEqual([]);
  });
});

test('no watch is announced for calls that are sent again at once', () => {
  const spec = { ...RESET, action: 'end-sessions', revokeSessions: false } as const;
  expect(preview([{}], { spec }).estimate.doubtMs).toBeUndefined();
  expect(preview([{}]).estimate.doubtMs).toBe(115_000);
});
