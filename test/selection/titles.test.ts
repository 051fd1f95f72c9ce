/** Which columns name users, by their titles and by the cells of the first rows. */
import { describe, expect, test } from '@jest/globals';
import { chooseColumn, refuseDisagreement } from '../../src/selection/layout/choose-column.ts';
import {
  chooseKey,
  distinctNames,
  findColumns,
  kindOfHeader,
} from '../../src/selection/layout/header.ts';
import { rivalsOf, sideOf } from '../../src/selection/layout/rivals.ts';
import {
  memberOfSeveral,
  numberedMember,
  spellingsOf,
  withoutWrappers,
} from '../../src/selection/layout/titles.ts';
import { RECOGNISE_ALL } from '../../src/selection/selection.ts';
import { ADA, GRACE, JOSE, LINUS } from './sample.ts';

const GROUP = '00g1k2mR3vYc9LpKd5h7';
const APP_USER = '0ua1k2mAssign0001h7x';
const UMA = 'uma@acme.example';
const MEI = 'mei@acme.example';

test.each([
  ['id', 'id'],
  ['User Id', 'id'],
  ['Benutzer-ID', 'any'],
  ['Login', 'login'],
  ['UPN', 'login'],
  ['E-Mail', 'email'],
  ['Work address [mail]', 'email'],
  ['Manager [mail]', undefined],
  ['Personal address [mail]', undefined],
  ['actor.alternateId', 'login'],
  ['data/user/id', 'id'],
  ['group.id', undefined],
  ['Name', undefined],
])('the title %s names users by %s', (title, kind) => {
  expect(kindOfHeader(title)).toBe(kind);
});

describe('the column of users', () => {
  const chosen = (names: readonly (string | undefined)[], ...rows: readonly string[][]) => {
    const choice = chooseKey(names, rows);
    switch (choice.kind) {
      case 'ambiguous':
        return choice.candidates.map(({ index }) => index);
      case 'missing':
        return 'missing';
      case 'actor':
      case 'chosen':
        return { [choice.kind]: choice.key.name, over: choice.passedOver.map(({ name }) => name) };
    }
  };

  test.each([
    ['id before login before email', ['Email', 'x', 'Login', 'id'], [], 'id', ['Email', 'Login']],
    ['login before email', ['Email', 'Login', undefined], [], 'Login', ['Email']],
    ['ids that no row has', ['id', 'login'], [['', UMA]], 'id', ['login']],
    [
      'ids that some rows have',
      ['id', 'login'],
      [
        [ADA, ''],
        ['17', UMA],
      ],
      'id',
      ['login'],
    ],
    ['logins if all ids are numbers', ['id', 'login'], [['17', UMA]], 'login', ['id']],
    ['ids if there is nothing else', ['id', 'x'], [['17', UMA]], 'id', []],
    ['a user id that is a login', ['Benutzer-ID', 'Login'], [[UMA, 'x']], 'Benutzer-ID', ['Login']],
    [
      'such a one if some are numbers',
      ['Benutzer-ID', 'Login'],
      [['17', ''], [UMA]],
      'Benutzer-ID',
      ['Login'],
    ],
    [
      'logins if all of those are numbers',
      ['Benutzer-ID', 'Login'],
      [['17', UMA]],
      'Login',
      ['Benutzer-ID'],
    ],
    ['logins, whatever they look like', ['Email', 'Login'], [[UMA, '17']], 'Login', ['Email']],
    [
      'ids of users, not of other objects',
      ['id', 'userId', 'okta id'],
      [[APP_USER, ADA, GROUP], ['abc1k2mQw8Zr4TnXb0h7'], ['', GRACE, '']],
      'userId',
      ['id', 'okta id'],
    ],
  ])('has %s', (_, names, rows, name, over) => {
    expect(chosen(names, ...rows)).toEqual({ chosen: name, over });
  });

  test.each([
    ['two titles of one rank', ['Login', 'x', 'User name'], [], [0, 2]],
    ['a title that is repeated', ['id', 'id (2)'], [], [0, 1]],
    ['ids of users in two columns', ['id', 'userId'], [[ADA, GRACE]], [0, 1]],
    [
      'ids next to other ids, one of which is no object',
      ['id', 'userId'],
      [
        [APP_USER, ADA],
        ['0x', GRACE],
      ],
      [0, 1],
    ],
    [
      'no id of a user, but one column of other objects',
      ['id', 'userId'],
      [[APP_USER, '0ux']],
      [0, 1],
    ],
    ['logins, whatever ids they are', ['Login', 'User name'], [[GROUP, ADA]], [0, 1]],
  ])('is not clear with %s', (_, names, rows, indexes) => {
    expect(chosen(names, ...rows)).toEqual(indexes);
  });

  test('is the actor’s only if the columns name no other, and none without a known title', () => {
    expect(chosen(['actor.alternateId', 'email'])).toEqual({
      actor: 'actor.alternateId',
      over: ['email'],
    });
    expect(chosen(['target.alternateId'])).toEqual({ chosen: 'target.alternateId', over: [] });
    expect(chosen(['Name', undefined])).toBe('missing');
  });
});

