import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SandboxUser } from '../../src/sandbox/sandbox.ts';
import { rows, startRig, USERS, type Got, type Rig } from './rig.ts';

let rig: Rig;
let all: SandboxUser[];
beforeAll(async () => {
  rig = await startRig({ users: 700, limits: 'off', urlLimit: 20_000, mix: { hostile: 0.1 } });
  all = [...rig.org.users()];
});
afterAll(() => rig.close());

const ids = (got: Got): string[] => rows(got).map(({ id }) => id);
const idsOf = (users: readonly SandboxUser[]): string[] => users.map(({ id }) => id);

function nextOf(got: Got): string | undefined {
  const links = String(got.headers['link'] ?? '');
  return /<([^>]+)>; rel="next"/.exec(links)?.[1]?.slice(rig.org.url.length);
}

async function walk(path: string): Promise<{ readonly pages: number[]; readonly ids: string[] }> {
  const pages: number[] = [];
  const found: string[] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const got = await rig.get(next);
    expect(got.status).toBe(200);
    pages.push(rows(got).length);
    found.push(...ids(got));
    next = nextOf(got);
  }
  return { pages, ids: found };
}

test('a plain listing has everyone but the deprovisioned, 200 a page, with absolute next links', async () => {
  const expected = idsOf(all.filter(({ status }) => status !== 'DEPROVISIONED'));
  const { pages, ids: found } = await walk(USERS);
  expect(found).toEqual(expected);
  expect(pages).toEqual([200, 200, 200, expected.length - 600]);
  const first = await rig.get(`${USERS}?limit=500`);
  expect(first.json).toHaveLength(200);
  expect(String(first.headers['link'])).toContain(`<${rig.org.url}${USERS}?limit=500>; rel="self"`);
});

test('an exactly full last page has no next link', async () => {
  const count = all.filter(({ status }) => status === 'SUSPENDED').length;
  const got = await rig.search('status eq "SUSPENDED"', `&limit=${count}`);
  expect(got.json).toHaveLength(count);
  expect(nextOf(got)).toBeUndefined();
});

const is =
  (...statuses: string[]) =>
  (user: SandboxUser) =>
    statuses.includes(user.status);
const starts = (text: string) => (user: SandboxUser) =>
  user.firstName.toLowerCase().startsWith(text);

describe('search', () => {
  test.each<[string, (user: SandboxUser) => boolean]>([
    ['status eq "DEPROVISIONED"', is('DEPROVISIONED')],
    ['status EQ "locked_out"', is('LOCKED_OUT')],
    ['status eq "STAGED" or status eq "RECOVERY"', is('STAGED', 'RECOVERY')],
    ['status lt "ACTIVE" or status gt "ACTIVE"', (user) => user.status !== 'ACTIVE'],
    [
      'status eq "RECOVERY" and profile.firstName sw "g" or status eq "STAGED"',
      (user) => (user.status === 'RECOVERY' && starts('g')(user)) || user.status === 'STAGED',
    ],
    [
      'status eq "ACTIVE" and (profile.firstName sw "A" or profile.firstName sw "G")',
      (user) => user.status === 'ACTIVE' && (starts('a')(user) || starts('g')(user)),
    ],
    ['profile.login co "LOVELACE"', (user) => user.login.includes('lovelace')],
    ['profile.secondEmail pr', (user) => user.secondEmail !== undefined],
    ['profile.email co "@MAIL.acme"', (user) => user.email.includes('@mail.acme')],
    [
      'profile.firstName eq "Bob \\"The Hammer\\""',
      (user) => user.firstName === 'Bob "The Hammer"',
    ],
    [
      'statusChanged ge "2025-01-01T00:00:00.000Z"',
      (user) => (user.statusChangedMs ?? 0) >= Date.parse('2025-01-01T00:00:00Z'),
    ],
  ])('%s', async (expression, matches) => {
    const expected = idsOf(all.filter(matches));
    expect(expected.length).toBeGreaterThan(0);
    const { ids: found } = await walk(`${USERS}?search=${encodeURIComponent(expression)}&limit=50`);
    expect(found).toEqual(expected);
  });

  test('a hundred ids, logins and emails at once, unknown ones and other cases among them', async () => {
    const some = all.filter((_, index) => index % 21 === 0);
    const clauses = some.map((user, index) => {
      if (index % 3 === 0) return `id eq "${user.id}"`;
      if (index % 3 === 1) return `profile.login eq "${user.login.toUpperCase()}"`;
      return `profile.email eq "${user.email}"`;
    });
    clauses.push('id eq "00uNOBODYNOBODYNOBOD"', `id eq "${all[5]!.id.toLowerCase()}"`);
    const mails = new Set(some.filter((_, i) => i % 3 === 2).map(({ email }) => email));
    const expected = all.filter((user) => {
      const at = some.indexOf(user);
      return (at >= 0 && at % 3 < 2) || mails.has(user.email);
    });
    const got = await rig.search(clauses.join(' or '), '&limit=200');
    expect(ids(got)).toEqual(idsOf(expected));
  });

  test('a shared email address names two people', async () => {
    const own = await startRig({ users: 400, limits: 'off', mix: { sharedEmail: 0.2 } });
    const people = [...own.org.users()];
    const email = people.find(
      (user, i) => people.findIndex((o) => o.email === user.email) < i,
    )!.email;
    const got = await own.search(`profile.email eq "${email}"`);
    expect(got.json).toHaveLength(2);
    await own.close();
  });

  test('sortBy orders all matches over pages', async () => {
    const path = `${USERS}?search=${encodeURIComponent('status eq "ACTIVE"')}&sortBy=profile.login&sortOrder=desc&limit=90`;
    const { ids: found } = await walk(path);
    const logins = found.map((id) => rig.org.user(id)!.login);
    expect(logins).toEqual([...logins].sort().reverse());
    expect(logins).toHaveLength(all.filter(is('ACTIVE')).length);
  });

  test.each([
    'status',
    'status eq',
    'status eq ACTIVE',
    'status ne "ACTIVE"',
    'status eq "ACTIVE',
    'status eq "ACTIVE" and',
    '(status eq "ACTIVE"',
    'status eq "ACTIVE")',
    'status co "ACT"',
    'Status eq "ACTIVE"',
    'passwordChanged gt "2025-01-01T00:00:00.000Z"',
    'lastLogin pr',
    'credentials.provider.type eq "OKTA"',
    'created gt "yesterday"',
    'profile.nothing eq "x"',
    `${'('.repeat(100)}status eq "ACTIVE"${')'.repeat(100)}`,
    '',
  ])('refuses %s', async (expression) => {
    const got = await rig.search(expression);
    expect([got.status, got.json.errorCode]).toEqual([400, 'E0000031']);
  });
});

