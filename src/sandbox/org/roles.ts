import type { RoleType } from '../../domain/org/admin-role.ts';
import { errorReply, type Reply } from '../wire/errors.ts';

/** Roles that can reset passwords and end sessions, which is what the custom role is made for. */
const MAY_WRITE: readonly RoleType[] = [
  'SUPER_ADMIN',
  'ORG_ADMIN',
  'USER_ADMIN',
  'HELP_DESK_ADMIN',
  'CUSTOM',
];

/**
 * Calls that a Help Desk Administrator is not allowed to make. Source: Okta's table of the permissions of standard
 * administrator roles.
 */
const BEYOND_HELP_DESK: ReadonlySet<string> = new Set([
  ...['suspend', 'unsuspend', 'activate', 'reactivate', 'deactivate'],
]);

/** Tells whether one of the roles allows a lifecycle call. */
export function mayCall(roles: readonly RoleType[], call: string): boolean {
  const able = roles.filter((role) => MAY_WRITE.includes(role));
  return able.some((role) => role !== 'HELP_DESK_ADMIN' || !BEYOND_HELP_DESK.has(call));
}

/** Roles that can see who is an admin: super admins, and custom roles with `okta.iam.read`. */
const MAY_SEE_ADMINS: readonly RoleType[] = ['SUPER_ADMIN', 'CUSTOM'];

export const seesAdmins = (roles: readonly RoleType[]): boolean =>
  roles.some((role) => MAY_SEE_ADMINS.includes(role));

/**
 * Refuses a write that no role of the credential allows, and everything from a service app without a role, whatever its
 * scopes.
 */
export function refuseRole(
  roles: readonly RoleType[],
  principal: { readonly kind: 'ssws' | 'app' },
  route: { readonly write: boolean; readonly scopes: readonly string[] },
): Reply | undefined {
  if (route.scopes.length === 0) return undefined;
  const allowed = route.write
    ? roles.some((role) => MAY_WRITE.includes(role))
    : principal.kind === 'ssws' || roles.length > 0;
  return allowed ? undefined : errorReply('E0000006');
}

/**
 * Tells whether roles reach users who are admins themselves: super admins reach all of them, org admins all except super
 * admins, and other roles none.
 */
export function reachesAdmin(roles: readonly RoleType[], held: readonly RoleType[]): boolean {
  if (roles.includes('SUPER_ADMIN')) return true;
  return roles.includes('ORG_ADMIN') && !held.includes('SUPER_ADMIN');
}
