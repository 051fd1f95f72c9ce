import type { BucketName } from '../org/buckets.ts';
import type { Credentials } from '../oauth/credentials.ts';
import { listFactors } from '../api/factors.ts';
import { methodNotAllowed } from '../api/refusals.ts';
import { errorReply, type Reply } from './errors.ts';
import type { Exchange, Route } from './exchange.ts';
import { getGroup, listGroups, listMembers, listUserGroups } from '../api/groups.ts';
import { listLogs } from '../api/log-reads.ts';
import { credentialReads, listAssignees, listPolicies } from '../api/org-reads.ts';
import { listClientRoles, listUserRoles } from '../api/role-reads.ts';
import { getUser, listUsers } from '../api/user-reads.ts';
import * as writes from '../api/user-writes.ts';

const read = (
  bucket: BucketName,
  scopes: readonly string[],
  handle: (exchange: Exchange) => Reply,
): Route => ({ bucket, write: false, scopes, handle });

const write = (handle: (exchange: Exchange) => Reply): Route => ({
  bucket: 'users',
  write: true,
  scopes: ['okta.users.manage'],
  handle,
});

const NOWHERE: Route = {
  bucket: 'other',
  write: false,
  scopes: [],
  handle: () => errorReply('E0000008'),
};

const USERS = ['okta.users.read', 'okta.users.manage'];
const GROUPS = ['okta.groups.read', 'okta.groups.manage'];

const LIFECYCLE: Readonly<Record<string, Route>> = {
  reset_password: write(writes.resetPassword),
  expire_password: write(writes.expirePassword),
  expire_password_with_temp_password: write(writes.expireWithTempPassword),
  reset_factors: write(writes.resetFactors),
  unlock: write(writes.unlock),
  reactivate: write(writes.reactivate),
  activate: write(writes.activate),
  suspend: write(writes.suspend),
  unsuspend: write(writes.unsuspend),
  deactivate: write(writes.deactivate),
};
const FORGOT = write(writes.forgotPassword);
const SESSIONS = write(writes.clearSessions);
const LIST_USERS: Route = { ...read('users', USERS, listUsers), lags: 'list' };
const GET_USER: Route = { ...read('user', USERS, getUser), lags: 'user' };
const GET_ME = read('me', USERS, getUser);
const USER_GROUPS = read('users', USERS, listUserGroups);
const LIST_GROUPS = read('groups', GROUPS, listGroups);
const GET_GROUP = read('group', GROUPS, getGroup);
const MEMBERS: Route = { ...read('groups', GROUPS, listMembers), lags: 'list' };
const ASSIGNEES = read('iam', ['okta.roles.read'], listAssignees);
const USER_FACTORS = read('users', USERS, listFactors);
const USER_ROLES = read('users', ['okta.roles.read'], listUserRoles);
const POLICIES = read('other', ['okta.policies.read'], listPolicies);

const wrongMethod = (wanted: 'GET' | 'POST' | 'DELETE'): Route => ({
  bucket: 'other',
  write: false,
  scopes: [],
  handle: () => methodNotAllowed(wanted),
});
const WRONG_METHOD = {
  GET: wrongMethod('GET'),
  POST: wrongMethod('POST'),
  DELETE: wrongMethod('DELETE'),
};

const only = (method: string, wanted: keyof typeof WRONG_METHOD, route: Route): Route =>
  method === wanted ? route : WRONG_METHOD[wanted];

function userRoute(method: string, parts: readonly string[]): Route {
  const area = parts[5];
  const name = parts[6] ?? '';
  switch (parts.length) {
    case 4:
      return only(method, 'GET', LIST_USERS);
    case 5:
      return only(method, 'GET', parts[4] === 'me' ? GET_ME : GET_USER);
    case 6:
      if (area === 'sessions') return only(method, 'DELETE', SESSIONS);
      if (area === 'factors') return only(method, 'GET', USER_FACTORS);
      if (area === 'roles') return only(method, 'GET', USER_ROLES);
      return area === 'groups' ? only(method, 'GET', USER_GROUPS) : NOWHERE;
    case 7:
      if (area === 'lifecycle' && Object.hasOwn(LIFECYCLE, name))
        return only(method, 'POST', LIFECYCLE[name] ?? NOWHERE);
      if (area === 'credentials' && name === 'forgot_password') return only(method, 'POST', FORGOT);
      return NOWHERE;
    default:
      return NOWHERE;
  }
}

function groupRoute(method: string, parts: readonly string[]): Route {
  if (parts.length === 4) return only(method, 'GET', LIST_GROUPS);
  if (parts.length === 5) return only(method, 'GET', GET_GROUP);
  return parts.length === 6 && parts[5] === 'users' ? only(method, 'GET', MEMBERS) : NOWHERE;
}

/**
 * Makes the table of endpoints, from method and path segments to a route. Unknown ones answer E0000008, or 405 if only the
 * method is wrong.
 */
export function makeRoutes(
  credentials: Credentials,
): (method: string, parts: readonly string[]) => Route {
  const own = credentialReads(credentials);
  const logs: Route = { ...read('logs', ['okta.logs.read'], listLogs(credentials)), lags: 'log' };
  const rateLimits = read(
    'principal-rate-limits',
    ['okta.principalRateLimits.read'],
    own.rateLimits,
  );
  const apiTokens = read('other', ['okta.apiTokens.read'], own.apiTokens);
  const revokeCurrent = { ...write(own.revokeCurrent), bucket: 'other', scopes: [] } as const;
  const clientRoles = read('clients', ['okta.roles.read'], (exchange) =>
    listClientRoles(exchange, (clientId) => credentials.knowsApp(clientId)),
  );
  const fixed: Readonly<Record<string, Route>> = {
    '/logs': logs,
    '/policies': POLICIES,
    '/principal-rate-limits': rateLimits,
    '/iam/assignees/users': ASSIGNEES,
    '/api-tokens': apiTokens,
  };
  return (method, parts) => {
    if (parts[1] === 'oauth2' && parts[3] === 'clients' && parts[5] === 'roles')
      return parts[2] === 'v1' && parts.length === 6 ? only(method, 'GET', clientRoles) : NOWHERE;
    if (parts[1] !== 'api' || parts[2] !== 'v1') return NOWHERE;
    if (parts[3] === 'users' && parts[4] !== '') return userRoute(method, parts);
    if (parts[3] === 'groups' && parts[4] !== '') return groupRoute(method, parts);
    const path = `/${parts.slice(3).join('/')}`;
    if (path === '/api-tokens/current') return only(method, 'DELETE', revokeCurrent);
    const route = Object.hasOwn(fixed, path) ? fixed[path] : undefined;
    return route === undefined ? NOWHERE : only(method, 'GET', route);
  };
}
