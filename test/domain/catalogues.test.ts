/** The catalogs of codes: what a run does after each of them, and that every value in them is one that people or programs know. */
import { describe, expect, test } from '@jest/globals';
import {
  APP_ERROR_ENTRIES,
  exitCodeOf,
  type AppErrorCode,
} from '../../src/domain/codes/app-error-entries.ts';
import { DISPOSITION_WORDS } from '../../src/domain/codes/disposition-words.ts';
import { EXIT } from '../../src/domain/codes/exit-code.ts';
import { ERROR_ENTRIES } from '../../src/domain/codes/okta-error.ts';
import { findReason, REASONS, skipMeaning } from '../../src/domain/codes/reasons.ts';

const WHO = [
  ...['you', 'a super admin', 'a directory admin', 'your network team', 'Okta'],
  'our maintainers',
];
const SENTENCE = /^\S.{5,}\S$/s;

describe('Okta’s codes', () => {
  test('are codes, come with statuses of errors, and name who can help', () => {
    for (const { code, statuses, who, disposition, meaning, how } of ERROR_ENTRIES) {
      expect(code).toMatch(/^(?:E\d{7}|[a-z]{3,}(?:_[a-z]+)+|[A-Z]{3,}(?:_[A-Z\d]+)*)$/);
      expect([code, statuses.every((status) => status >= 400 && status < 600)]).toEqual([
        code,
        true,
      ]);
      expect([code, statuses.length > 0]).toEqual([code, /^E\d|^[a-z]/.test(code)]);
      expect([WHO.includes(who), disposition in DISPOSITION_WORDS]).toEqual([true, true]);
      expect(meaning).toMatch(SENTENCE);
      expect(how).toMatch(SENTENCE);
    }
  });

  /** What a run does, by the effect and reach that Okta documents for the code. */
  const DECIDED: Readonly<Record<string, string>> = {
    // The request itself is wrong: every user would get the same answer.
    'abort our-bug':
      'E0000002 E0000003 E0000008 E0000018 E0000019 E0000020 E0000021 E0000022 E0000028 E0000031 E0000033 E0000053 E0000094 E0000122 E0000145 E0000256',
    'abort credentials':
      'E0000004 E0000005 E0000011 E0000015 E0000064 invalid_client unauthorized_client unsupported_grant_type invalid_grant invalid_request invalid_dpop_proof use_dpop_nonce invalid_token',
    'abort permission': 'invalid_scope consent_required insufficient_scope access_denied',
    // One user, or all of them: the first rows tell.
    'fail-or-abort our-bug': 'E0000001',
    'fail-or-abort permission': 'E0000006',
    // This user's own state.
    skip: 'E0000007 E0000016 E0000017 E0000023 E0000032 E0000034 E0000035 E0000036 E0000038 E0000060 E0000155 E0000156',
    fail: 'E0000014 E0000039 E0000048 E0000069 E0000079 E0000080 E0000085 E0000095 E0000107 E0000119 E0000241',
    // It may have happened.
    reconcile: 'E0000009 E0000240',
    // Later.
    wait: 'E0000047 E0000118',
    'wait-then-fail': 'E0000112 E0000239 E0000249 E0000253',
    'wait-then-abort org-unavailable': 'E0000010 E0000100 E0000181',
  };

  test.each(Object.entries(DECIDED))('%s: %s', (decided, codes) => {
    const [disposition, stop] = decided.split(' ');
    const found = ERROR_ENTRIES.filter(
      (entry) =>
        /^E\d|^[a-z]/.test(entry.code) && entry.disposition === disposition && entry.stop === stop,
    );
    expect(found.map(({ code }) => code).sort()).toEqual(codes.split(' ').sort());
  });

  test('only those of a directory agent concern the other users of the directory', () => {
    const found = ERROR_ENTRIES.filter(({ agent }) => agent === 'directory');
    expect(found.map(({ code }) => code)).toEqual(['E0000240', 'E0000241']);
  });

  test('of the connection: a lost answer is looked up, a connection that is refused is tried again, a wrong certificate stops', () => {
    const of = (prefix: RegExp) =>
      new Set(
        ERROR_ENTRIES.filter(({ code }) => prefix.test(code)).map(({ disposition }) => disposition),
      );
    expect(of(/^(?:CERT_|ERR_(?:SSL|TLS)|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|EPROTO)/)).toEqual(
      new Set(['abort']),
    );
    expect(of(/^(?:ECONNRESET|EPIPE|ETIMEDOUT|TIMEOUT|PARSER|BODY_|UND_ERR_SOCKET)/)).toEqual(
      new Set(['reconcile']),
    );
    expect(of(/^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|E(?:NET|HOST)UNREACH|PROXY_)/)).toEqual(
      new Set(['wait-then-abort']),
    );
    expect(of(/^(?:TOKEN_RENEWED|ABORTED)$/)).toEqual(new Set(['wait']));
  });
});