describe('a title given with a flag', () => {
  test.each<[string, (string | undefined)[], number[]]>([
    ['Login', ['login', 'Login'], [1]],
    [' Login ', ['login', 'Login'], [1]],
    ['Login', ['Login', 'login'], [0]],
    ['LOG-IN', ['x', undefined, 'Login'], [2]],
    ['id', ['Name [id]', 'Id'], [1]],
    ['id', ['Name [id]', 'Nr [id]'], [0, 1]],
    ['ID', ['id', 'id (2)'], [0, 1]],
    ['id', ['id', 'id (2)'], [0, 1]],
    ['id (2)', ['id', 'id (2)'], [1]],
    ['ID2', ['id', 'id (2)'], [1]],
    ['id', ['id', 'Name [id]', 'id (2)'], [0, 1, 2]],
    ['User name', ['User name [upn] Required'], [0]],
    ['upn', ['User name [upn] Required'], [0]],
    ['*', [' * ', '-'], [0]],
    ['*', ['-', '+'], []],
    ['Konto', ['Login', undefined], []],
  ])('%j of %j means the columns %j', (wanted, names, found) => {
    expect(findColumns(names, wanted)).toEqual(found);
  });
});

test('repeated titles get their own names, also if one of these is taken', () => {
  expect(distinctNames(['a', '', 'a', 'a', 'b', '__proto__'])).toEqual([
    ...['a', undefined, 'a (2)', 'a (3)', 'b', '__proto__ (2)'],
  ]);
  expect(distinctNames(['a', 'a (2)', 'a', 'a (2)'])).toEqual([
    ...['a', 'a (2)', 'a (3)', 'a (2) (2)'],
  ]);
});

describe('columns that could name the users as well', () => {
  const rivals = (names: (string | undefined)[], ...rows: string[][]) =>
    rivalsOf(names, rows, { index: 0, kind: kindOfHeader(names[0] ?? '') ?? 'any' });
  const longest = `${'a'.repeat(100)}@${'b'.repeat(198)}.c`;

  test.each<[string, (string | undefined)[], string[][], number[]]>([
    ['all cells are ids too', ['id', 'x', 'y'], [[ADA, GRACE, 'z']], [1]],
    ['without a title', ['id', undefined], [[ADA, GRACE]], [1]],
    [
      'empty cells between them',
      ['id', 'x'],
      [
        [ADA, ''],
        [GRACE, JOSE],
      ],
      [1],
    ],
    [
      'not with other cells between them',
      ['id', 'x'],
      [
        [ADA, 'y'],
        [GRACE, JOSE],
      ],
      [],
    ],
    [
      'but with them if the title names a side of an event',
      ['id', 'target'],
      [
        [ADA, 'y'],
        [GRACE, JOSE],
      ],
      [1],
    ],
    [
      'some of the ids are damaged',
      ['id', 'performed for'],
      [
        [ADA, GRACE],
        ['x', JOSE],
      ],
      [1],
    ],
    ['not if the ids are of other objects', ['id', 'performed for'], [[APP_USER, GRACE]], []],
    ['logins without a domain', ['login', 'subject'], [['ada', UMA]], [1]],
    ['not ids next to logins', ['login', 'performed for'], [[UMA, ADA]], []],
    ['ids of a target next to logins', ['login', 'target'], [[UMA, ADA]], [1]],
    ['no target that names nobody', ['login', 'target'], [[UMA, 'Payroll']], []],
    ['not the same target again', ['target.alternateId', 'target.id', 'x'], [[UMA, ADA, JOSE]], []],
    ['the longest login', ['login', 'x'], [[UMA, longest]], [1]],
    ['not a longer one', ['login', 'x'], [[UMA, `${longest}c`]], []],
    [
      'a dot before the @ is not one of a domain',
      ['login', 'x', 'y'],
      [[UMA, 'r.d@home', 'r.d@home.example']],
      [2],
    ],
    ['a side needs no dot', ['login', 'target'], [[UMA, 'ada@corp']], [1]],
    [
      'other addresses are related',
      ['login', 'mail', 'second', 'manager', 'x'],
      [[UMA, MEI, MEI, MEI, MEI]],
      [4],
    ],
    ['two addresses are not', ['email', 'Mail 2'], [[UMA, MEI]], [1]],
    [
      'the address of a side is not',
      ['login', 'target mail', 'src mail'],
      [[UMA, MEI, MEI]],
      [1, 2],
    ],
    [
      'the alternate id of an event is not',
      ['login', 'actor.alternateId', 'alternate'],
      [[UMA, MEI, MEI]],
      [1],
    ],
    ['rows that are shorter', ['id', 'x', 'y'], [[ADA], [GRACE, JOSE]], [1]],
  ])('%s', (_, names, rows, indexes) => {
    expect(rivals(names, ...rows)).toEqual(indexes);
  });

  test.each([
    ['target.alternateId', 'target'],
    ['actor.alternateId', 'actor'],
    ['Victim', 'target'],
    ['Requested by', 'actor'],
    ['SubjectUserName', 'actor'],
    ['Login', undefined],
  ])('%s names the side %s', (title, side) => {
    expect(sideOf(title)).toBe(side);
  });
});

