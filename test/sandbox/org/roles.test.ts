import { expect, test } from '@jest/globals';
import { ROLE_TYPES, type RoleType } from '../../../src/domain/org/admin-role.ts';
import { mayCall, reachesAdmin, refuseRole, seesAdmins } from '../../../src/sandbox/org/roles.ts';

const WRITERS = ['SUPER_ADMIN', 'ORG_ADMIN', 'USER_ADMIN', 'HELP_DESK_ADMIN', 'CUSTOM'];
const BEYOND_HELP_DESK = ['suspend', 'unsuspend', 'activate', 'reactivate', 'deactivate'];
const CALLS = [...BEYOND_HELP_DESK, 'reset_password', 'expire_password', 'unlock', 'reset_factors'];
const WRITE = { write: true, scopes: ['okta.users.manage'] };
const READ = { write: false, scopes: ['okta.users.read'] };

test.each(ROLE_TYPES)('%s may do what Okta’s table of roles says', (role) => {
  const writes = WRITERS.includes(role);
  for (const call of CALLS) {
    const able = writes && !(role === 'HELP_DESK_ADMIN' && BEYOND_HELP_DESK.includes(call));
    expect([call, mayCall([role], call)]).toEqual([call, able]);
    expect([call, mayCall(['REPORT_ADMIN', role], call)]).toEqual([call, able]);
    expect([call, mayCall(['HELP_DESK_ADMIN', role], call)]).toEqual([
      call,
      able || !BEYOND_HELP_DESK.includes(call),
    ]);
  }
  expect(seesAdmins([role])).toBe(role === 'SUPER_ADMIN' || role === 'CUSTOM');
  for (const kind of ['ssws', 'app'] as const) {
    expect(refuseRole([role], { kind }, READ)).toBeUndefined();
    expect(refuseRole([role], { kind }, WRITE)?.status).toBe(writes ? undefined : 403);
    expect(refuseRole([role, 'REPORT_ADMIN'], { kind }, WRITE)?.status).toBe(
      writes ? undefined : 403,
    );
  }
  for (const held of [['SUPER_ADMIN'], ['USER_ADMIN'], []] as readonly RoleType[][]) {
    const reaches =
      role === 'SUPER_ADMIN' || (role === 'ORG_ADMIN' && !held.includes('SUPER_ADMIN'));
    expect([held, reachesAdmin([role], held)]).toEqual([held, reaches]);
  }
});

test('without a role, a token reads, an app does nothing, and what needs no scope is open', () => {
  expect(mayCall([], 'unlock')).toBe(false);
  expect(seesAdmins([])).toBe(false);
  expect(refuseRole([], { kind: 'ssws' }, READ)).toBeUndefined();
  expect(refuseRole([], { kind: 'app' }, READ)?.status).toBe(403);
  for (const kind of ['ssws', 'app'] as const) {
    expect(refuseRole([], { kind }, WRITE)?.status).toBe(403);
    expect(refuseRole([], { kind }, { write: true, scopes: [] })).toBeUndefined();
  }
});
