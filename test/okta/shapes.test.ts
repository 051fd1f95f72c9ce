import { describe, expect, test } from '@jest/globals';
import {
  readFactor,
  readGroup,
  readHolder,
  readLinkLifetime,
  readList,
  readLogEvent,
  readRole,
} from '../../src/okta/endpoints/list-shape.ts';
import { readUser } from '../../src/okta/endpoints/user-shape.ts';
import { USER } from './scripted-org.ts';

const TIME = '2026-11-22T03:15:02.000Z';
const MS = Date.parse(TIME);

const EVENT = {
  uuid: 'e-1',
  eventType: 'user.account.reset_password',
  published: TIME,
  actor: { type: 'User', id: '00uactor', alternateId: 'ops@acme.example' },
  target: [{ type: 'User', id: '00utarget', alternateId: 'ada@acme.example' }],
  outcome: { result: 'FAILURE', reason: 'no' },
  transaction: { id: 't-1' },
  client: {
    ipAddress: '192.0.2.1',
    geographicalContext: { city: 'Turin', state: 'Piedmont', country: 'Italy' },
  },
};
const ACTOR = { role: 'actor', id: '00uactor', login: 'ops@acme.example' };
const TARGET = { role: 'target', id: '00utarget', login: 'ada@acme.example' };

interface Shape {
  readonly name: string;
  readonly read: (json: unknown) => unknown;
  readonly json: object;
  readonly whole: unknown;
  /** What changes in what is read without a member; undefined if nothing is read then. */
  readonly without: Readonly<Record<string, object | undefined>>;
}

const SHAPES: readonly Shape[] = [
  {
    name: 'a group',
    read: readGroup,
    json: { id: '00g1', profile: { name: 'Sales' } },
    whole: { id: '00g1', name: 'Sales' },
    without: { id: undefined, profile: { name: '' }, 'profile.name': { name: '' } },
  },
  {
    name: 'a factor',
    read: readFactor,
    json: { id: 'f1', factorType: 'push', created: TIME },
    whole: { id: 'f1', type: 'push', enrolledMs: MS },
    without: { id: undefined, factorType: { type: '' }, created: { enrolledMs: undefined } },
  },
  {
    name: 'a role',
    read: readRole,
    json: { type: 'SUPER_ADMIN', label: 'Super Administrator' },
    whole: { type: 'SUPER_ADMIN', label: 'Super Administrator' },
    without: { type: undefined, label: { label: 'SUPER_ADMIN' } },
  },
  {
    name: 'a holder',
    read: readHolder,
    json: { id: '00u1' },
    whole: '00u1',
    without: { id: undefined },
  },
  {
    name: 'a user',
    read: readUser,
    json: {
      id: USER,
      status: 'LOCKED_OUT',
      statusChanged: TIME,
      passwordChanged: '2026-01-01T00:00:00.000Z',
      profile: { login: 'ada', email: 'ada@acme.example', secondEmail: 'ada@home.example' },
      credentials: { provider: { type: 'LDAP', name: 'dir' } },
    },
    whole: {
      id: USER,
      status: 'LOCKED_OUT',
      statusChangedMs: MS,
      passwordChangedMs: Date.UTC(2026, 0, 1),
      login: 'ada',
      email: 'ada@acme.example',
      secondEmail: 'ada@home.example',
      providerType: 'LDAP',
      providerName: 'dir',
    },
    without: {
      id: undefined,
      status: { status: 'UNKNOWN' },
      statusChanged: { statusChangedMs: undefined },
      passwordChanged: { passwordChangedMs: undefined },
      profile: { login: '', email: undefined, secondEmail: undefined },
      'profile.login': { login: '' },
      'profile.email': { email: undefined },
      'profile.secondEmail': { secondEmail: undefined },
      credentials: { providerType: 'UNKNOWN', providerName: undefined },
      'credentials.provider': { providerType: 'UNKNOWN', providerName: undefined },
      'credentials.provider.type': { providerType: 'UNKNOWN' },
      'credentials.provider.name': { providerName: undefined },
    },
  },
  {
    name: 'an event of the System Log',
    read: readLogEvent,
    json: EVENT,
    whole: {
      uuid: 'e-1',
      eventType: 'user.account.reset_password',
      publishedMs: MS,
      actorId: '00uactor',
      userIds: ['00utarget'],
      result: 'FAILURE',
      reason: 'no',
      requestId: 't-1',
      clientIp: '192.0.2.1',
      people: [ACTOR, TARGET],
      place: 'Turin, Piedmont, Italy',
    },
    without: {
      uuid: undefined,
      eventType: undefined,
      published: undefined,
      actor: { actorId: undefined, people: [TARGET] },
      'actor.type': { people: [TARGET] },
      'actor.id': { actorId: undefined, people: [TARGET] },
      'actor.alternateId': { people: [{ ...ACTOR, login: undefined }, TARGET] },
      target: { userIds: [], people: [ACTOR] },
      'target.0.type': { userIds: [], people: [ACTOR] },
      'target.0.id': { userIds: [], people: [ACTOR] },
      'target.0.alternateId': { people: [ACTOR, { ...TARGET, login: undefined }] },
      outcome: { result: undefined, reason: undefined },
      'outcome.result': { result: undefined },
      'outcome.reason': { reason: undefined },
      transaction: { requestId: undefined },
      'transaction.id': { requestId: undefined },
      client: { clientIp: undefined, place: undefined },
      'client.ipAddress': { clientIp: undefined },
      'client.geographicalContext': { place: undefined },
      'client.geographicalContext.city': { place: 'Piedmont, Italy' },
      'client.geographicalContext.state': { place: 'Turin, Italy' },
      'client.geographicalContext.country': { place: 'Turin, Piedmont' },
    },
  },
];

