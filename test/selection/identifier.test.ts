/** Which user a cell names, by the kind of its column; or what is wrong with it. */
import { describe, expect, test } from '@jest/globals';
import type { KeyKind } from '../../src/selection/layout/user-titles.ts';
import { cleanCell, otherObject, readIdentifier } from '../../src/selection/rows/identifier.ts';
import { moreThanAddress } from '../../src/selection/rows/more-than-address.ts';
import { ADA } from './sample.ts';

const KINDS = ['id', 'any', 'login', 'email'] as const;
const REST = '1k2mQw8Zr4TnXb0h7';
const UMA = 'uma@acme.example';

const read = (kind: KeyKind, cell: string) => {
  const found = readIdentifier(kind, cell);
  return found.kind === 'fault' ? `${found.code} ${found.value}` : `${found.kind} ${found.value}`;
};

describe('a cell', () => {
  test.each<[string, readonly string[]]>([
    // In columns of ids, of anything, of logins, of email addresses.
    [ADA, [`id ${ADA}`, `id ${ADA}`, `id ${ADA}`, `id ${ADA}`]],
    [` "${ADA}"\u200B `, [`id ${ADA}`, `id ${ADA}`, `id ${ADA}`, `id ${ADA}`]],
    ['', ['empty ', 'empty ', 'empty ', 'empty ']],
    [UMA, [`login-in-id ${UMA}`, `login ${UMA}`, `login ${UMA}`, `email ${UMA}`]],
    ['uma', ['not-an-id uma', 'login uma', 'login uma', 'not-an-email uma']],
    ['a@b@c', ['login-in-id a@b@c', 'login a@b@c', 'login a@b@c', 'not-an-email a@b@c']],
    [
      ADA.toUpperCase(),
      ['case-changed', 'login', 'login', 'not-an-email'].map(
        (code) => `${code} ${ADA.toUpperCase()}`,
      ),
    ],
    ['00u12', ['not-an-id 00u12', 'login 00u12', 'login 00u12', 'not-an-email 00u12']],
    ['1,5E+19', Array<string>(4).fill('e-notation 1,5E+19')],
    ['#N/A', Array<string>(4).fill('formula-error #N/A')],
    [`00g${REST}`, Array<string>(4).fill(`wrong-object 00g${REST}`)],
    [
      `zzz${REST}`,
      ['wrong-object', 'login', 'login', 'not-an-email'].map((code) => `${code} zzz${REST}`),
    ],
    [`${ADA}:hunter2`, Array<string>(4).fill(`more-than-login ${ADA}`)],
    [`${UMA}:hunter2`, Array<string>(4).fill(`more-than-login ${UMA}`)],
    [`${UMA} , hunter2`, Array<string>(4).fill(`more-than-login ${UMA}`)],
    ['uma|hunter2', Array<string>(4).fill('more-than-login uma')],
    [`http://a.co/x:${UMA}:hunter2`, Array<string>(4).fill(`more-than-login ${UMA}`)],
    [`://${UMA}:hunter2`, Array<string>(4).fill(`more-than-login ${UMA}`)],
    ['http://a.co/http://uma:hunter2', Array<string>(4).fill('more-than-login http')],
    ['uma (password hunter24!)', Array<string>(4).fill('more-than-login uma')],
    [
      `${UMA}, mei@acme.example`,
      ['login-in-id', 'several', 'several', 'several'].map(
        (code) => `${code} ${UMA}, mei@acme.example`,
      ),
    ],
    [
      `Uma <${UMA}>`,
      [`login-in-id Uma <${UMA}>`, ...Array<string>(3).fill(`more-than-address Uma <${UMA}>`)],
    ],
    [`Uma <${UMA}:hunter2>`, Array<string>(4).fill(`more-than-login ${UMA}`)],
    ['a\\b', ['not-an-id a\\b', 'unsearchable a\\b', 'unsearchable a\\b', 'unsearchable a\\b']],
    ['a\u0000b', Array<string>(4).fill('damaged-text a\uFFFDb')],
  ])('%j', (cell, expected) => {
    const found = KINDS.map((kind) => read(kind, cell));
    expect(found).toEqual(expected);
  });

  test('is too long for a login with more than 100 characters', () => {
    const login = (length: number) => `${'a'.repeat(length - UMA.length)}${UMA}`;
    expect(read('login', login(100))).toBe(`login ${login(100)}`);
    expect(readIdentifier('email', login(101))).toMatchObject({
      code: 'too-long',
      problem: `“${login(101)}” has 101 characters; an Okta login has at most 100.`,
    });
  });

  test('is looked through for a password up to 1,000 characters', () => {
    for (const [start, login] of [
      [`${UMA}:`, UMA],
      ['http://', 'http'],
    ] as const) {
      const ofLength = (length: number) => `${start}${'x'.repeat(length - start.length)}`;
      expect(read('login', ofLength(1000))).toBe(`more-than-login ${login}`);
      expect(read('login', ofLength(1001))).toMatch(/^too-long /);
    }
    const named = (length: number) => `${'x'.repeat(length - UMA.length - 2)}<${UMA}>`;
    expect(moreThanAddress(named(1000))?.address).toBe(UMA);
    expect(moreThanAddress(named(1001))).toBeUndefined();
  });

  test.each([
    ['00g', 'a group'],
    ['0oa', 'an app'],
    ['0ua', 'an app user (an assignment to an app)'],
    ['guo', 'a device'],
    ['00o', 'an org'],
    ['00p', 'a policy'],
    ['0pr', 'a policy rule'],
    ['00t', 'an API token'],
    ['oty', 'a user type'],
    ['00u', undefined],
    ['x-y', undefined],
  ])('that begins with %s is the id of %s', (prefix, what) => {
    expect(otherObject('login', `${prefix}${REST}`)).toBe(what);
    expect(otherObject('id', `${prefix}${REST}`)).toBe(what);
    expect(otherObject('id', `${prefix}${REST}x`)).toBeUndefined();
  });

  test.each([
    ['00u', `“00u” has 3 characters; a user id has 20.`],
    [`00u${REST.slice(1)}-`, `“00u${REST.slice(1)}-” is not an Okta user id`],
    [`x${ADA}`, `“x${ADA}” is not an Okta user id`],
  ])('%s in a column of ids says what is wrong', (cell, problem) => {
    expect(readIdentifier('id', cell)).toMatchObject({ problem: expect.stringContaining(problem) });
  });

  test.each([
    [' a\u200Bb ', 'ab'],
    ['="007"', '007'],
    ["'a'", 'a'],
    ['„a“', 'a'],
    ['« a »', 'a'],
    ['""a""', '"a"'],
    ['"a', '"a'],
    ['""', ''],
    ['Ünal', 'Ünal'],
  ])('%j means %j', (cell, text) => {
    expect(cleanCell(cell)).toBe(text);
  });
});