describe('the refusal of an unclear column', () => {
  const choose = (
    names: readonly (string | undefined)[],
    rows: readonly (readonly string[])[],
    column?: string,
    isJson?: boolean,
  ) => {
    try {
      const { key } = chooseColumn(
        'users.csv',
        names,
        rows,
        undefined,
        { ...RECOGNISE_ALL, column },
        isJson,
      );
      return `${key.index} ${key.name} ${key.kind}`;
    } catch (error) {
      const { message, hint } = error as Error & { hint: string };
      return `${message} ${hint}`;
    }
  };

  test('shows three rows, first those in which the columns differ', () => {
    const same = ['q', 'x@a.co', 'x@a.co'];
    const half = ['q', '', 'z@a.co'];
    const differ = ['q', 'y@a.co', 'w@a.co'];
    const names = ['Nr', 'Login', 'Username'];
    expect(choose(names, [['q', ' '], same, half, differ])).toContain(
      'Login: “y@a.co”, “x@a.co”, “”; Username: “w@a.co”, “x@a.co”, “z@a.co”.',
    );
    expect(choose(names, [same, same, same, differ, same])).toContain(
      'Login: “y@a.co”, “x@a.co”, “x@a.co”; Username',
    );
    expect(choose(names, [['q', 'x@a.co']])).toContain('Login: “x@a.co”; Username: “”.');
  });

  test.each([
    [
      'id_0,id_1',
      false,
      'users.csv has all its users in one line, side by side: “id_0”. One user per line is needed.',
    ],
    [
      '0/id,1/id',
      undefined,
      'users.csv has all its users in one line, side by side: “0/id”. One user per line is needed.',
    ],
    [
      '0.id,1.id',
      true,
      'users.csv has all its users in one record: “0.id”. One user per record is needed.',
    ],
  ])('%s: users are side by side', (titles, isJson, message) => {
    expect(choose(titles.split(','), [[ADA, GRACE]], undefined, isJson)).toContain(message);
  });

  test.each([
    ['id_0,id', 'that could contain the users: “id”, “id_0”'],
    ['target.0.x,target.1.x', 'For the users it was done to: --column target.0.x.'],
    ['target_0_id,target_0_type,Nr', '--column target_0_id --where target_0_type=User.'],
    ['actorId,Nr,Note', 'For those who did it: --column actorId.'],
    ['konto,Nr,Note', 'The column “konto” looks as if it does:'],
  ])('%s: users are not side by side', (titles, words) => {
    const rows = [
      [ADA, GRACE, 'x'],
      [JOSE, 'user', 'x'],
    ];
    expect(choose(titles.split(','), rows)).toContain(words);
  });

  test('proposes the column of ids before that of logins, and asks if several look alike', () => {
    expect(choose(['a', 'b'], [[UMA, ADA]])).toContain('--column b');
    expect(choose(['a', 'b'], [[UMA, 'x']])).toContain('If it does: --column a');
    expect(choose(['a', 'b'], [[ADA, ADA]])).toContain('If it does: --column a');
    const differ = [
      [ADA, ADA],
      [GRACE, JOSE],
    ];
    expect(choose(['a', 'b'], differ)).toContain('has 2 columns that could contain the users');
    expect(choose(['a', 'b'], [['x', 'y']])).toContain('No column of users.csv is known');
  });

  test('names the type of a target only if some targets are users', () => {
    const names = ['actor.id', 'target.id', 'target.type', undefined];
    const rows = (type: string) => [
      [ADA, GRACE, 'AppInstance'],
      [ADA, LINUS, type],
    ];
    expect(choose(names, rows(' USER '))).toContain(
      '--column target.id --where target.type=User. For those who did it: --column actor.id.',
    );
    expect(choose(names, rows('Group'))).toContain('--column target.id. For those');
    expect(choose(['actor.id', 'target.id'], rows('User'))).toContain('--column target.id. For');
  });

  test('names the actor’s other addresses too, but no id next to them', () => {
    const names = ['actor.alternateId', 'email', 'externalId', 'id'];
    const said = choose(names, [[UMA, MEI, 'x', '17']]);
    expect(said).toContain('“actor.alternateId”, “email”. ');
    expect(said).toContain(
      'For those who did it: --column actor.alternateId. For those in “email”: --column email.',
    );
  });

  test.each([
    ['Ref', ['Ref', 'Nr'], '0 Ref any'],
    ['2', ['Ref', 'Login'], '1 Login login'],
    ['2', ['Ref', undefined], '1 Column 2 any'],
    ['3', ['Ref', 'Nr'], 'users.csv has 2 columns; there is no column 3.'],
    ['Konto', ['Ref', 'Nr'], 'users.csv has no column “Konto”.'],
    ['ref', ['Ref', 'Nr', 'REF'], 'has 2 columns that could contain the users: “Ref”, “REF”'],
  ])('--column %s of %j', (column, names, said) => {
    expect(choose(names, [], column)).toContain(said);
  });

  test('of one row names all columns that contradict it, in their order', () => {
    const columns = {
      key: { index: 0, name: 'login', kind: 'login' },
      passedOver: [],
      rivals: [1, 2, 3],
    } as const;
    const refuse = (...cells: string[]) =>
      refuseDisagreement('users.csv', ['login', 'a', 'b', 'c'], columns, cells);
    for (const cells of [[UMA], [UMA, UMA], [UMA, '', UMA.toUpperCase()]])
      expect(() => refuse(...cells)).not.toThrow();
    expect(() => refuse(UMA, MEI, UMA, 'eve@a.co')).toThrow(
      `login: “${UMA}”; a: “${MEI}”; c: “eve@a.co”.`,
    );
  });
});

