import { describe, expect, test } from '@jest/globals';
import { groupField } from '../../../src/sandbox/api/group-fields.ts';
import { filterField, searchField } from '../../../src/sandbox/api/user-fields.ts';
import { Org } from '../../../src/sandbox/org/org.ts';
import { resolveOptions } from '../../../src/sandbox/options.ts';
import type { Operator } from '../../../src/sandbox/search/grammar.ts';
import { logField } from '../../../src/sandbox/search/log-fields.ts';
import { compileExpression, type Field } from '../../../src/sandbox/search/match.ts';
import { ManualClock } from '../rig.ts';

const org = new Org(resolveOptions({ users: 60, groups: 9 }), new ManualClock());
const EVERY: readonly Operator[] = ['eq', 'ne', 'sw', 'co', 'ew', 'gt', 'ge', 'lt', 'le', 'pr'];
const MOMENT = '2024-01-01T00:00:00.000Z';

type Fields = (attribute: string) => Field | undefined;
const FIELDS = {
  'search for users': (name) => searchField(org, org.table, name),
  'filter for users': (name) => filterField(org, org.table, name),
  'search for groups': (name) => groupField(org, name, 'search'),
  'filter for groups': (name) => groupField(org, name, 'filter'),
  'filter for events': (name) => logField(org, name, () => undefined),
} as const satisfies Readonly<Record<string, Fields>>;

const compiled = (fields: Fields, attribute: string, operator: Operator, value: string) =>
  compileExpression({ kind: 'clause', attribute, operator, value }, fields);

const TEXT = 'eq sw gt ge lt le pr';
const TIME = 'eq gt ge lt le pr';
const NAMES = ['firstName', 'lastName', 'login', 'email'].map((name) => `profile.${name}`);
const GROUP_TIMES = ['lastUpdated', 'lastMembershipUpdated'];

/** Which operators each attribute allows, as Okta documents them. Attributes without any cannot be named at all. */
const RULES: readonly (readonly [keyof typeof FIELDS, readonly string[], string])[] = [
  ['search for users', ['id', 'status', 'type.id', 'profile.title', 'profile.zipCode'], TEXT],
  ['search for users', NAMES, `${TEXT} co`],
  ['search for users', ['created', 'activated', 'statusChanged', 'lastUpdated'], TIME],
  ['search for users', ['passwordChanged', 'lastLogin', 'credentials.provider.type'], ''],
  ['search for users', ['profile.shoeSize', 'ID', 'title'], ''],
  ['filter for users', ['status', 'id', ...NAMES], 'eq'],
  ['filter for users', ['lastUpdated'], 'eq gt ge lt le'],
  ['filter for users', ['created', 'statusChanged', 'profile.title', 'type.id'], ''],
  ['search for groups', ['id', 'type'], 'eq sw pr'],
  ['search for groups', ['profile.name', 'profile.description'], 'eq sw co pr'],
  ['search for groups', ['created', ...GROUP_TIMES], TIME],
  ['search for groups', ['objectClass'], ''],
  ['filter for groups', ['id', 'type'], 'eq'],
  ['filter for groups', GROUP_TIMES, TIME],
  ['filter for groups', ['created', 'profile.name', 'objectClass'], ''],
  ['filter for events', ['eventType', 'target.id', 'actor.id', 'severity'], EVERY.join(' ')],
  ['filter for events', ['published', 'target.changeDetails', 'actor'], ''],
];

test.each(
  RULES.flatMap(([kind, names, operators]) =>
    names.map((name): [keyof typeof FIELDS, string, string] => [kind, name, operators]),
  ),
)('a %s compares %s with: %s', (kind, attribute, operators) => {
  const allowed = EVERY.filter((operator) => {
    const { kind: result } = compiled(FIELDS[kind], attribute, operator, MOMENT);
    return result === 'ok';
  });
  expect(allowed.toSorted()).toEqual(operators.split(' ').filter(Boolean).toSorted());
});

test.each(['yesterday', '', '2024-13-01'])('a time that is "%s" is refused', (value) => {
  for (const fields of [FIELDS['search for users'], FIELDS['search for groups']])
    expect(compiled(fields, 'created', 'eq', value)).toEqual({
      kind: 'bad',
      problem: 'not a date',
    });
});

