import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { makeServiceAppKey } from '../../src/sandbox/oauth/oauth.ts';
import type { RoleType } from '../../src/domain/org/admin-role.ts';
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { textWidth } from '../../src/text/layout.ts';
import { NO_STACK } from '../integration/rig.ts';
import { eligible, startCliRig, userFlags, type CliRig } from './rig.ts';

let key: Awaited<ReturnType<typeof makeServiceAppKey>>;
beforeAll(async () => {
  key = await makeServiceAppKey();
});

let rig: CliRig;
afterEach(() => rig.close());

interface Seen {
  readonly level: string;
  readonly subject: string;
  readonly found: string;
  readonly hint?: string;
}

/** What doctor finds about one subject, and how it ends. */
async function doctor(
  options: SandboxOptions,
  env: Readonly<Record<string, string | undefined>> = {},
) {
  rig = await startCliRig({ users: 20, ...options });
  const as =
    options.app === undefined
      ? {}
      : {
          OKTA_CLIENT_TOKEN: undefined,
          OKTA_CLIENT_AUTHORIZATIONMODE: 'PrivateKey',
          OKTA_CLIENT_CLIENTID: rig.org.clientId,
          OKTA_CLIENT_PRIVATEKEY: JSON.stringify(key.privateJwk),
        };
  const { code, events, err } = await rig.type(['doctor', '--json'], { env: { ...as, ...env } });
  const findings = events as readonly Seen[];
  const of = (subject: string) => findings.filter((finding) => finding.subject === subject);
  const bad = findings.filter(({ level }) => level === 'bad').map(({ subject }) => subject);
  return { code, err, of, bad };
}

const app = (scopes?: readonly string[], strictScopes = false) => ({
  app: { keys: [key.publicJwk], scopes, strictScopes },
});

const ENOUGH = [
  'okta.users.manage',
  'okta.groups.read',
  'okta.logs.read',
  'okta.roles.read',
  'okta.policies.read',
];

