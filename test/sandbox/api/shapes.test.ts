import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PROVIDER_TYPES, USER_STATUSES } from '../../../src/domain/org/user.ts';
import type { SandboxUser } from '../../../src/sandbox/sandbox.ts';
import { rows, startRig, USERS, type Rig } from '../rig.ts';

const even = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 1]));

let rig: Rig;
let all: readonly SandboxUser[];
beforeAll(async () => {
  rig = await startRig({
    users: 200,
    admins: 4,
    tokens: ['one', 'two', 'three'],
    roles: ['ORG_ADMIN', 'CUSTOM'],
    limits: 'off',
    rolesReadable: true,
    withSessions: true,
    mix: { statuses: even(USER_STATUSES), providers: even(PROVIDER_TYPES), secondEmail: 0.5 },
  });
  all = [...rig.org.users()];
});
afterAll(() => rig.close());

const SUSPEND = ['suspend', 'lifecycle/suspend'];
const RESET = ['resetPassword', 'lifecycle/reset_password'];
const EXPIRE = ['expirePassword', 'lifecycle/expire_password'];
const FACTORS = ['resetFactors', 'lifecycle/reset_factors'];
const DEACTIVATE = ['deactivate', 'lifecycle/deactivate'];
const ACTIVATE = ['activate', 'lifecycle/activate'];
const REACTIVATE = ['reactivate', 'lifecycle/reactivate'];
const PASSWORD = [
  SUSPEND,
  RESET,
  ['forgotPassword', 'credentials/forgot_password'],
  EXPIRE,
  ['changeRecoveryQuestion', 'credentials/change_recovery_question'],
  FACTORS,
  DEACTIVATE,
  ['changePassword', 'credentials/change_password'],
];
/** The links of a user with factors, as recorded from a real org, by status. */
const LINKS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  ACTIVE: PASSWORD,
  PASSWORD_EXPIRED: PASSWORD,
  LOCKED_OUT: [['unlock', 'lifecycle/unlock'], RESET, EXPIRE, DEACTIVATE],
  RECOVERY: [REACTIVATE, RESET, DEACTIVATE],
  PROVISIONED: [REACTIVATE, RESET, SUSPEND, DEACTIVATE],
  SUSPENDED: [['unsuspend', 'lifecycle/unsuspend'], FACTORS, DEACTIVATE],
  STAGED: [ACTIVATE],
  DEPROVISIONED: [ACTIVATE, ['delete', '']],
};
const NAMES: Readonly<Record<string, string>> = {
  ACTIVE_DIRECTORY: 'corp.acme.example',
  FEDERATION: 'FEDERATION',
  IMPORT: 'IMPORT',
  LDAP: 'ldap.acme.example',
  OKTA: 'OKTA',
  SOCIAL: 'GOOGLE',
};

