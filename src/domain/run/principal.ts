import type { Principal } from './run-file.ts';

/** Names the owner of a credential for a person: login and id, or the service app. */
export function principalText(principal: Principal): string {
  switch (principal.kind) {
    case 'user':
      return `${principal.login} (${principal.id})`;
    case 'app':
      return `service app ${principal.clientId}`;
    case 'unknown':
      return 'not known: the credential cannot read its own user';
    default: {
      const never: never = principal;
      return never;
    }
  }
}

/** Returns what distinguishes two owners of credentials. */
const keyOf = (principal: Principal): string => {
  switch (principal.kind) {
    case 'user':
      return `user ${principal.id}`;
    case 'app':
      return `app ${principal.clientId}`;
    case 'unknown':
      return 'unknown';
    default: {
      const never: never = principal;
      return never;
    }
  }
};

/** Returns each principal once, in the order in which they first appear. */
export function distinctPrincipals(principals: readonly Principal[]): readonly Principal[] {
  return [...new Map(principals.map((each) => [keyOf(each), each])).values()];
}
