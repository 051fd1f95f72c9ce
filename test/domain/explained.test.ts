/** What `explain` finds: outcomes, exit codes, statuses of users and of HTTP, types of providers; and small texts of runs. */
import { describe, expect, test } from '@jest/globals';
import { count, counted } from '../../src/domain/counted.ts';
import { usage } from '../../src/domain/codes/app-error.ts';
import { END_ENTRIES, EXIT_ENTRIES, findEnd } from '../../src/domain/codes/end-entries.ts';
import { findStatus, STATUS_ENTRIES } from '../../src/domain/codes/status-entries.ts';
import { shownWord } from '../../src/domain/credential-shape.ts';
import { ROLE_LABELS, ROLE_TYPES } from '../../src/domain/org/admin-role.ts';
import { PROVIDER_TYPES, USER_STATUSES } from '../../src/domain/org/user.ts';
import { endedBeside, mailsLink, type ActionSpec } from '../../src/domain/plan/action.ts';
import { OUTCOMES } from '../../src/domain/row/outcome.ts';
import { RESULT_COLUMNS } from '../../src/domain/row/result.ts';
import { takenUpOf } from '../../src/domain/run/journal-record.ts';
import { NEW_RUN_FORMAT, RUN_FORMATS } from '../../src/domain/run/run-format.ts';
import { breaksText } from '../../src/domain/run/summary.ts';
import { WAIT_CAUSES, WAIT_TEXTS } from '../../src/domain/run/wait.ts';
import { isTimeZone } from '../../src/domain/working-hours.ts';

describe('an end', () => {
  test('is each outcome and each exit code, once, with words', () => {
    const ends = END_ENTRIES.map(({ code, kind }) => `${kind} ${code}`);
    expect(ends).toEqual([
      ...OUTCOMES.map((outcome) => `outcome of a row ${outcome}`),
      ...[0, 1, 2, 3, 4, 5, 6, 7, 130, 143].map((code) => `exit code ${code}`),
    ]);
    expect(EXIT_ENTRIES).toEqual(END_ENTRIES.slice(OUTCOMES.length));
    for (const { meaning, how } of END_ENTRIES)
      expect(`${meaning} ${how}`).toMatch(/^[A-Z].*\. \S/);
    expect(new Set(END_ENTRIES.map(({ meaning }) => meaning)).size).toBe(END_ENTRIES.length);
  });

  test.each([
    ['7', '7'],
    [' exit 7 ', '7'],
    ['Exit code: 7', '7'],
    ['exit-code=143', '143'],
    ['exit130', '130'],
    ['UNKNOWN', 'unknown'],
    ['Not-Attempted', 'not-attempted'],
  ])('is found by “%s”', (text, code) => {
    expect(findEnd(text)?.code).toBe(code);
  });

  test.each(['', 'exit', '8', '07', 'the exit 7', 'done'])('is not “%s”', (text) => {
    expect(findEnd(text)).toBeUndefined();
  });
});

describe('a status', () => {
  test('is each of Okta’s for users, each type of provider, and those of HTTP that a run meets', () => {
    const codes = (kind: string) =>
      STATUS_ENTRIES.filter((entry) => entry.kind === kind).map(({ code }) => code);
    expect(codes('user status').toSorted()).toEqual([...USER_STATUSES]);
    expect(codes('provider type').toSorted()).toEqual([...PROVIDER_TYPES]);
    expect(codes('HTTP status').join(' ')).toBe(
      '200 302 400 401 403 404 405 407 409 410 413 414 423 429 431 500 501 502 503 504',
    );
    expect(new Set(STATUS_ENTRIES.map(({ code }) => code)).size).toBe(STATUS_ENTRIES.length);
    for (const { meaning, how } of STATUS_ENTRIES)
      expect(`${meaning} ${how}`).toMatch(/^[A-Z].*\. \S/);
  });

  test.each([
    [' locked_out ', 'LOCKED_OUT', 'user status'],
    ['Ldap', 'LDAP', 'provider type'],
    ['429', '429', 'HTTP status'],
    ['HTTP 429', '429', 'HTTP status'],
    ['http/503', '503', 'HTTP status'],
    ['Http: 404', '404', 'HTTP status'],
  ])('is found by “%s”', (text, code, kind) => {
    expect(findStatus(text)).toMatchObject({ code, kind });
  });

  test.each(['', 'http', '418', 'LOCKED', 'status 429'])('is not “%s”', (text) => {
    expect(findStatus(text)).toBeUndefined();
  });
});