describe('a single user', () => {
  test.each(Object.entries(LINKS))('who is %s has these links', async (status, links) => {
    const { id } = all.find((user) => user.status === status)!;
    const self = `${rig.org.url}${USERS}/${id}`;
    const { _links } = (await rig.get(`${USERS}/${id}`)).json as { _links: object };
    const { self: own, schema, type, ...calls } = _links as Record<string, unknown>;
    expect(own).toEqual({ href: self });
    expect(schema).toEqual({ href: expect.stringMatching(/\/api\/v1\/meta\/schemas\/user\/osc/) });
    expect(type).toEqual({ href: expect.stringMatching(/\/api\/v1\/meta\/types\/user\/oty/) });
    expect(calls).toEqual(
      Object.fromEntries(
        links.map(([name = '', path]) => [
          name,
          path === ''
            ? { href: self, method: 'DELETE' }
            : { href: `${self}/${path}`, method: 'POST' },
        ]),
      ),
    );
  });

  test('without factors has no link that resets them', async () => {
    const { id } = all.findLast(({ status }) => status === 'ACTIVE')!;
    await rig.post(`${USERS}/${id}/lifecycle/reset_factors`);
    expect((await rig.get(`${USERS}/${id}`)).json._links).not.toHaveProperty('resetFactors');
  });

  test.each(PROVIDER_TYPES)('of %s has its provider, addresses and times', async (provider) => {
    const user = all.find((one) => one.provider === provider && one.status === 'LOCKED_OUT')!;
    const { json } = await rig.get(`${USERS}/${user.id}`);
    const address = (value: string | undefined, type: string) =>
      value === undefined ? [] : [{ value, status: 'VERIFIED', type }];
    expect(json.credentials.provider).toEqual({ type: provider, name: NAMES[provider] });
    expect(json.credentials.emails).toEqual([
      ...address(user.email, 'PRIMARY'),
      ...address(user.secondEmail, 'SECONDARY'),
    ]);
    expect(json.profile).toMatchObject({
      login: user.login,
      email: user.email,
      firstName: user.firstName,
      lastName: user.lastName,
      secondEmail: user.secondEmail ?? null,
      mobilePhone: null,
    });
    expect(Date.parse(String(json.statusChanged))).toBe(user.statusChangedMs);
    expect(Date.parse(String(json.lastUpdated))).toBe(user.statusChangedMs);
    // A status that changed an hour after the password was set, and a sign-in 10 minutes after it.
    const passwordMs = (user.statusChangedMs ?? 0) - 3_600_000;
    expect(Date.parse(String(json.lastLogin))).toBe(passwordMs + 600_000);
    expect(Date.parse(String(json.activated))).toBe(Date.parse(String(json.created)) + 60_000);
  });

  test('who was never activated has no times of a password or a sign-in', async () => {
    const { id } = all.find(({ status }) => status === 'STAGED')!;
    expect((await rig.get(`${USERS}/${id}`)).json).toMatchObject({
      activated: null,
      lastLogin: null,
      passwordChanged: null,
    });
  });

  test.each([0, 1, 2])('with %d factors has them in a list', async (count) => {
    const own = await startRig({ users: 60, limits: 'off' });
    const user = [...own.org.users()].find(({ factors }) => factors === count)!;
    const kinds = [
      ['opf', 'push', 'OKTA'],
      ['uft', 'token:software:totp', 'GOOGLE'],
    ] as const;
    const { created } = (await own.get(`${USERS}/${user.id}`)).json;
    expect((await own.get(`${USERS}/${user.id}/factors`)).json).toEqual(
      kinds.slice(0, count).map(([prefix, factorType, provider]) => ({
        id: expect.stringMatching(new RegExp(`^${prefix}[A-Za-z0-9]{17}$`)),
        factorType,
        provider,
        vendorName: provider,
        status: 'ACTIVE',
        created,
        lastUpdated: created,
      })),
    );
    await own.close();
  });
});

describe('credentials in answers', () => {
  const omitting = (...words: string[]) => ({
    'content-type': `application/json; okta-response="${words.join(',')}"`,
  });
  const WORDS = ['omitCredentials', 'omitCredentialsLinks', 'omitTransitioningToStatus'];

  test('are omitted with their links if all three words are there', async () => {
    const { id } = all.find(({ status }) => status === 'PASSWORD_EXPIRED')!;
    const path = `${USERS}/${id}`;
    const { json } = await rig.send('GET', path, omitting(...WORDS));
    expect(json).not.toHaveProperty('credentials');
    expect(Object.keys(json._links as object).sort()).toEqual(
      ['self', 'schema', 'type', 'suspend', 'expirePassword', 'deactivate'].sort(),
    );
    for (const missing of WORDS) {
      const two = omitting(...WORDS.filter((word) => word !== missing));
      expect((await rig.send('GET', path, two)).json).toHaveProperty('credentials');
    }
  });
});

describe('groups', () => {
  const DAY_MS = 86_400_000;
  test.each([
    [0, 'Everyone', 'BUILT_IN', 'All users in your organization'],
    [1, 'Engineering', 'OKTA_GROUP', 'Those who build it'],
    [4, 'Contractors', 'OKTA_GROUP', null],
    [5, 'Contractors', 'APP_GROUP', null],
  ])('number %d is %s, %s', async (at, name, type, description) => {
    const { id } = rig.org.groups()[at]!;
    const self = `${rig.org.url}/api/v1/groups/${id}`;
    const createdMs = Date.parse('2019-03-01T00:00:00.000Z') + at * DAY_MS;
    const iso = (days: number) => new Date(createdMs + days * DAY_MS).toISOString();
    expect((await rig.get(`/api/v1/groups/${id}`)).json).toEqual({
      id,
      type,
      created: iso(0),
      lastUpdated: iso(30),
      lastMembershipUpdated: iso(60),
      objectClass: [at === 5 ? 'okta:windows_security_principal' : 'okta:user_group'],
      profile: { name, description },
      _links: { users: { href: `${self}/users` }, apps: { href: `${self}/apps` } },
    });
  });
});

