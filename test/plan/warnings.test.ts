import { describe, expect, test } from '@jest/globals';
import {
  ACTION_NAMES,
  ACTIONS,
  type Action,
  type ActionSpec,
} from '../../src/domain/plan/action.ts';
import type { ProtectedUsers, ProtectingList } from '../../src/plan/verdicts/protected-users.ts';
import { NOBODY } from '../../src/plan/verdicts/protected-users.ts';
import type { TargetCounts } from '../../src/plan/preview/plan-tally.ts';
import type { WarningTerms } from '../../src/plan/preview/warning-terms.ts';
import { warningsOf } from '../../src/plan/preview/warnings.ts';
import { POLICY } from './fake-org.ts';

const APP: ProtectedUsers = {
  principal: { kind: 'app', clientId: '0oa1' },
  admins: NOBODY,
  excluded: NOBODY,
};
const NOTHING_TO_SAY: TargetCounts = {
  byProvider: new Map(),
  admins: 0,
  withSecondEmail: 0,
  unread: 0,
};
/** An action that has no warning of its own, so that only what is under test is said. */
const QUIET: ActionSpec = {
  action: 'temp-password',
  sendEmail: false,
  revokeSessions: true,
  revokeTokens: true,
};

interface Over extends Partial<Omit<WarningTerms, 'spec' | 'counts' | 'protectedUsers'>> {
  readonly spec?: Partial<ActionSpec>;
  readonly counts?: Partial<TargetCounts>;
  readonly protectedUsers?: Partial<ProtectedUsers>;
}

function warned({ spec, counts, protectedUsers, ...over }: Over) {
  const { targets = 12_408 } = over;
  return warningsOf({
    policy: POLICY,
    linkLifetime: { minMinutes: 60, maxMinutes: 60 },
    engine: 'oie',
    targets,
    rows: targets,
    found: targets,
    ...over,
    spec: { ...QUIET, ...spec },
    counts: { ...NOTHING_TO_SAY, ...counts },
    protectedUsers: { ...APP, ...protectedUsers },
  });
}

function unreadable(ids: readonly string[]): ProtectingList {
  return { kind: 'unreadable', ids: new Set(ids), why: 'HTTP 403' };
}

const includeAdmins = { policy: { ...POLICY, includeAdmins: true } };
const EXPIRE = { action: 'expire-password', revokeSessions: false, revokeTokens: false } as const;
const RESET = { action: 'reset-password', sendEmail: true } as const;

test('nothing is said of a plan that needs no warning', () => {
  expect(warned({})).toEqual([]);
});

