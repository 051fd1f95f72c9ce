import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { SandboxUser } from '../../src/sandbox/sandbox.ts';
import { rows, startRig, taker, USERS, type Got, type Rig } from './rig.ts';

let rig: Rig;
let all: SandboxUser[];
beforeAll(async () => {
  rig = await startRig({ users: 400, groups: 9, limits: 'off' });
  all = [...rig.org.users()];
});
afterAll(() => rig.close());

interface Shown {
  readonly id: string;
  readonly status: string;
  readonly created: string;
  readonly lastUpdated: string;
  readonly statusChanged: string;
  readonly activated: string | null;
  readonly profile: Readonly<Record<string, string | null>>;
}
const ids = (got: Got): string[] => rows(got).map(({ id }) => id);
const users = async (expression: string, more = '') =>
  rows<Shown>(await rig.search(expression, more));

describe('users', () => {
  test('a login is searched for with case, but without diacritics; a path ignores both', async () => {
    const { id, login } = all.find(
      (user) => /^[a-z]+-/.test(user.login) && user.login.includes('a'),
    )!;
    const marked = login.replace('a', 'á');
    expect(await users(`profile.login eq "${login.toUpperCase()}"`)).toMatchObject([{ id }]);
    expect(await users(`profile.login eq "${marked}"`)).toEqual([]);
    expect(await users(`profile.email eq "${marked}"`)).toEqual([]);
    expect((await rig.get(`${USERS}/${encodeURIComponent(marked)}`)).json.id).toBe(id);
  });

  test.each(['title', 'city', 'costCenter', 'nickName', 'department'])(
    'profile.%s is searchable',
    async (name) => {
      const [one] = await users(`profile.${name} pr`, '&limit=1');
      const value = one!.profile[name]!;
      const found = await users(`profile.${name} eq "${value.toUpperCase()}"`, '&limit=200');
      expect(found.length).toBeGreaterThan(0);
      expect(found.length).toBeLessThan(200);
      for (const { profile } of found) expect(profile[name]).toBe(value);
      expect((await rig.search(`profile.${name} co "${value.slice(1)}"`)).json.errorCode).toBe(
        'E0000031',
      );
    },
  );

  test.each(['created', 'lastUpdated', 'statusChanged', 'profile.lastName', 'profile.city'])(
    '%s is compared in every order',
    async (attribute) => {
      const valueOf = (user: Shown) =>
        (attribute.startsWith('profile.')
          ? user.profile[attribute.slice(8)]
          : user[attribute as 'created']
        )?.toLowerCase() ?? '';
      const everybody = await users('status eq "STAGED"', '&limit=200');
      const values = everybody.map(valueOf).toSorted();
      const middle = values[values.length >> 1]!;
      const found = async (operator: string) => {
        const text = `status eq "STAGED" and ${attribute} ${operator} "${middle}"`;
        return (await users(text, '&limit=200')).map(valueOf).toSorted();
      };
      const those = (matches: (value: string) => boolean) => values.filter(matches);
      expect(await found('lt')).toEqual(those((value) => value < middle));
      expect(await found('le')).toEqual(those((value) => value <= middle));
      expect(await found('gt')).toEqual(those((value) => value > middle));
      expect(await found('ge')).toEqual(those((value) => value >= middle));
    },
  );

  test('empty base attributes are known, and nobody has them; unknown ones are refused', async () => {
    for (const name of ['employeeNumber', 'zipCode', 'timezone', 'manager'])
      expect(await users(`profile.${name} pr`)).toEqual([]);
    expect((await rig.search('profile.shoeSize pr')).json.errorCode).toBe('E0000031');
  });

  test.each<[string, (user: Shown) => string]>([
    ['statusChanged', (user) => user.statusChanged],
    ['activated', (user) => user.activated ?? ''],
    ['created', (user) => user.created],
    ['profile.city', (user) => user.profile['city'] ?? ''],
    ['profile.secondEmail', (user) => user.profile['secondEmail'] ?? ''],
    ['type.id', () => ''],
  ])('sortBy=%s, both ways, equals by id', async (by, key) => {
    for (const [order, sign] of [
      ['asc', 1],
      ['desc', -1],
    ] as const) {
      const query = `&limit=200&sortBy=${by}&sortOrder=${order}`;
      const found = await users('status eq "ACTIVE" or status eq "STAGED"', query);
      const expected = found.toSorted((a, b) => {
        const [x, y] = [key(a), key(b)];
        if (x === y) return a.id < b.id ? -1 : 1;
        return (x < y ? -1 : 1) * sign;
      });
      expect(found.length).toBeGreaterThan(150);
      expect(found.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
    }
  });
});

describe('members of a group', () => {
  test('search looks only among them', async () => {
    const group = rig.org.groups()[2]!;
    const path = `/api/v1/groups/${group.id}/users?limit=200`;
    const members = rows<Shown>(await rig.get(path));
    const wanted = members.filter(({ status }) => status === 'ACTIVE').map(({ id }) => id);
    const found = await rig.get(`${path}&search=${encodeURIComponent('status eq "ACTIVE"')}`);
    expect(ids(found)).toEqual(wanted);
    expect(wanted.length).toBeGreaterThan(10);
    expect(wanted.length).toBeLessThan(members.length);
    const bad = await rig.get(`${path}&search=${encodeURIComponent('status near "x"')}`);
    expect([bad.status, bad.json.errorCode]).toEqual([400, 'E0000031']);
  });
});

describe('groups', () => {
  const by = (kind: 'search' | 'filter', text: string, more = '') =>
    rig.get(`/api/v1/groups?${kind}=${encodeURIComponent(text)}${more}`);
  const names = (got: Got) =>
    rows<{ profile: { name: string } }>(got).map(({ profile }) => profile.name);
  const moment = async (property: string): Promise<string> =>
    String((await rig.get(`/api/v1/groups/${rig.org.groups()[3]!.id}`)).json[property]);

  test.each(['created', 'lastUpdated', 'lastMembershipUpdated'])(
    'search by %s',
    async (property) => {
      const at = await moment(property);
      const found = await by('search', `${property} gt "${at}"`);
      expect(names(found)).toEqual(
        rig.org
          .groups()
          .slice(4)
          .map(({ name }) => name),
      );
      expect(names(await by('search', `${property} le "${at}"`))).toHaveLength(4);
    },
  );

  test.each([
    ['profile.name co "TRACT"', 2],
    ['profile.description co "organization"', 1],
    ['profile.description pr', 2],
    ['type sw "OKTA" and profile.name sw "Team"', 3],
  ])('search %s', async (text, count) => {
    expect(names(await by('search', text))).toHaveLength(count);
  });

  test.each([
    ['type co "OKTA"', 'co not allowed here'],
    ['objectClass eq "x"', 'attribute objectClass cannot be searched'],
    ['type eq', 'unexpected end'],
    ['type eq "OKTA_GROUP" or', 'unexpected end'],
  ])('search and filter refuse %s: %s', async (text, problem) => {
    for (const kind of ['search', 'filter'] as const) {
      const { status, json } = await by(kind, text);
      expect([status, json.errorCode, json.errorCauses]).toEqual([
        ...[400, 'E0000031', [{ errorSummary: problem }]],
      ]);
    }
  });

  test('filter has id, type and two times', async () => {
    const at = await moment('lastMembershipUpdated');
    const text = `type eq "OKTA_GROUP" and (lastUpdated lt "2015-01-01T00:00:00Z" or lastMembershipUpdated gt "${at}")`;
    expect(names(await by('filter', text))).toEqual(['Contractors', 'Team 1', 'Team 2', 'Team 3']);
    for (const refused of ['created pr', 'profile.description pr', 'type sw "O"'])
      expect((await by('filter', refused)).json.errorCode).toBe('E0000031');
  });

  test('sortBy and sortOrder, over pages, only for a search', async () => {
    const everything = 'created gt "2000-01-01T00:00:00Z"';
    const sorted = rig.org
      .groups()
      .map(({ name }) => name)
      .toSorted();
    expect(names(await by('search', everything, '&sortBy=profile.name'))).toEqual(sorted);
    const first = await by('search', everything, '&sortBy=profile.name&sortOrder=desc&limit=5');
    const next = /<([^>]+)>; rel="next"/.exec(String(first.headers['link']))![1]!;
    const second = await rig.get(next.slice(rig.org.url.length));
    expect([...names(first), ...names(second)]).toEqual(sorted.toReversed());
    expect(names(await rig.get('/api/v1/groups?sortBy=profile.name'))[0]).toBe('Everyone');
    expect((await by('search', everything, '&sortBy=size')).json.errorCode).toBe('E0000031');
  });
});

describe('a search that lags', () => {
  let own: Rig;
  afterEach(() => own.close());

  test('shows changes late, in what it finds and in how it shows it; a read by id does not', async () => {
    own = await startRig({ users: 100, limits: 'off', searchLagMs: 10_000 });
    const take = taker(own.org);
    const id = take('ACTIVE', 'OKTA');
    const statusBy = async (query: string) =>
      rows<Shown>(await own.get(`${USERS}?${query}`)).map(({ status }) => status);
    const search = `search=${encodeURIComponent(`id eq "${id}"`)}`;
    const active = `search=${encodeURIComponent(`id eq "${id}" and status eq "ACTIVE"`)}`;
    const filter = `filter=${encodeURIComponent(`id eq "${id}" and status eq "ACTIVE"`)}`;
    await own.post(`${USERS}/${id}/lifecycle/expire_password`);
    own.clock.advance(4000);
    await own.post(`${USERS}/${id}/lifecycle/reset_password?sendEmail=true`);
    const members = `/api/v1/groups/${own.org.groups()[0]!.id}/users`;
    const inGroup = async (query: string) =>
      rows<Shown>(await own.get(`${members}?${query}`)).find((user) => user.id === id)?.status;
    const seen = async () => [
      ...(await statusBy(search)),
      (await statusBy(active)).length,
      (await statusBy(filter)).length,
      (await inGroup(active)) === undefined ? 0 : 1,
      await inGroup(''),
      String((await own.get(`${USERS}/${id}`)).json.status),
    ];
    expect(await seen()).toEqual(['ACTIVE', 1, 1, 1, 'RECOVERY', 'RECOVERY']);
    const [shown] = rows<Shown>(await own.get(`${USERS}?${search}`));
    expect(Date.parse(shown!.lastUpdated)).toBeLessThan(own.clock.nowMs() - 60_000);
    own.clock.advance(5999);
    expect(await seen()).toEqual(['ACTIVE', 1, 1, 1, 'RECOVERY', 'RECOVERY']);
    own.clock.advance(1);
    expect(await seen()).toEqual(['PASSWORD_EXPIRED', 0, 0, 0, 'RECOVERY', 'RECOVERY']);
    own.clock.advance(4000);
    expect(await seen()).toEqual(['RECOVERY', 0, 0, 0, 'RECOVERY', 'RECOVERY']);
  });

  test('a plain listing is never late; many changes are forgotten in time', async () => {
    own = await startRig({
      users: 40,
      limits: 'off',
      searchLagMs: 1000,
      mix: { statuses: { ACTIVE: 1 }, providers: { OKTA: 1 } },
    });
    const { id } = [...own.org.users()].at(-1)!;
    const listed = async (query: string) =>
      rows<Shown>(await own.get(`${USERS}${query}`)).find((user) => user.id === id)?.status;
    for (let round = 0; round < 1500; round += 1) {
      own.org.suspend(id);
      own.clock.advance(1);
      own.org.unsuspend(id);
    }
    own.clock.advance(1);
    own.org.suspend(id);
    expect(await listed('')).toBe('SUSPENDED');
    const search = `?search=${encodeURIComponent('status eq "ACTIVE"')}`;
    own.clock.advance(999);
    expect(await listed(search)).toBe('ACTIVE');
    own.clock.advance(1);
    expect(await listed(search)).toBeUndefined();
  });
});
