import { afterEach, expect, test } from '@jest/globals';
import type { RoleType } from '../../src/domain/org/admin-role.ts';
import type { SandboxUser } from '../../src/sandbox/sandbox.ts';
import { appToken, rows, startRig, taker, USERS, type Got, type Rig } from './rig.ts';

let rig: Rig;
afterEach(() => rig.close());

const admins = (): readonly SandboxUser[] => [...rig.org.users()].filter(({ admin }) => admin);
const outcome = (got: Got): string =>
  got.status < 300 ? String(got.status) : `${got.status} ${got.json.errorCode}`;

const WRITES = [
  'lifecycle/reset_password?sendEmail=true',
  'lifecycle/expire_password',
  'lifecycle/expire_password_with_temp_password',
  'lifecycle/suspend',
  'lifecycle/deactivate',
  'credentials/forgot_password',
];
const REFUSED = '403 E0000006';
/** What takes more than a help desk, no matter who the user is. */
const BEYOND_HELP_DESK = ['lifecycle/suspend', 'lifecycle/deactivate'];

test.each<[readonly RoleType[], string, string]>([
  [['SUPER_ADMIN'], '200', '200'],
  [['ORG_ADMIN'], '200', REFUSED],
  [['HELP_DESK_ADMIN'], REFUSED, REFUSED],
  [['USER_ADMIN'], REFUSED, REFUSED],
  [['CUSTOM'], REFUSED, REFUSED],
  [['READ_ONLY_ADMIN', 'HELP_DESK_ADMIN'], REFUSED, REFUSED],
])('%j: a fellow admin %s, a super admin %s', async (roles, fellow, above) => {
  rig = await startRig({
    users: 60,
    admins: 12,
    roles,
    limits: 'off',
    mix: { statuses: { ACTIVE: 1 } },
  });
  const take = taker(rig.org);
  const [, ...others] = admins();
  const boss = others.pop()!;
  const isHelpDesk = roles.includes('HELP_DESK_ADMIN');
  for (const [at, path] of WRITES.entries()) {
    expect([path, outcome(await rig.post(`${USERS}/${others[at]!.id}/${path}`))]).toEqual([
      path,
      fellow,
    ]);
    expect([path, outcome(await rig.post(`${USERS}/${take('ACTIVE', 'OKTA')}/${path}`))]).toEqual([
      path,
      isHelpDesk && BEYOND_HELP_DESK.includes(path) ? REFUSED : '200',
    ]);
  }
  for (const path of above === '200' ? WRITES.slice(0, 1) : WRITES)
    expect([path, outcome(await rig.post(`${USERS}/${boss.id}/${path}`))]).toEqual([path, above]);
  const touched = [...others, boss].filter(({ id }) => rig.org.effects(id)!.resets > 0);
  expect(touched).toHaveLength([fellow, above].filter((got) => got === '200').length);
});

test('sessions of an admin can be ended by lesser roles', async () => {
  rig = await startRig({ roles: ['HELP_DESK_ADMIN'], limits: 'off' });
  expect((await rig.send('DELETE', `${USERS}/${admins()[1]!.id}/sessions`)).status).toBe(204);
  expect(rig.org.effects(admins()[1]!.id)!.sessionRevocations).toBe(1);
});

test('an org is never without a super admin', async () => {
  rig = await startRig({ admins: 3, roles: ['HELP_DESK_ADMIN'], rolesReadable: true });
  const types = await Promise.all(
    admins().map(
      async ({ id }) => rows<{ type: string }>(await rig.get(`${USERS}/${id}/roles`))[0]?.type,
    ),
  );
  expect(types).toEqual(['HELP_DESK_ADMIN', 'HELP_DESK_ADMIN', 'SUPER_ADMIN']);
});

test('a token ends with the deactivation of its owner, and stays ended; a reset does not end it', async () => {
  rig = await startRig({ admins: 2, tokens: ['one', 'two'], limits: 'off' });
  const [one, two] = admins();
  const as = async (token: string, method: string, path: string) =>
    outcome(await rig.send(method, path, { authorization: `SSWS ${token}` }));
  const of = (user: SandboxUser | undefined, call: string) =>
    `${USERS}/${user!.id}/lifecycle/${call}`;
  expect(await as('two', 'POST', of(one, 'reset_password?sendEmail=false'))).toBe('200');
  expect(await as('one', 'GET', `${USERS}/me`)).toBe('200');
  expect(await as('two', 'POST', of(one, 'deactivate'))).toBe('200');
  expect(await as('one', 'GET', `${USERS}/me`)).toBe('401 E0000011');
  expect(await as('two', 'POST', of(one, 'activate?sendEmail=false'))).toBe('200');
  expect(await as('one', 'GET', `${USERS}/me`)).toBe('401 E0000011');
  expect(await as('two', 'GET', `${USERS}/me`)).toBe('200');
  expect(rig.org.user(two!.id)!.status).toBe('ACTIVE');
});

test('a service app without an admin role is not even allowed to read, whatever its scopes', async () => {
  const ask = async (roles: readonly RoleType[]) => {
    const app = await appToken({ roles, limits: 'off' });
    rig = app.rig;
    const paths = [USERS, `${USERS}/${rig.org.tokenOwnerId}`, '/api/v1/groups', '/api/v1/logs'];
    const got: string[] = [];
    for (const path of paths)
      got.push(outcome(await rig.send('GET', path, { authorization: `Bearer ${app.token}` })));
    return got;
  };
  expect(await ask([])).toEqual([REFUSED, REFUSED, REFUSED, REFUSED]);
  await rig.close();
  expect(await ask(['READ_ONLY_ADMIN'])).toEqual(['200', '200', '200', '200']);
});
