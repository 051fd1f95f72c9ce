import { expect, test } from '@jest/globals';
import { Credentials } from '../../../src/sandbox/oauth/credentials.ts';
import { makeRoutes } from '../../../src/sandbox/wire/routes.ts';
import type { Exchange } from '../../../src/sandbox/wire/exchange.ts';

const routeOf = makeRoutes(new Credentials(1, 1));
const at = (method: string, path: string) => routeOf(method, path.split('/'));
const METHODS = ['GET', 'POST', 'DELETE', 'PUT'];

const USERS = ['okta.users.read', 'okta.users.manage'];
const GROUPS = ['okta.groups.read', 'okta.groups.manage'];
const ROLES = ['okta.roles.read'];
const READS: readonly (readonly [string, string, readonly string[], string])[] = [
  ['/api/v1/users', 'users', USERS, 'list'],
  ['/api/v1/users/00u1', 'user', USERS, 'user'],
  ['/api/v1/users/me', 'me', USERS, 'never'],
  ['/api/v1/users/00u1/groups', 'users', USERS, 'never'],
  ['/api/v1/users/00u1/factors', 'users', USERS, 'never'],
  ['/api/v1/users/00u1/roles', 'users', ROLES, 'never'],
  ['/api/v1/groups', 'groups', GROUPS, 'never'],
  ['/api/v1/groups/00g1', 'group', GROUPS, 'never'],
  ['/api/v1/groups/00g1/users', 'groups', GROUPS, 'list'],
  ['/api/v1/logs', 'logs', ['okta.logs.read'], 'log'],
  ['/api/v1/policies', 'other', ['okta.policies.read'], 'never'],
  [
    '/api/v1/principal-rate-limits',
    'principal-rate-limits',
    ['okta.principalRateLimits.read'],
    'never',
  ],
  ['/api/v1/iam/assignees/users', 'iam', ROLES, 'never'],
  ['/api/v1/api-tokens', 'other', ['okta.apiTokens.read'], 'never'],
  ['/oauth2/v1/clients/0oa1/roles', 'clients', ROLES, 'never'],
];
const LIFECYCLE =
  'reset_password expire_password expire_password_with_temp_password reset_factors unlock reactivate activate suspend unsuspend deactivate';
const MANAGE = ['okta.users.manage'];
const WRITES: readonly (readonly [string, string, string, readonly string[]])[] = [
  ...LIFECYCLE.split(' ').map(
    (call) => ['POST', `/api/v1/users/00u1/lifecycle/${call}`, 'users', MANAGE] as const,
  ),
  ['POST', '/api/v1/users/00u1/credentials/forgot_password', 'users', MANAGE],
  ['DELETE', '/api/v1/users/00u1/sessions', 'users', MANAGE],
  ['DELETE', '/api/v1/api-tokens/current', 'other', []],
];

const NOTHING = { bucket: 'other', write: false, scopes: [] };

function refusesOthers(path: string, wanted: string): void {
  for (const method of METHODS.filter((name) => name !== wanted)) {
    const route = at(method, path);
    expect(route).toMatchObject(NOTHING);
    expect(route.handle({} as unknown as Exchange)).toMatchObject({
      status: 405,
      headers: ['Allow', wanted],
    });
  }
}

test.each(READS)(
  'GET %s counts as %s, needs one of %j, and lags: %s',
  (path, bucket, scopes, lags) => {
    const { bucket: counted, write, scopes: needed, lags: late = 'never' } = at('GET', path);
    expect([counted, write, needed, late]).toEqual([bucket, false, scopes, lags]);
    refusesOthers(path, 'GET');
  },
);

test.each(WRITES)(
  '%s %s is a write that counts as %s and needs %j',
  (method, path, bucket, scopes) => {
    expect(at(method, path)).toEqual({ bucket, write: true, scopes, handle: expect.any(Function) });
    refusesOthers(path, method);
  },
);

test.each([
  '',
  '/',
  '/api',
  '/api/v1',
  '/api/v1/',
  '/api/v1/users/',
  '/api/v1/users/00u1/',
  '/api/v1/users/00u1/apps',
  '/api/v1/users/00u1/sessions/all',
  '/api/v1/users/00u1/lifecycle',
  '/api/v1/users/00u1/lifecycle/',
  '/api/v1/users/00u1/lifecycle/toString',
  '/api/v1/users/00u1/lifecycle/unlock/now',
  '/api/v1/users/00u1/credentials/unlock',
  '/api/v1/users/00u1/credentials/change_password',
  '/api/v1/users/00u1/profile/forgot_password',
  '/api/v1/users/00u1/more/unlock',
  '/api/v1/groups/',
  '/api/v1/groups/00g1/apps',
  '/api/v1/groups/00g1/users/00u1',
  '/api/v1/logs/',
  '/api/v1/toString',
  '/api/v1/api-tokens/other',
  '/api/v2/users',
  '/apis/v1/users',
  '/oauth2/v1/clients/0oa1',
  '/oauth2/v1/clients/0oa1/keys',
  '/oauth2/v1/clients/0oa1/roles/1',
  '/oauth2/v2/clients/0oa1/roles',
  '/oauth2/v1/apps/0oa1/roles',
])('%j is not there, for any method', (path) => {
  for (const method of METHODS) {
    const route = at(method, path);
    expect(route).toMatchObject(NOTHING);
    const reply = route.handle({} as unknown as Exchange);
    expect([reply.status, JSON.parse(reply.body)]).toMatchObject([404, { errorCode: 'E0000008' }]);
  }
});