describe('case', () => {
  const found = (kind: keyof typeof FIELDS, attribute: string, value: string) => {
    const result = compiled(FIELDS[kind], attribute, 'eq', value);
    if (result.kind === 'bad') throw new Error(result.problem);
    const all = Array.from({ length: kind.endsWith('users') ? 60 : 9 }, (_, at) => at);
    return all.filter(result.matches);
  };
  const { login, email, firstName, lastName } = org.people.person(7);

  test.each([
    ['status', 'ACTIVE'],
    ['profile.login', login],
    ['profile.email', email],
    ['profile.firstName', firstName],
    ['profile.lastName', lastName],
  ])('of %s makes a difference only to a filter for users', (attribute, value) => {
    const other = value === value.toLowerCase() ? value.toUpperCase() : value.toLowerCase();
    const those = found('search for users', attribute, value);
    expect(those).toContain(value === 'ACTIVE' ? 0 : 7);
    expect(found('search for users', attribute, other)).toEqual(those);
    expect(found('filter for users', attribute, value)).toEqual(those);
    expect(found('filter for users', attribute, other)).toEqual([]);
  });

  test('of a group’s type makes a difference only to a filter', () => {
    expect(found('search for groups', 'type', 'app_group')).toEqual([5]);
    expect(found('filter for groups', 'type', 'APP_GROUP')).toEqual([5]);
    expect(found('filter for groups', 'type', 'app_group')).toEqual([]);
  });

  test.each([
    'search for users',
    'filter for users',
    'search for groups',
    'filter for groups',
  ] as const)('of an id makes a difference to a %s', (kind) => {
    const { idOf } = kind.endsWith('users') ? org.userIds : org.groupIds;
    expect(found(kind, 'id', idOf(3))).toEqual([3]);
    expect(found(kind, 'id', idOf(3).toLowerCase())).toEqual([]);
  });
});

test.each(['id', 'profile.login', 'profile.email', 'profile.firstName', 'status'])(
  'users are found by %s without a look at everyone, if there is an index',
  (attribute) => {
    const { login, email, firstName } = org.people.person(7);
    const values: Readonly<Record<string, string>> = {
      ...{ id: org.userIds.idOf(7), 'profile.login': login, 'profile.email': email },
      ...{ 'profile.firstName': firstName, status: 'ACTIVE' },
    };
    for (const kind of ['search for users', 'filter for users'] as const) {
      const result = compiled(FIELDS[kind], attribute, 'eq', values[attribute] ?? '');
      const isIndexed = ['id', 'profile.login', 'profile.email'].includes(attribute);
      expect(result.kind === 'ok' && result.candidates).toEqual(isIndexed ? [7] : undefined);
    }
  },
);

describe('an event is found', () => {
  const TOKEN = { number: 0, kind: 'ssws', id: '00Tone', user: 0, scopes: undefined } as const;
  const APP = { number: 1, kind: 'app', id: '0oaone', user: undefined, scopes: undefined } as const;
  const own = new Org(resolveOptions({ users: 10 }), new ManualClock());
  const rest = { timeMs: own.nowMs(), request: 7, userAgent: 'okta-reset/1' };
  const limit = { subtype: undefined, threshold: 2, secondsToReset: 30, pattern: '/api/v1/users' };
  own.log.add({ ...rest, type: 'user.session.clear', user: 4, principal: 0 });
  own.log.add({ ...rest, type: 'user.session.clear', user: 5, principal: 1, request: 8 });
  own.log.add({ ...rest, type: 'user.session.start', user: 5, userAgent: 'Mozilla/5.0' });
  own.log.add({ ...rest, type: 'system.org.rate_limit.violation', principal: 0, limit });

  const idOf = (index: number) => own.userIds.idOf(index);
  test.each<[string, string, readonly number[]]>([
    ['eventType', 'USER.SESSION.CLEAR', [0, 1]],
    ['target.id', idOf(4), [0]],
    ['target.id', idOf(4).toLowerCase(), []],
    ['target.id', idOf(5), [1]],
    ['target.id', '/api/v1/users', [3]],
    ['actor.id', idOf(0), [0, 3]],
    ['actor.id', '0oaone', [1]],
    ['actor.id', '0OAONE', []],
    ['actor.id', idOf(5), [2]],
    ['transaction.id', own.requestId(7), [0, 2, 3]],
    ['transaction.id', own.requestId(7).toUpperCase(), []],
    ['transaction.detail.requestApiTokenId', '00Tone', [0, 3]],
    ['transaction.detail.requestApiTokenId', '0oaone', []],
    ['client.userAgent.rawUserAgent', 'OKTA-RESET/1', [0, 1, 3]],
    ['client.id', '0oaone', [1]],
    ['outcome.result', 'deny', [3]],
    ['version', '0', [0, 1, 2, 3]],
    ['debugContext.debugData.operationRateLimitThreshold', '2', [3]],
  ])('by %s "%s": %j', (attribute, value, numbers) => {
    const fields: Fields = (name) => logField(own, name, (number) => [TOKEN, APP][number]);
    const result = compiled(fields, attribute, 'eq', value);
    expect(result.kind === 'ok' && [0, 1, 2, 3].filter(result.matches)).toEqual(numbers);
  });
});
