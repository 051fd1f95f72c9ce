import type { ErrorCode } from '../wire/errors.ts';
import type { Provider, Status } from './mix.ts';

/** What an admin can request for a user's password or status. */
export type LifecycleCall =
  | 'reset_password'
  | 'convert_to_federated'
  | 'expire_password'
  | 'expire_password_with_temp_password'
  | 'unlock'
  | 'reactivate'
  | 'forgot_password'
  | 'reset_factors'
  | 'suspend'
  | 'unsuspend'
  | 'activate'
  | 'deactivate';

/**
 * The result of a call: it moves the user to a status (undefined: leaves it), and perhaps to another provider; or it is
 * refused.
 */
export type Ruling =
  | { readonly kind: 'allowed'; readonly to: Status | undefined; readonly provider?: Provider }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly cause?: string };

const allowed = (to: Status | undefined): Ruling => ({ kind: 'allowed', to });
const refused = (code: ErrorCode, cause?: string): Ruling =>
  cause === undefined ? { kind: 'refused', code } : { kind: 'refused', code, cause };

const LOGIN_TYPE = "Password reset is not supported for the user's login type";

function reset(status: Status, provider: Provider): Ruling {
  switch (status) {
    case 'STAGED':
      return refused('E0000017', "Password reset is not allowed in the user's current status");
    case 'SUSPENDED':
    case 'DEPROVISIONED':
      return refused('E0000038');
    case 'ACTIVE':
    case 'LOCKED_OUT':
    case 'PASSWORD_EXPIRED':
    case 'PROVISIONED':
    case 'RECOVERY':
      // A plain reset turns anyone who signed in elsewhere into an Okta user. Okta's articles name both statuses.
      if (provider === 'FEDERATION') return { kind: 'allowed', to: 'RECOVERY', provider: 'OKTA' };
      if (provider === 'SOCIAL') return { kind: 'allowed', to: 'PROVISIONED', provider: 'OKTA' };
      return allowed('RECOVERY');
    default: {
      const never: never = status;
      return never;
    }
  }
}

/** `provider=FEDERATION` converts users of Okta's own provider, if a reset is allowed at all. */
function federate(status: Status, provider: Provider): Ruling {
  const ruling = reset(status, provider);
  if (ruling.kind === 'refused') return ruling;
  return provider === 'OKTA' || provider === 'IMPORT'
    ? allowed('ACTIVE')
    : refused('E0000001', 'Cannot convert user to federated: the credential provider is not Okta');
}

function expire(status: Status, provider: Provider): Ruling {
  switch (status) {
    case 'STAGED':
    case 'PROVISIONED':
    case 'SUSPENDED':
    case 'DEPROVISIONED':
      return refused('E0000038');
    case 'ACTIVE':
    case 'LOCKED_OUT':
    case 'PASSWORD_EXPIRED':
    case 'RECOVERY':
      return provider === 'FEDERATION' || provider === 'SOCIAL'
        ? refused('E0000017', LOGIN_TYPE)
        : allowed('PASSWORD_EXPIRED');
    default: {
      const never: never = status;
      return never;
    }
  }
}

/** Returns what Okta does with a call about a user of this status and provider type. */
export function rule(call: LifecycleCall, status: Status, provider: Provider): Ruling {
  const directory = provider === 'ACTIVE_DIRECTORY' || provider === 'LDAP';
  switch (call) {
    case 'reset_password':
      return reset(status, provider);
    case 'convert_to_federated':
      return federate(status, provider);
    case 'expire_password':
    case 'expire_password_with_temp_password':
      return expire(status, provider);
    case 'unlock':
      if (status !== 'LOCKED_OUT') return refused('E0000032', 'The user is not locked out.');
      return directory ? refused('E0000032') : allowed('ACTIVE');
    case 'reactivate':
      return status === 'PROVISIONED' || status === 'RECOVERY'
        ? allowed(undefined)
        : refused('E0000038');
    case 'forgot_password':
      return status === 'ACTIVE' && (provider === 'OKTA' || provider === 'IMPORT')
        ? allowed(undefined)
        : refused('E0000034');
    case 'reset_factors':
      // Okta publishes the link for users in these statuses. Source: recorded users, one per status.
      return ['ACTIVE', 'PASSWORD_EXPIRED', 'SUSPENDED', 'STAGED', 'DEPROVISIONED'].includes(status)
        ? allowed(undefined)
        : refused('E0000038');
    case 'suspend':
      return status === 'ACTIVE' || status === 'PASSWORD_EXPIRED' || status === 'PROVISIONED'
        ? allowed('SUSPENDED')
        : refused('E0000001', 'Cannot suspend a user that is not active');
    case 'unsuspend':
      return status === 'SUSPENDED'
        ? allowed('ACTIVE')
        : refused('E0000001', 'Cannot unsuspend a user that is not suspended');
    case 'activate':
      return status === 'STAGED' || status === 'DEPROVISIONED'
        ? allowed('PROVISIONED')
        : refused('E0000016');
    case 'deactivate':
      return status === 'DEPROVISIONED' ? refused('E0000038') : allowed('DEPROVISIONED');
    default: {
      const never: never = call;
      return never;
    }
  }
}