describe('the parts of a title', () => {
  test.each([
    ['User name [userPrincipalName] Required', 'username', ['userprincipalname']],
    ['E-Mail [Required]', 'email', []],
    ['Login (optional)', 'login', []],
    ['Name*Required', 'name', []],
    ['Required', 'required', []],
    ['Käse [] [a] ［B］', 'kase', ['a', 'b']],
    ['[0].id', '0id', []],
    ['[x][0].id', 'x0id', []],
  ])('%s are %s and %j', (title, outside, inside) => {
    expect(spellingsOf(title)).toMatchObject({ outside, inside });
  });

  test.each([
    ['_embedded.user.profile.login', 'profilelogin'],
    ['data', 'data'],
    ['users__id', 'id'],
    ['x.data.id', 'xdataid'],
    ['a//b', 'ab'],
  ])('%s without what converters put before it is %s', (title, member) => {
    expect(withoutWrappers(title)).toBe(member);
  });

  test.each([
    ['0/id', 'id', undefined],
    ['users.12.profile.login', 'profile.login', undefined],
    ['[3].id', 'id', undefined],
    ['id', undefined, undefined],
    ['id_0', undefined, 'id'],
    ['id.12', undefined, 'id'],
    ['id[1]', undefined, 'id'],
    ['12 User id', undefined, 'userid'],
    ['12', undefined, undefined],
  ])('%s is of a numbered user: %s; of several: %s', (title, one, several) => {
    expect(numberedMember(title)).toBe(one);
    expect(memberOfSeveral(title)).toBe(several);
  });

  test('are looked for in titles of at most 200 characters', () => {
    const ofLength = (start: string, end: string, length: number) =>
      `${start}${'x'.repeat(length - start.length - end.length)}${end}`;
    for (const [length, isRead] of [
      [200, true],
      [201, false],
    ] as const) {
      expect(spellingsOf(ofLength('', '[a]', length)).inside).toEqual(isRead ? ['a'] : []);
      expect(withoutWrappers(ofLength('data.', '', length)).startsWith('data')).toBe(!isRead);
      expect(numberedMember(ofLength('0.', '', length)) !== undefined).toBe(isRead);
      expect(memberOfSeveral(ofLength('', '.0', length)) !== undefined).toBe(isRead);
    }
  });
});
