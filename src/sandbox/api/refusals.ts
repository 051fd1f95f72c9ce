import { errorReply, type Reply } from '../wire/errors.ts';

/** Answers 405 as real orgs do: E0000019, with the methods that the path supports. */
export function methodNotAllowed(methods: string): Reply {
  return errorReply('E0000019', { status: 405, headers: ['Allow', methods] });
}

/** Answers for a host name that no org has. */
export function noSuchOrg(origin: string): Reply {
  const { host } = new URL(origin);
  return errorReply('E0000007', { detail: `Resource not found: ${host} (Org)` });
}

/**
 * Refuses a token that lacks a scope: 403, an empty body, and the scope in the challenge. Source: okta-sdk-golang issue 145.
 */
export function insufficientScope(facts: {
  readonly scheme: 'Bearer' | 'DPoP';
  readonly origin: string;
  readonly scopes: readonly string[];
  readonly path: string;
}): Reply {
  const { scheme, origin, scopes, path } = facts;
  const challenge = [
    `authorization_uri="${origin}/oauth2/v1/authorize"`,
    `realm="${origin}"`,
    `scope="${scopes.join(' ')}"`,
    'error="insufficient_scope"',
    'error_description="The access token provided does not contain the required scopes."',
    `resource="${path}"`,
  ].join(', ');
  return { status: 403, headers: ['WWW-Authenticate', `${scheme} ${challenge}`], body: '' };
}
