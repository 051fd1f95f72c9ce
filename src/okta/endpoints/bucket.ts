const USERS = '/api/v1/users';
const GROUPS = '/api/v1/groups';
const API = '/api/v1';

/**
 * Returns the rate-limit bucket of a call, under Okta's own name. Listing users, every lifecycle call and the DELETE of
 * sessions share one counter; reading one user has a separate, larger one. Source: the bucket map generated from Okta's
 * rate-limit configuration (terraform-provider-okta), confirmed by recorded header sequences.
 */
export function bucketOf(method: string, path: string): string {
  if (!path.startsWith(API)) return outsideApi(path);
  const query = path.indexOf('?');
  const end = query < 0 ? path.length : query;
  // Scanned in place, because this runs for every call and splitting the path would cost more than the rest.
  if (end > API.length && path[API.length] !== '/') return '/';
  const family = nextSlash(path, API.length + 1, end);
  const id = nextSlash(path, family + 1, end);
  const one = id > family + 1 && id === end;
  switch (path.slice(API.length + 1, family)) {
    case 'users':
      if (!one) return USERS;
      if (path.startsWith('me', family + 1) && id === family + 3)
        return method === 'GET' ? `${USERS}/me` : USERS;
      return method === 'GET' ? `${USERS}/{id:.+}` : `${USERS}/{id}`;
    case 'groups':
      return one ? `${GROUPS}/{id}` : GROUPS;
    case 'logs':
      return '/api/v1/logs';
    case 'principal-rate-limits':
      return '/api/v1/principal-rate-limits';
    case 'iam':
      return '/api/v1/iam';
    default:
      return API;
  }
}

function outsideApi(path: string): string {
  if (/^\/oauth2\/v1\/(clients|token)(?=[/?]|$)/.test(path))
    return path.startsWith('/oauth2/v1/clients') ? '/oauth2/v1/clients' : '/oauth2/v1/token';
  return path.startsWith('/oauth2/') ? '/oauth2/v1' : '/';
}

function nextSlash(path: string, from: number, end: number): number {
  const at = path.indexOf('/', from);
  return at < 0 || at > end ? end : at;
}
