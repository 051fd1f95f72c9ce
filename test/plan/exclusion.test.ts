import { describe, expect, test } from '@jest/globals';
import { AppError } from '../../src/domain/codes/app-error.ts';
import type { Row } from '../../src/domain/row/row.ts';
import { readExclusion } from '../../src/plan/verdicts/exclusion.ts';
import type { Resolution } from '../../src/plan/verdicts/resolved-row.ts';
import { byEmail, byId, byLogin, makeUser, rowOf, stream, userId } from './fake-org.ts';

const INVALID = rowOf({ kind: 'invalid', value: 'ada@example.com', problem: 'two users' }, 7);

async function excludes(names: readonly Row[], row: Row, resolution: Resolution) {
  const { has } = await readExclusion(stream(names), { lookup: true });
  return has({ row, resolution });
}

const found = (over: Parameters<typeof makeUser>[1] = {}): Resolution => ({
  kind: 'found',
  user: makeUser(1, { login: 'ada', email: 'ada@example.com', ...over }),
});

describe('a user who was found is excluded', () => {
  test.each<readonly [string, readonly Row[], Resolution, boolean]>([
    ['by their id', [byId(1)], found(), true],
    ['by the user that a listing gave', [rowOf(INVALID.identifier, 1, makeUser(1))], found(), true],
    ['by their login', [byLogin('ADA')], found(), true],
    ['by their email address', [byEmail('Ada@Example.com')], found(), true],
    ['by an email address in a list of logins', [byLogin('ada@example.com')], found(), true],
    ['by a login in a list of addresses', [byEmail('ada')], found(), true],
    ['however accents are composed', [byLogin('Zo\u00eb')], found({ login: 'zoe\u0308' }), true],
    ['by the second of two names', [byLogin('bob'), byLogin('ada')], found(), true],
    ['but not by the name of another user', [byLogin('bob'), byId(2)], found(), false],
    [
      'but not by a name that only looks alike',
      [byLogin('strasse')],
      found({ login: 'straße' }),
      false,
    ],
    ['but not without any name', [], found(), false],
    [
      'but not by an address that they do not have',
      [byEmail('undefined'), byEmail('ada@example.com')],
      found({ email: undefined }),
      false,
    ],
  ])('%s', async (_name, names, resolution, expected) => {
    // What the row says does not matter.
    expect(await excludes(names, byLogin('somebody'), resolution)).toBe(expected);
  });
});

describe('a row without a user that was read is excluded by what it says', () => {
  const missing: Resolution = { kind: 'not-found', detail: '' };

  test.each<readonly [string, readonly Row[], Row, Resolution, boolean]>([
    ['an id without a lookup', [byId(1)], byId(1), { kind: 'unread', userId: userId(1) }, true],
    ['another id', [byId(1)], byId(2), { kind: 'unread', userId: userId(2) }, false],
    ['an id that nobody has', [byId(1)], byId(1), missing, true],
    ['a login that nobody has', [byLogin('ada')], byLogin('Ada'), missing, true],
    ['another login', [byLogin('ada')], byLogin('bob'), missing, false],
    [
      'an address of several users',
      [byEmail('ada')],
      byEmail('ADA'),
      { kind: 'ambiguous', detail: '' },
      true,
    ],
    [
      'a row that is not a name, although the same text is excluded',
      [byLogin(INVALID.identifier.value), byId(1)],
      INVALID,
      { kind: 'invalid', detail: '' },
      false,
    ],
  ])('%s', async (_name, names, row, resolution, expected) => {
    expect(await excludes(names, row, resolution)).toBe(expected);
  });
});

describe('a list that might leave somebody unprotected is refused with its line and what to do', () => {
  const refused = async (row: Row, lookup: boolean) => {
    const error: unknown = await readExclusion(stream([byId(1), row]), { lookup }).catch(
      (reason: unknown) => reason,
    );
    if (!(error instanceof AppError)) throw new Error('It was not refused.');
    return [error.code, error.exitCode, error.message, error.hint];
  };

  test('because a row names nobody', async () => {
    expect(await refused(INVALID, true)).toEqual([
      'INPUT_CSV',
      3,
      'users.csv, line 7: this row of the exclude list names no user (two users).',
      'Correct or remove the line: otherwise that person would not be protected.',
    ]);
  });

  test.each([
    ['a login', byLogin('ada', 9)],
    ['an email address', byEmail('ada', 9)],
  ])('because users are not read: %s', async (name, row) => {
    expect(await refused(row, false)).toEqual([
      'INPUT_CSV',
      3,
      `users.csv, line 9: ${name} cannot be excluded without a lookup.`,
      'Exclude by id, or leave --no-lookup out.',
    ]);
    const { has } = await readExclusion(stream([row]), { lookup: true });
    expect(has({ row, resolution: found() })).toBe(true);
  });
});
