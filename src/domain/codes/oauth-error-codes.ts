import type { ErrorEntry, StopKind } from './error-entry.ts';

function refused(code: string, stop: StopKind, meaning: string, how: string): ErrorEntry {
  return {
    code,
    statuses: [400, 401, 403],
    meaning,
    who: stop === 'permission' ? 'a super admin' : 'you',
    how,
    disposition: 'abort',
    stop,
  };
}

/** OAuth errors of the org's token endpoint, and of API calls with an access token. Source: RFC 6749, RFC 9449. */
export const OAUTH_ERROR_CODES: readonly ErrorEntry[] = [
  refused(
    'invalid_client',
    'credentials',
    'The org does not accept the service app’s key: the client ID is unknown, the key or key ID is wrong, or a clock is wrong.',
    'Compare OKTA_CLIENT_CLIENTID, OKTA_CLIENT_PRIVATEKEY and OKTA_CLIENT_KEYID with the app’s public keys. `doctor` checks the clock.',
  ),
  refused(
    'invalid_scope',
    'permission',
    'The service app requests a scope that was not granted or does not exist.',
    'Check the spelling in OKTA_CLIENT_SCOPES, and ask a super admin to grant each scope on the app’s "Okta API Scopes" tab.',
  ),
  refused(
    'consent_required',
    'permission',
    'None of the requested scopes was granted to the service app.',
    'Ask a super admin to grant okta.users.manage and the others (docs/credentials.md) on the app’s "Okta API Scopes" tab. `doctor` then shows what is missing.',
  ),
  refused(
    'insufficient_scope',
    'permission',
    'The access token does not have the scope that this call needs.',
    'Run `doctor`: it names the missing scopes. Ask a super admin to grant them to the app, and add them to OKTA_CLIENT_SCOPES if that is set.',
  ),
  refused(
    'access_denied',
    'permission',
    'A policy of the org refuses a token to the service app.',
    'Check that the app is active, and check its assignments and network zones.',
  ),
  refused(
    'unauthorized_client',
    'credentials',
    'The app cannot use client credentials: it is not a service app.',
    'Make an "API Services" app in the Admin Console and use its client id.',
  ),
  refused(
    'unsupported_grant_type',
    'credentials',
    'The org does not offer client credentials for this app.',
    'Make an "API Services" app in the Admin Console and use its client id.',
  ),
  refused('invalid_grant', 'credentials', 'The org refused the grant.', 'Check the service app.'),
  refused(
    'invalid_request',
    'credentials',
    'The token request was not accepted.',
    'Read the description next to it. Check client ID, scopes and key.',
  ),
  refused(
    'invalid_dpop_proof',
    'credentials',
    'The proof of possession (DPoP) was not accepted.',
    'Check this machine’s clock (`doctor`); then report it with the request id.',
  ),
  refused(
    'use_dpop_nonce',
    'credentials',
    'The org asks for a DPoP nonce again and again.',
    'Report it with the request id.',
  ),
  refused(
    'invalid_token',
    'credentials',
    'The access token was revoked or has expired.',
    'Check that the service app is active, then try again or `resume`.',
  ),
];