describe('the owner’s roles of an API token', () => {
  test.each<[readonly RoleType[], string, string, number]>([
    [['SUPER_ADMIN'], 'warning', 'far more than this job needs', 0],
    [['ORG_ADMIN'], 'good', 'of all but super admins', 0],
    [['USER_ADMIN'], 'good', 'only those of some groups', 0],
    [['HELP_DESK_ADMIN'], 'good', 'Help Desk Administrator (HELP_DESK_ADMIN): can reset', 0],
    [['HELP_DESK_ADMIN', 'READ_ONLY_ADMIN'], 'good', 'can reset', 0],
    [['READ_ONLY_ADMIN'], 'bad', 'cannot reset passwords', 6],
    [['APP_ADMIN', 'REPORT_ADMIN'], 'bad', 'cannot reset passwords', 6],
    [['CUSTOM'], 'warning', 'cannot be read here', 0],
    [['READ_ONLY_ADMIN', 'CUSTOM'], 'warning', 'Password resets (CUSTOM): what', 0],
    [[], 'bad', 'no admin role', 6],
  ])('%j: %s, %s', async (roles, level, found, exit) => {
    const { of, code } = await doctor({ roles, rolesReadable: true });
    expect(of('roles')).toEqual([
      expect.objectContaining({ level, found: expect.stringContaining(found) }),
    ]);
    expect(code).toBe(exit);
  });

  test.each<[readonly RoleType[], string]>([
    [
      ['HELP_DESK_ADMIN'],
      'not suspend, unsuspend, reactivate, which take Group Administrator or more',
    ],
    [['USER_ADMIN'], 'only those of some groups'],
    [['HELP_DESK_ADMIN', 'USER_ADMIN'], 'can reset passwords'],
  ])('%j: the actions that it cannot do are named', async (roles, found) => {
    const { of } = await doctor({ roles, rolesReadable: true });
    expect(of('roles')[0]?.found).toContain(found);
    expect(of('roles')[0]?.found.includes('; not ')).toBe(found.startsWith('not'));
  });

  test('the org refuses exactly what it names', async () => {
    const suspended = async (roles: readonly RoleType[]) => {
      rig = await startCliRig({ users: 40, roles, mix: { statuses: { ACTIVE: 1 } } });
      const who = userFlags(eligible(rig.org, 1));
      const { code } = await rig.type([
        ...['run', ...who, '--action', 'suspend', '--include-admins', '--yes', '--max-users', '1'],
      ]);
      const done = [...rig.org.users()].filter(({ status }) => status === 'SUSPENDED').length;
      return [code, done];
    };
    expect(await suspended(['HELP_DESK_ADMIN'])).toEqual([4, 0]);
    await rig.close();
    expect(await suspended(['USER_ADMIN'])).toEqual([0, 1]);
  });

  test('a custom role is told every permission that an action needs', async () => {
    const { of } = await doctor({ roles: ['CUSTOM'], rolesReadable: true });
    for (const permission of [
      ...['credentials.resetPassword', 'credentials.expirePassword', 'credentials.resetFactors'],
      ...['lifecycle.clearSessions', 'lifecycle.suspend', 'lifecycle.unsuspend'],
      ...['lifecycle.unlock', 'lifecycle.activate'],
    ])
      expect(of('roles')[0]?.hint).toContain(`okta.users.${permission}`);
  });

  test('a role in addition to the one that is needed is more than needed', async () => {
    const { of, code } = await doctor({
      roles: ['HELP_DESK_ADMIN', 'APP_ADMIN'],
      rolesReadable: true,
    });
    expect(of('roles').map(({ level }) => level)).toEqual(['good', 'warning']);
    expect(of('roles')[1]?.found).toContain('APP_ADMIN');
    expect(code).toBe(0);
  });

  test('roles that Okta does not show are reported as unknown, with a way to find out', async () => {
    const { of, code } = await doctor({ roles: ['HELP_DESK_ADMIN'] });
    expect(of('roles')).toMatchObject([
      { level: 'warning', hint: expect.stringContaining('--canary') },
    ]);
    expect(of('admins')).toMatchObject([{ level: 'warning' }]);
    expect(code).toBe(0);
  });

  test('the org refuses what doctor calls impossible, and allows what it calls possible', async () => {
    const reset = async (roles: readonly RoleType[]) => {
      rig = await startCliRig({ users: 40, roles });
      const who = userFlags(eligible(rig.org, 1));
      await rig.type(['run', ...who, '--include-admins', '--yes', '--max-users', '1']);
      return rig.org.stats().effects.resets.total;
    };
    expect(await reset(['READ_ONLY_ADMIN'])).toBe(0);
    await rig.close();
    expect(await reset(['HELP_DESK_ADMIN'])).toBe(1);
  });
});