describe('roles', () => {
  const CREATED = '2024-01-15T09:00:00.000Z';
  test('of an admin are listed, and nobody else has any', async () => {
    const [admin] = all;
    const assignee = { href: `${rig.org.url}${USERS}/${admin!.id}` };
    const same = { status: 'ACTIVE', created: CREATED, lastUpdated: CREATED };
    expect((await rig.get(`${USERS}/${admin!.id}/roles`)).json).toEqual([
      {
        ...same,
        id: expect.stringMatching(/^ra1[A-Za-z0-9]{17}$/),
        label: 'Organizational Administrator',
        type: 'ORG_ADMIN',
        assignmentType: 'USER',
        _links: { assignee },
      },
      {
        ...same,
        id: expect.stringMatching(/^irb[A-Za-z0-9]{17}$/),
        label: expect.any(String),
        type: 'CUSTOM',
        assignmentType: 'USER',
        role: expect.stringMatching(/^cr0[A-Za-z0-9]{17}$/),
        'resource-set': expect.stringMatching(/^iam[A-Za-z0-9]{17}$/),
        _links: { assignee },
      },
    ]);
    expect((await rig.get(`${USERS}/${all[10]!.id}/roles`)).json).toEqual([]);
  });

  test('that the credential is not allowed to read are refused, to everyone', async () => {
    const own = await startRig({ rolesReadable: false, limits: 'off', users: 10 });
    for (const path of [
      `${USERS}/${own.org.tokenOwnerId}/roles`,
      '/oauth2/v1/clients/0oa1/roles',
      '/api/v1/iam/assignees/users',
    ]) {
      const got = await own.get(path);
      expect([path, got.status, got.json.errorCode]).toEqual([path, 403, 'E0000006']);
    }
    await own.close();
  });

  test('of an unknown app are not found', async () => {
    const got = await rig.get('/oauth2/v1/clients/0oa1/roles');
    expect([got.status, got.json.errorCode]).toEqual([404, 'E0000007']);
  });
});

describe('the org about its credentials', () => {
  const limitsOf = (type: string, more = '') =>
    rig.get(
      `/api/v1/principal-rate-limits?filter=${encodeURIComponent(`principalType eq "${type}"`)}${more}`,
    );

  test('lists the tokens with their owners', async () => {
    const { json } = await rig.get('/api/v1/api-tokens');
    expect(json).toEqual(
      [0, 1, 2].map((at) => ({
        id: expect.stringMatching(/^00T/),
        name: `Token ${at + 1}`,
        userId: all[at]!.id,
        tokenWindow: 'P30D',
        network: { connection: 'ANYWHERE' },
        clientName: 'Okta API',
      })),
    );
  });

  test('gives each token its share, in pages of 20 that can have 50', async () => {
    const tokens = rows(await rig.get('/api/v1/api-tokens'));
    const { json } = await limitsOf('SSWS_TOKEN');
    const moment = '2024-07-01T00:00:00.000Z';
    expect(json).toEqual(
      tokens.map(({ id }) => ({
        id: expect.stringMatching(/^prl[A-Za-z0-9]{17}$/),
        orgId: rig.org.orgId,
        principalId: id,
        principalType: 'SSWS_TOKEN',
        defaultPercentage: 50,
        defaultConcurrencyPercentage: 50,
        createdDate: moment,
        createdBy: all[0]!.id,
        lastUpdate: moment,
        lastUpdatedBy: all[0]!.id,
      })),
    );
    expect((await limitsOf('ssws_token', '&limit=2')).json).toHaveLength(2);
    expect((await limitsOf('OAUTH_CLIENT')).json).toEqual([]);
    const own = await startRig({
      limits: 'off',
      tokens: Array.from({ length: 60 }, (_, at) => `token-${at}`),
    });
    const count = async (query: string) =>
      rows(
        await own.get(
          `/api/v1/principal-rate-limits?filter=${encodeURIComponent('principalType eq "SSWS_TOKEN"')}${query}`,
        ),
      ).length;
    expect([await count(''), await count('&limit=50'), await count('&limit=51')]).toEqual([
      20, 50, 50,
    ]);
    await own.close();
  });

  test('has one password policy, and no other', async () => {
    const { json } = await rig.get('/api/v1/policies?type=PASSWORD');
    expect(json).toEqual([
      {
        id: expect.stringMatching(/^00p[A-Za-z0-9]{17}$/),
        status: 'ACTIVE',
        name: 'Default Policy',
        priority: 1,
        system: true,
        type: 'PASSWORD',
        settings: {
          recovery: {
            factors: {
              okta_email: {
                status: 'ACTIVE',
                properties: { recoveryToken: { tokenLifetimeMinutes: 60 } },
              },
            },
          },
          delegation: { options: { skipUnlock: false } },
        },
      },
    ]);
    expect((await rig.get('/api/v1/policies?type=OKTA_SIGN_ON')).json).toEqual([]);
  });
});
