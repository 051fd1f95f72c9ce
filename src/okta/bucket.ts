const USERS = '/api/v1/users';
const GROUPS = '/api/v1/groups';

/**
 * Returns the rate-limit bucket of a call, by Okta's own names. Listing users, every lifecycle call and the DELETE of
 * sessions share one counter; reading one user has another, larger one. Source: the bucket map generated from Okta's
 * rate-limit configuration (terraform-provider-okta), proved by recorded header sequences.
 */
export function bucketOf(method: string, path: string): string {
  const query = path.indexOf('?');
  const [, api, version, family, id, rest] = (query < 0 ? path : path.slice(0, query)).split('/');
  if (api !== 'api' || version !== 'v1') return path.startsWith('/oauth2/') ? '/oauth2/v1' : '/';
  switch (family ?? '') {
    case 'users':
      if (id === undefined || id === '' || rest !== undefined) return USERS;
      return method === 'GET' ? `${USERS}/{id:.+}` : `${USERS}/{id}`;
    case 'groups':
      return id === undefined || id === '' || rest !== undefined ? GROUPS : `${GROUPS}/{id}`;
    case 'logs':
      return '/api/v1/logs';
    case 'principal-rate-limits':
      return '/api/v1/principal-rate-limits';
    default:
      return '/api/v1';
  }
}