describe('the scopes of a service app', () => {
  test('if all that are needed are granted, all is well, and the app’s own roles are judged', async () => {
    const { of, code, bad } = await doctor({ ...app(ENOUGH), roles: ['READ_ONLY_ADMIN'] });
    expect(of('credential')[0]?.found).toBe(`service app ${rig.org.clientId ?? ''}`);
    expect(of('scopes')).toMatchObject([{ level: 'good' }]);
    // Okta shows roles only to super admins.
    expect(of('roles')).toMatchObject([{ level: 'warning' }]);
    expect([code, bad]).toEqual([0, []]);
  });

  test('its roles are read if that is allowed', async () => {
    const { of, code } = await doctor({
      ...app(ENOUGH),
      roles: ['READ_ONLY_ADMIN'],
      rolesReadable: true,
    });
    expect(of('roles')).toMatchObject([{ level: 'bad' }]);
    expect(code).toBe(6);
  });

  test.each<[string, string, string, number]>([
    ['okta.groups.read', 'warning', '--group', 0],
    ['okta.roles.read', 'warning', 'admins are not protected', 0],
    ['okta.logs.read', 'warning', 'followup', 0],
    ['okta.policies.read', 'warning', 'link', 0],
    ['okta.users.manage', 'bad', 'cannot reset passwords', 6],
  ])('without %s: %s, %s', async (scope, level, lost, exit) => {
    const granted = ['okta.users.read', ...ENOUGH].filter((one) => one !== scope);
    const { of, code } = await doctor(app(granted));
    expect(of('scopes')).toEqual([
      expect.objectContaining({
        level,
        found: expect.stringMatching(new RegExp(`^${scope} is not granted: .*${lost}`)),
        hint: expect.stringContaining('Okta API Scopes'),
      }),
    ]);
    expect(code).toBe(exit);
  });

  test('a scope that is not requested is distinguished from one that is not granted', async () => {
    const env = { OKTA_CLIENT_SCOPES: 'okta.users.manage okta.groups.read okta.roles.read' };
    const { of } = await doctor(app(), env);
    expect(of('scopes').map(({ found }) => found.split(':')[0])).toEqual([
      'okta.logs.read is not requested',
      'okta.policies.read is not requested',
    ]);
    expect(of('scopes')[0]?.hint).toContain('OKTA_CLIENT_SCOPES');
    expect(of('system log')).toEqual([]);
  });

  test('more than needed is reported', async () => {
    const env = { OKTA_CLIENT_SCOPES: [...ENOUGH, 'okta.apps.manage'].join(' ') };
    const { of, code } = await doctor(app(), env);
    expect(of('scopes')).toMatchObject([
      { level: 'warning', found: 'more than this job needs: okta.apps.manage' },
    ]);
    expect(code).toBe(0);
  });

  test('if the org refuses a whole request, the optional scope is left out', async () => {
    const { of, code } = await doctor(
      app(
        ['okta.users.read', ...ENOUGH].filter((scope) => scope !== 'okta.policies.read'),
        true,
      ),
    );
    expect(of('scopes')).toMatchObject([{ found: expect.stringContaining('okta.policies.read') }]);
    expect(code).toBe(0);
  });

  test.each<[string, readonly string[], string | undefined]>([
    ['consent_required', [], undefined],
    ['invalid_scope', ENOUGH, 'okta.users.manage okta.user.read'],
  ])('%s ends it with 6, and says what to do', async (name, granted, asked) => {
    const { of, code, bad, err } = await doctor(app(granted), { OKTA_CLIENT_SCOPES: asked });
    expect([code, bad]).toEqual([6, ['credential']]);
    expect(of('credential')[0]).toMatchObject({
      found: expect.stringContaining(name),
      hint: expect.stringContaining('Okta API Scopes'),
    });
    expect(err).not.toMatch(NO_STACK);
    // A plan ends in the same way.
    const env = {
      OKTA_CLIENT_TOKEN: undefined,
      OKTA_CLIENT_AUTHORIZATIONMODE: 'PrivateKey',
      OKTA_CLIENT_CLIENTID: rig.org.clientId,
      OKTA_CLIENT_PRIVATEKEY: JSON.stringify(key.privateJwk),
      OKTA_CLIENT_SCOPES: asked,
    };
    const plan = await rig.type(['plan', '--all'], { env });
    expect([plan.code, plan.err]).toEqual([6, expect.stringContaining('[AUTH_PERMISSION]')]);
  });
});

test.each([
  ['a bad token', { OKTA_CLIENT_TOKEN: '00wrong' }],
  ['a bad key', { OKTA_CLIENT_CLIENTID: 'nobody', OKTA_CLIENT_TOKEN: undefined }],
])('%s: exit 6, no stack, nothing else asked', async (_what, env) => {
  const options = env.OKTA_CLIENT_TOKEN === undefined ? app() : {};
  const { code, bad, of, err } = await doctor(options, env);
  expect([code, bad]).toEqual([6, ['credential']]);
  expect(of('users')).toEqual([]);
  expect(err).not.toMatch(NO_STACK);
});

test('for a person, each finding has its mark, and what helps below it, in lines that fit the terminal', async () => {
  const { of } = await doctor({ roles: ['SUPER_ADMIN'], rolesReadable: true });
  const { code, out } = await rig.type(['doctor']);
  expect(code).toBe(0);
  const lines = out.split('\n');
  expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(100);
  const [roles] = of('roles');
  expect(lines).toContainEqual(expect.stringMatching(/^WARN {2}roles {7}\S/));
  expect(out.replace(/\s+/g, ' ')).toContain(`${roles?.found ?? ''} → ${roles?.hint ?? ''}`);
  for (const line of lines) expect(line).toMatch(/^$|^(ok {2}|WARN|BAD ) {2}\S| {18}\S/);
  const marks = lines.filter((line) => line.startsWith('WARN')).length;
  expect(lines.filter((line) => line.startsWith(`${' '.repeat(18)}→ `))).toHaveLength(marks);
});