describe('each warning has its code, its text and its rows', () => {
  test.each<readonly [code: string, rows: number | undefined, over: Over, text: string]>([
    [
      'sessions-stay-alive',
      12_408,
      { spec: { revokeSessions: false, revokeTokens: false } },
      'Sessions of 12,408 users stay active: anyone who is signed in with a stolen password stays signed in. Add --revoke-sessions to end Okta sessions.',
    ],
    [
      'sessions-stay-alive',
      1,
      { targets: 1, spec: { revokeSessions: false, revokeTokens: false } },
      'Sessions of 1 user stay active: anyone who is signed in with a stolen password stays signed in. Add --revoke-sessions to end Okta sessions.',
    ],
    [
      'tokens-stay-alive',
      12_408,
      { spec: { revokeTokens: false } },
      'OAuth and refresh tokens of 12,408 users stay valid: apps that have one keep their access. Add --revoke-tokens to revoke them (one more call per user).',
    ],
    [
      'tokens-stay-alive',
      1,
      { targets: 1, spec: { action: 'end-sessions' } },
      'OAuth and refresh tokens of 1 user stay valid: apps that have one keep their access. --action revoke-tokens ends sessions and revokes them, in one call per user.',
    ],
    [
      'admins-unknown',
      12_408,
      { protectedUsers: { admins: unreadable([]) } },
      'Admins among the 12,408 users cannot be recognized: HTTP 403. Protect admins with --exclude FILE or --exclude-group NAME.',
    ],
    [
      'admins-unknown',
      2,
      { targets: 2, protectedUsers: { admins: unreadable(['a']) } },
      'Admins among the 2 users cannot be recognized: HTTP 403. Only the 1 admin read so far is protected. Protect admins with --exclude FILE or --exclude-group NAME.',
    ],
    [
      'admins-unknown',
      1,
      { targets: 1, protectedUsers: { admins: unreadable(['a', 'b']) } },
      'It is not known whether the user is an admin: HTTP 403. Only the 2 admins read so far are protected. Protect admins with --exclude FILE or --exclude-group NAME.',
    ],
    ['admins-included', 0, includeAdmins, '--include-admins is on; none of the users is an admin.'],
    [
      'admins-included',
      1,
      { ...includeAdmins, counts: { admins: 1 } },
      '1 admin will also be acted on, after all others. Make sure that somebody can still sign in.',
    ],
    [
      'admins-included',
      3,
      { ...includeAdmins, counts: { admins: 3 } },
      '3 admins will also be acted on, after all others. Make sure that somebody can still sign in.',
    ],
    [
      'admins-included',
      undefined,
      { ...includeAdmins, protectedUsers: { admins: unreadable(['a']) }, counts: { admins: 1 } },
      '--include-admins is on, and it is not known which users are admins: HTTP 403. Admins are acted on in the order of the list, not last. Make sure that somebody can still sign in.',
    ],
    [
      'excluded-unknown',
      12_408,
      { protectedUsers: { excluded: unreadable([]) } },
      'Not all members of the excluded groups are known: HTTP 403. List them in a file: --exclude FILE.',
    ],
    [
      'excluded-unknown',
      1,
      { targets: 1, protectedUsers: { excluded: unreadable(['a']) } },
      'Not all members of the excluded groups are known: HTTP 403. Only the 1 member read so far is protected. List the others in a file: --exclude FILE.',
    ],
    [
      'excluded-unknown',
      5,
      { targets: 5, protectedUsers: { excluded: unreadable(['a', 'b']) } },
      'Not all members of the excluded groups are known: HTTP 403. Only the 2 members read so far are protected. List the others in a file: --exclude FILE.',
    ],
    [
      'self-unknown',
      undefined,
      { protectedUsers: { principal: { kind: 'unknown' } } },
      'Okta does not show who owns the credential, so the owner is not protected. List the owner in a file: --exclude FILE.',
    ],
    [
      'secrets-plaintext',
      12_408,
      { secretsPlaintext: true },
      '12,408 temporary passwords will be unencrypted in secrets.jsonl: anyone who reads that file can take over the accounts. Encrypt them with --secrets-recipient.',
    ],
    [
      'secrets-plaintext',
      1,
      { targets: 1, secretsPlaintext: true, spec: { action: 'reset-password' } },
      '1 reset link will be unencrypted in secrets.jsonl: anyone who reads that file can take over the accounts. Encrypt them with --secrets-recipient.',
    ],
    [
      'no-lookup',
      1,
      { counts: { unread: 1 } },
      '1 user will be acted on without a lookup (--no-lookup): suspended, federated and directory users are not recognized.',
    ],
    [
      'no-lookup',
      2,
      { counts: { unread: 2 }, spec: RESET },
      '2 users will be acted on without a lookup (--no-lookup): suspended, federated and directory users are not recognized, and a reset converts federated users.',
    ],
    [
      'federated-conversion',
      1,
      { counts: { byProvider: new Map([['SOCIAL', 1]]) }, spec: RESET },
      '1 social user will be converted: after the reset they sign in with an Okta password instead of their identity provider. okta-reset cannot undo this.',
    ],
    [
      'directory-password-stays',
      1,
      { counts: { byProvider: new Map([['LDAP', 1]]) }, spec: RESET },
      'The old directory password of 1 LDAP user keeps working: an Okta reset does not change it. Reset them in the directory.',
    ],
    [
      'directory-password-stays',
      5,
      {
        counts: {
          byProvider: new Map([
            ['LDAP', 3],
            ['OKTA', 9],
            ['ACTIVE_DIRECTORY', 2],
          ]),
        },
        spec: RESET,
      },
      'The old directory password of 2 Active Directory users and 3 LDAP users keeps working: an Okta reset does not change it. Reset them in the directory.',
    ],
    [
      'second-email',
      1,
      { counts: { withSecondEmail: 1 }, spec: RESET },
      '1 user has a secondary email address, and Okta emails the link there too: anyone who reads that mailbox can set the new password.',
    ],
    [
      'second-email',
      4_812,
      { counts: { withSecondEmail: 4_812 }, spec: RESET },
      '4,812 users have a secondary email address, and Okta emails the link there too: anyone who reads that mailbox can set the new password.',
    ],
    [
      'already-done',
      1,
      { repeats: { rows: 1, runs: ['monday'], again: false } },
      '1 user is left out: run monday has done the same already, and nothing has changed for this user since. --again acts on them anyway.',
    ],
    [
      'again',
      2,
      { repeats: { rows: 2, runs: ['monday', 'tuesday'], again: true }, spec: EXPIRE },
      '--again acts a second time on 2 users that run monday and 1 more have done already; nothing has changed for them since.',
    ],
  ])('%s, rows: %p', (code, rows, over, text) => {
    expect(warned(over).filter((each) => each.code === code)).toEqual([
      { code, text, ...(rows === undefined ? {} : { rows }) },
    ]);
  });
});

test('how long a link is valid is told in the largest whole unit of which there are at least two', () => {
  const lifetime = (minMinutes: number, maxMinutes = minMinutes) => {
    const [warning] = warned({ spec: RESET, linkLifetime: { minMinutes, maxMinutes } });
    expect(warning).toMatchObject({ code: 'link-lifetime', rows: 12_408 });
    return /^Reset links expire (.*) after they are made(, by password policy)?\. Users who open theirs later are stuck until an admin resets them again: okta-reset followup RUN lists them, and --resend resets them\.$/
      .exec(warning?.text ?? '')
      ?.slice(1);
  };
  expect([1, 60, 61, 119, 120, 121, 180].map((minutes) => lifetime(minutes)?.[0])).toEqual([
    '1 minute',
    '60 minutes',
    '61 minutes',
    '119 minutes',
    '2 hours',
    '121 minutes',
    '3 hours',
  ]);
  expect([1_440, 2_820, 2_880, 2_881, 2_940, 10_080].map((one) => lifetime(one)?.[0])).toEqual([
    '24 hours',
    '47 hours',
    '2 days',
    '2,881 minutes',
    '49 hours',
    '7 days',
  ]);
  expect(lifetime(60)).toEqual(['60 minutes', undefined]);
  expect(lifetime(60, 10_080)).toEqual(['60 minutes to 7 days', ', by password policy']);
});