/** The same JSON with the member at `path` replaced; `undefined` leaves it out. */
function changed(json: object, path: string, value: unknown): unknown {
  const [name = '', ...rest] = path.split('.');
  const copy = structuredClone(json) as Record<string, unknown>;
  copy[name] = rest.length === 0 ? value : changed(copy[name] as object, rest.join('.'), value);
  return JSON.parse(JSON.stringify(copy)) as unknown;
}

describe.each(SHAPES)('$name', ({ read, json, whole, without }) => {
  const parts = (value: unknown) =>
    typeof value === 'object' ? { ...value, raw: undefined } : value;
  const withRaw = (value: unknown) =>
    typeof value === 'object' ? { raw: undefined, ...value } : value;

  test('is read with all that it has', () => {
    expect(parts(read(json))).toEqual(withRaw(whole));
  });

  test.each(Object.entries(without))('is read without %s as what is left', (path, less) => {
    const expected = less === undefined ? undefined : withRaw({ ...(whole as object), ...less });
    for (const odd of [undefined, null, '', 7, true, [], {}])
      expect(parts(read(changed(json, path, odd)))).toEqual(expected);
  });

  test('is not read from something else', () => {
    for (const odd of [undefined, null, 'text', 7, [json], []]) expect(read(odd)).toBeUndefined();
  });
});

test('only users are people of an event, the actor first', () => {
  const target = [
    { type: 'AppInstance', id: '0oa1' },
    'text',
    ...['00ua', '00ub'].map((id) => ({ type: 'User', id, alternateId: id })),
  ];
  const person = (id: string) => ({ role: 'target', id, login: id });
  expect(readLogEvent({ ...EVENT, target })).toMatchObject({
    userIds: ['00ua', '00ub'],
    people: [ACTOR, person('00ua'), person('00ub')],
  });
  const actor = { type: 'PublicClientApp', id: '0oa2' };
  expect(readLogEvent({ ...EVENT, actor })).toMatchObject({ actorId: '0oa2', people: [TARGET] });
});

test('a list is read completely or not at all', () => {
  const groups = [1, 2, 3].map((n) => ({ id: `00g${n}`, profile: { name: `G${n}` } }));
  expect(readList(groups, readGroup)?.map(({ name }) => name)).toEqual(['G1', 'G2', 'G3']);
  expect(readList([], readGroup)).toEqual([]);
  expect(readList([groups[0], {}, groups[1]], readGroup)).toBeUndefined();
  for (const odd of [undefined, null, {}, 'text']) expect(readList(odd, readGroup)).toBeUndefined();
});

describe('the lifetime of links', () => {
  const PATH = ['settings', 'recovery', 'factors', 'okta_email', 'properties', 'recoveryToken'];
  const policy = (minutes: unknown, status = 'ACTIVE', path = PATH) => ({
    status,
    ...(path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), {
      tokenLifetimeMinutes: minutes,
    }) as object),
  });

  test.each<[string, unknown, object | undefined]>([
    ['one policy', [policy(60)], { minMinutes: 60, maxMinutes: 60 }],
    ['several', [policy(90), policy(60), policy(1440)], { minMinutes: 60, maxMinutes: 1440 }],
    ['one that is active', [policy(5, 'INACTIVE'), policy(1)], { minMinutes: 1, maxMinutes: 1 }],
    ['none that is active', [policy(60, 'INACTIVE')], undefined],
    ['one without a number', [policy('60'), policy(0), policy(-1), policy(null)], undefined],
    ['something else', [null, 'text', [], policy(7)], { minMinutes: 7, maxMinutes: 7 }],
    ['an empty list', [], undefined],
    ['no list', policy(60), undefined],
  ])('of %s', (_, json, expected) => {
    expect(readLinkLifetime(json)).toEqual(expected);
  });

  test('is found at its place only', () => {
    for (const name of PATH) {
      const path = PATH.map((each) => (each === name ? 'elsewhere' : each));
      expect(readLinkLifetime([policy(60, 'ACTIVE', path)])).toBeUndefined();
    }
  });
});
