import type { ActionSpec, Step } from '../../domain/plan/action.ts';

/** Returns the call of a step, as it goes to Okta, with `{id}` for the user: for people, not for sending. */
export function stepCall(step: Step, spec: ActionSpec): string {
  const user = '/api/v1/users/{id}';
  const revoke = spec.revokeSessions;
  switch (step) {
    case 'revoke-tokens':
      return `DELETE ${user}/sessions?oauthTokens=true`;
    case 'revoke-sessions':
      return `DELETE ${user}/sessions`;
    case 'reset-password':
      return `POST ${user}/lifecycle/reset_password?sendEmail=${spec.sendEmail}${revoke ? '&revokeSessions=true' : ''}`;
    case 'temp-password':
      return `POST ${user}/lifecycle/expire_password?tempPassword=true`;
    case 'temp-password-split':
      return `POST ${user}/lifecycle/expire_password_with_temp_password${revoke ? '?revokeSessions=true' : ''}`;
    case 'expire-password':
      return `POST ${user}/lifecycle/expire_password`;
    default: {
      const never: never = step;
      return never;
    }
  }
}