test('a lifetime that could not be read is told as the usual one of the org’s engine', () => {
  const unread = (engine: WarningTerms['engine']) =>
    warned({ spec: RESET, linkLifetime: undefined, engine }).map(({ text }) =>
      text.replace(/ Users who open .*$/, ''),
    );
  const usual =
    "Reset links expire usually after one hour (the org's password policies could not be read).";
  expect(unread('oie')).toEqual([usual]);
  expect(unread('unknown')).toEqual([usual]);
  expect(unread('classic')).toEqual([
    "Reset links expire after the time that the password policy sets (the org's password policies could not be read).",
  ]);
});

describe('the warnings that an action brings for all of its users', () => {
  /** What is said of the other ways in, and of a link, after the action's own warnings. */
  const MORE: Partial<Record<Action, readonly string[]>> = {
    'reset-password': ['sessions-stay-alive', 'tokens-stay-alive', 'link-lifetime'],
    'temp-password': ['sessions-stay-alive', 'tokens-stay-alive'],
    'expire-password': ['sessions-stay-alive', 'tokens-stay-alive'],
  };

  test.each(ACTION_NAMES)('%s', (action) => {
    const warnings = warned({ spec: { action, revokeSessions: false, revokeTokens: false } });
    const own = ACTIONS[action].warnings.map(({ code }) => code);
    expect(warnings.map(({ code, rows }) => [code, rows])).toEqual(
      [...own, ...(MORE[action] ?? [])].map((code) => [code, 12_408]),
    );
  });
});

describe('the order is the same whatever is said', () => {
  const byProvider = new Map([
    ['FEDERATION', 1],
    ['LDAP', 1],
  ]);
  const everything: Over = {
    repeats: { rows: 1, runs: ['monday'], again: false },
    counts: { unread: 1, byProvider, withSecondEmail: 1, admins: 1 },
    protectedUsers: {
      principal: { kind: 'unknown' },
      admins: unreadable([]),
      excluded: unreadable([]),
    },
    secretsPlaintext: true,
  };
  const open = { revokeSessions: false, revokeTokens: false };
  const codes = (over: Over) => warned({ ...everything, ...over }).map(({ code }) => code);
  const first = ['already-done', 'no-lookup', 'federated-conversion', 'directory-password-stays'];
  const unknown = ['excluded-unknown', 'self-unknown'];

  test('with an emailed link', () => {
    expect(codes({ spec: { ...RESET, ...open } })).toEqual([
      ...first,
      'admins-unknown',
      ...unknown,
      'sessions-stay-alive',
      'tokens-stay-alive',
      'second-email',
      'link-lifetime',
    ]);
  });

  test('with a link that is returned, and with admins included', () => {
    expect(codes({ spec: { action: 'reset-password', ...open }, ...includeAdmins })).toEqual([
      ...first,
      'admins-included',
      ...unknown,
      'sessions-stay-alive',
      'tokens-stay-alive',
      'link-lifetime',
      'secrets-plaintext',
    ]);
  });
});

describe('with nobody to act on', () => {
  const unknown = { protectedUsers: { admins: unreadable([]) }, secretsPlaintext: true };

  test('only what other runs have done is said', () => {
    const repeats = { rows: 1, runs: ['monday'], again: false };
    expect(warned({ ...unknown, targets: 0, rows: 1, found: 1, repeats })).toMatchObject([
      { code: 'already-done' },
    ]);
    expect(warned({ ...unknown, targets: 0, rows: 1, found: 1 })).toEqual([]);
  });

  test('nothing is said of a plan without rows', () => {
    expect(warned({ ...unknown, targets: 0 })).toEqual([]);
  });

  test.each([
    [
      1,
      true,
      'The only row is not a user of this org. Check that the list belongs to this org and that the right column is used (--column).',
    ],
    [
      1_200,
      true,
      'None of the 1,200 rows is a user of this org. Check that the list belongs to this org and that the right column is used (--column).',
    ],
    [
      2,
      false,
      'None of the 2 rows is a user id, and nothing else can be acted on without a lookup. Use the column of ids (--column), or leave --no-lookup out.',
    ],
  ])('%i rows that name nobody are said; lookup: %p', (rows, lookup, text) => {
    const policy = { ...POLICY, lookup };
    expect(warned({ ...unknown, targets: 0, rows, found: 0, policy })).toEqual([
      { code: 'all-not-found', text, rows },
    ]);
  });
});