test('an error of the command line has its own code, its exit code 2, and a hint', () => {
  expect(usage('Wrong.', 'Do this.')).toMatchObject({
    ...{ code: 'USAGE', exitCode: 2, message: 'Wrong.', hint: 'Do this.' },
  });
});

test('counts have their separators, and their noun in the number that fits', () => {
  expect([count(0), count(999), count(12_408)]).toEqual(['0', '999', '12,408']);
  const users = [0, 1, 2, 4812].map((value) => counted(value, 'user'));
  expect(users).toEqual(['0 users', '1 user', '2 users', '4,812 users']);
  expect([counted(1, 'entry', 'entries'), counted(3, 'entry', 'entries')]).toEqual([
    ...['1 entry', '3 entries'],
  ]);
});

test('breaks are mentioned only if a run was opened more than once', () => {
  expect([0, 1, 2, 1200].map(breaksText)).toEqual([
    ...['', '', ' in 2 invocations, breaks included', ' in 1,200 invocations, breaks included'],
  ]);
});

test('rows that other runs took up add up', () => {
  const took = (rows: number) => ({ kind: 'taken-up', runId: 'r', dir: '../r', rows }) as const;
  expect([takenUpOf({}), takenUpOf({ takenUp: [] })]).toEqual([0, 0]);
  expect(takenUpOf({ takenUp: [took(3), took(0), took(4)] })).toBe(7);
});

test('each wait has its own words', () => {
  expect(Object.keys(WAIT_TEXTS).toSorted()).toEqual(WAIT_CAUSES.toSorted());
  expect(new Set(Object.values(WAIT_TEXTS)).size).toBe(WAIT_CAUSES.length);
  for (const text of Object.values(WAIT_TEXTS)) expect(text).toMatch(/^[a-z]\w* \w+/);
});

test('a word that looks like a token is described instead of shown', () => {
  expect(shownWord('resumee')).toBe('resumee');
  expect(shownWord('00l662VuSziILrIq1Dufwi1SUCm5vokrd3O93uXPr5')).toBe(
    '(looks like a token, not shown)',
  );
});

test('a time zone is one that this machine knows', () => {
  expect(['UTC', 'Europe/Berlin', 'europe/berlin'].map(isTimeZone)).toEqual([true, true, true]);
  expect(['Europe/Berln', '', 'noon'].map(isTimeZone)).toEqual([false, false, false]);
});

test('what ends in addition to the action, and whether a link is emailed, follow from its options', () => {
  const spec = (more: Partial<ActionSpec>): ActionSpec => ({
    ...{ action: 'reset-password', sendEmail: true, revokeSessions: false, revokeTokens: false },
    ...more,
  });
  expect(endedBeside(spec({}))).toEqual([]);
  expect(endedBeside(spec({ revokeSessions: true }))).toEqual(['sessions']);
  expect(endedBeside(spec({ revokeTokens: true }))).toEqual(['sessions', 'OAuth tokens']);
  expect([mailsLink(spec({})), mailsLink(spec({ sendEmail: false }))]).toEqual([true, false]);
  expect(mailsLink(spec({ action: 'reactivate' }))).toBe(false);
});

test('names that programs read stay as they are', () => {
  expect(ROLE_TYPES).toEqual([
    ...['SUPER_ADMIN', 'ORG_ADMIN', 'USER_ADMIN', 'HELP_DESK_ADMIN', 'GROUP_MEMBERSHIP_ADMIN'],
    ...['APP_ADMIN', 'API_ACCESS_MANAGEMENT_ADMIN', 'MOBILE_ADMIN', 'READ_ONLY_ADMIN'],
    ...['REPORT_ADMIN', 'CUSTOM'],
  ]);
  expect(new Set(Object.values(ROLE_LABELS)).size).toBe(ROLE_TYPES.length);
  expect(RESULT_COLUMNS.join(' ')).toBe(
    '_row _user_id _login _outcome _reason _action _http_status _okta_error_code _okta_error _okta_request_id _attempts _started_at _finished_at _run_id',
  );
  expect([...RUN_FORMATS, NEW_RUN_FORMAT]).toEqual([1, 2, 2]);
});