test('our own codes have an exit code, words, and somebody who can help', () => {
  const exits = new Set<number>(Object.values(EXIT));
  for (const { code, exitCode, meaning, how, who } of APP_ERROR_ENTRIES) {
    expect(code).toMatch(/^[A-Z]+(?:_[A-Z]+)*$/);
    expect([code, exits.has(exitCode) && exitCode !== EXIT.ok, WHO.includes(who)]).toEqual([
      ...[code, true, true],
    ]);
    expect(meaning).toMatch(SENTENCE);
    expect(how).toMatch(SENTENCE);
  }
  const internal = APP_ERROR_ENTRIES.filter(({ exitCode }) => exitCode === EXIT.internal);
  expect(internal.map(({ code }) => code)).toEqual(['INTERNAL']);
});

/** Our codes by the exit code that scripts act on. */
const EXITS: readonly (readonly [number, string])[] = [
  [1, 'INTERNAL'],
  [
    2,
    'CONFIG_CREDENTIALS CONFIG_FILE CONFIG_ORG_INSECURE CONFIG_ORG_URL CONFIG_TLS RUN_AMBIGUOUS RUN_EXISTS SECRETS_IDENTITY SECRETS_NO_PLACE SIGN_KEY SIGN_PROGRAM USAGE',
  ],
  [
    3,
    'EVIDENCE_DIFFERS EVIDENCE_MISSING EVIDENCE_SIGNATURE INPUT_COLUMN_AMBIGUOUS INPUT_COLUMN_MISSING INPUT_CSV INPUT_EMPTY INPUT_ENCODING INPUT_GROUP INPUT_JSON INPUT_NOTHING_SELECTED INPUT_QUERY INPUT_SHEET INPUT_UNREADABLE INPUT_WORKBOOK INPUT_WRONG_OBJECTS RUN_DAMAGED RUN_FORMAT RUN_NOT_FOUND',
  ],
  [
    5,
    'CONFIRM_MISMATCH CONFIRM_MISSING CONFIRM_OTHER_PLAN CONSOLE_OPEN FILE_NOT_YOURS MAX_USERS_EXCEEDED ORG_IN_USE PLAN_CHANGED PLAN_EXPIRED PLAN_OTHER_ORG PLAN_OVERTAKEN PROTECTION_UNREAD RUN_HANDED_OVER RUN_LOCKED RUN_UNSETTLED',
  ],
  [6, 'AUTH_PERMISSION AUTH_REJECTED'],
  [7, 'DISK ORG_ANSWER ORG_UNREACHABLE'],
  [130, 'INTERRUPTED'],
];

test.each(EXITS)('exit code %i: %s', (exit, codes) => {
  const found = APP_ERROR_ENTRIES.filter(({ code }) => exitCodeOf(code as AppErrorCode) === exit);
  expect(found.map(({ code }) => code).sort()).toEqual(codes.split(' '));
  for (const { code, exitCode } of found) expect([code, exitCode]).toEqual([code, exit]);
});

describe('reasons of rows', () => {
  test('that a run ended are explained with the outcomes that they come with', () => {
    const outcomes = REASONS.map((reason) => findReason(reason)?.outcome);
    expect(new Set(outcomes)).toEqual(
      new Set([
        'skipped',
        'skipped or failed',
        'failed',
        'unknown',
        'failed or unknown',
        'succeeded',
      ]),
    );
    const of = (outcome: string) =>
      REASONS.filter((reason) => findReason(reason)?.outcome === outcome);
    expect(of('unknown').sort()).toEqual([
      ...['gone', 'journal-damaged', 'password-lost', 'undecided', 'unproven', 'unreadable'],
    ]);
    expect(of('succeeded').sort()).toEqual(['factors-kept', 'reissued']);
    expect(of('failed or unknown')).toEqual(['partly-done']);
    expect(of('skipped or failed')).toEqual(['not-found']);
  });

  test('to skip a user say how to act on them anyway, by the value that Okta gave', () => {
    expect(skipMeaning('status:SUSPENDED')).toContain('--include-status SUSPENDED ');
    expect(skipMeaning('provider:LDAP')).toContain('--include-provider LDAP ');
    expect(skipMeaning('duplicate')).toBe('The same user was in an earlier row.');
    expect([skipMeaning('constructor'), findReason('constructor'), findReason('')]).toEqual([
      ...[undefined, undefined, undefined],
    ]);
    expect(findReason('status:SUSPENDED')?.outcome).toBe('skipped or failed');
    expect(findReason('provider:LDAP')?.how).toMatch(/^Nothing was sent for a skipped user/);
    expect(findReason('duplicate')).toMatchObject({
      outcome: 'skipped',
      how: 'Nothing was sent for this user.',
    });
    expect(findReason('not-found')?.how).toContain('this org');
  });
});