describe('filter and q', () => {
  const filter = (text: string) => rig.get(`${USERS}?filter=${encodeURIComponent(text)}`);

  test('filter has seven attributes, equality and case', async () => {
    expect(ids(await filter('status eq "DEPROVISIONED"'))).toEqual(
      idsOf(all.filter(is('DEPROVISIONED'))),
    );
    expect((await filter('status eq "deprovisioned"')).json).toEqual([]);
    expect((await filter(`profile.login eq "${all[3]!.login.toUpperCase()}"`)).json).toEqual([]);
    expect(ids(await filter(`profile.login eq "${all[3]!.login}"`))).toEqual([all[3]!.id]);
    expect((await filter('lastUpdated gt "2019-01-01T00:00:00.000Z"')).json).toHaveLength(200);
  });

  test.each([
    'profile.login sw "a"',
    'created gt "2020-01-01T00:00:00.000Z"',
    'profile.department eq "x"',
  ])('filter refuses %s', async (text) => {
    expect((await filter(text)).json.errorCode).toBe('E0000031');
  });

  test('q matches the beginning of names and emails, at most ten, without pages', async () => {
    const got = await rig.get(`${USERS}?q=GRA`);
    const expected = all
      .filter((user) => user.status !== 'DEPROVISIONED')
      .filter((user) =>
        [user.firstName, user.lastName, user.email].some((text) => /^gra/i.test(text)),
      );
    expect(expected.length).toBeGreaterThan(10);
    expect(ids(got)).toEqual(idsOf(expected.slice(0, 10)));
    expect(nextOf(got)).toBeUndefined();
  });

  test('q with filter is E0000033', async () => {
    const got = await rig.get(`${USERS}?q=a&filter=${encodeURIComponent('status eq "ACTIVE"')}`);
    expect([got.status, got.json.errorCode]).toEqual([400, 'E0000033']);
  });
});

describe('shapes', () => {
  test('a single user has links to what is allowed, a collection only self', async () => {
    const links = async (status: string) =>
      Object.keys((await rig.get(`${USERS}/${all.find(is(status))!.id}`)).json._links as object);
    expect(await links('ACTIVE')).toEqual(
      expect.arrayContaining(['resetPassword', 'expirePassword']),
    );
    expect(await links('PROVISIONED')).toEqual(
      expect.arrayContaining(['resetPassword', 'reactivate']),
    );
    expect(await links('PROVISIONED')).not.toContain('expirePassword');
    expect(await links('SUSPENDED')).not.toContain('resetPassword');
    const [first] = (await rig.get(`${USERS}?limit=1`)).json;
    expect(Object.keys(first._links as object)).toEqual(['self']);
  });

  test('credentials.password is there exactly if a password exists', async () => {
    for (const user of all.slice(0, 200)) {
      const { json } = await rig.get(`${USERS}/${user.id}`);
      const none =
        is('STAGED', 'PROVISIONED', 'DEPROVISIONED')(user) ||
        ['SOCIAL', 'FEDERATION'].includes(user.provider);
      expect(['password' in json.credentials, json.passwordChanged === null]).toEqual([
        !none,
        none,
      ]);
      expect(json.credentials.provider.type).toBe(user.provider);
    }
  });

  test('fields reduces to what is named; id is always there', async () => {
    const got = await rig.get(
      `${USERS}?limit=1&fields=${encodeURIComponent('status,profile:(login,email)')}`,
    );
    const { id, status, login, email } = all.find((one) => one.status !== 'DEPROVISIONED')!;
    expect(got.json).toEqual([{ id, status, profile: { login, email } }]);
  });

  test('okta-response drops credentials only with all three words', async () => {
    const with3 =
      'application/json; okta-response="omitCredentials,omitCredentialsLinks, omitTransitioningToStatus"';
    const with1 = 'application/json; okta-response="omitCredentials"';
    const ask = async (type: string) =>
      rows(await rig.send('GET', `${USERS}?limit=1`, { 'content-type': type }))[0];
    expect(await ask(with3)).not.toHaveProperty('credentials');
    expect(await ask(with1)).toHaveProperty('credentials');
  });

  test('q finds the first user as well', async () => {
    expect(ids(await rig.get(`${USERS}?q=${encodeURIComponent(all[0]!.email)}`))).toEqual([
      all[0]!.id,
    ]);
  });

  test('users/me is the owner of the token', async () => {
    expect((await rig.get(`${USERS}/me`)).json.id).toBe(rig.org.tokenOwnerId);
  });

  test.each([
    ['limit=0', 'E0000001'],
    ['limit=x', 'E0000001'],
    ['after=zzz', 'E0000031'],
  ])('refuses %s with %s', async (query, code) => {
    expect((await rig.get(`${USERS}?${query}`)).json.errorCode).toBe(code);
  });
});

describe('groups and admins', () => {
  const groupsBy = (query: string) => rig.get(`/api/v1/groups?${query}`);
  const named = (name: string) =>
    groupsBy(`search=${encodeURIComponent(`profile.name eq "${name}"`)}`);

  test('a group by exact name; some names are not unique', async () => {
    expect(rows<{ profile: object }>(await named('sales')).map(({ profile }) => profile)).toEqual([
      { name: 'Sales', description: null },
    ]);
    expect((await named('Contractors')).json).toHaveLength(2);
    expect((await named('Nobody')).json).toEqual([]);
    expect((await groupsBy('q=con')).json).toHaveLength(2);
    expect((await groupsBy('q=E')).json).toHaveLength(2);
    expect((await groupsBy('q=E&limit=1')).json).toHaveLength(1);
    expect((await groupsBy(`filter=${encodeURIComponent('profile.name eq "Sales"')}`)).status).toBe(
      400,
    );
    expect(
      (await groupsBy(`filter=${encodeURIComponent('type eq "BUILT_IN"')}`)).json,
    ).toHaveLength(1);
  });

  test('members come in pages, without the deprovisioned', async () => {
    const everyone = rig.org.groups()[0]!;
    const { ids: found, pages } = await walk(`/api/v1/groups/${everyone.id}/users?limit=200`);
    expect(found).toEqual(idsOf(all.filter(({ status }) => status !== 'DEPROVISIONED')));
    expect(pages.slice(0, 3)).toEqual([200, 200, 200]);
    const sales = rig.org.groups()[2]!;
    const members = await walk(`/api/v1/groups/${sales.id}/users?limit=30`);
    expect(members.ids.length).toBeGreaterThan(60);
    const groups = await rig.get(`${USERS}/${members.ids[0]}/groups`);
    expect(ids(groups)).toEqual([everyone.id, sales.id]);
  });

  test('one group, and none', async () => {
    const { id, name } = rig.org.groups()[1]!;
    expect((await rig.get(`/api/v1/groups/${id}`)).json.profile.name).toBe(name);
    expect((await rig.get(`/api/v1/groups/${all[0]!.id}`)).json.errorCode).toBe('E0000007');
  });

  test('role assignees by pages of an object', async () => {
    const own = await startRig({ users: 50, admins: 5, limits: 'off' });
    const found: string[] = [];
    let path: string | undefined = '/api/v1/iam/assignees/users?limit=2';
    while (path !== undefined) {
      const got: Got = await own.get(path);
      const { value, _links } = got.json as {
        value: { id: string }[];
        _links: { next?: { href: string } };
      };
      found.push(...value.map(({ id }) => id));
      path = _links.next?.href.slice(own.org.url.length);
    }
    expect(found).toEqual(idsOf([...own.org.users()].filter(({ admin }) => admin)));
    const refused = await own.get('/api/v1/iam/assignees/users?limit=0');
    expect([refused.status, refused.json.errorCode]).toEqual([400, 'E0000001']);
    await own.close();
  });

  test('role assignees come by 100, or by 200 at most', async () => {
    const own = await startRig({ users: 250, admins: 250, limits: 'off' });
    const count = async (query: string) =>
      (await own.get(`/api/v1/iam/assignees/users${query}`)).json.value.length as number;
    expect([await count(''), await count('?limit=200'), await count('?limit=201')]).toEqual([
      100, 200, 200,
    ]);
    await own.close();
  });
});
