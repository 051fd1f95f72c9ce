export const ACTIONS = ['reset-password', 'temp-password', 'expire-password'] as const;

export type Action = (typeof ACTIONS)[number];

/** What is done to each user: the action and the options that shape its calls. */
export interface ActionSpec {
  readonly action: Action;
  /** reset-password only: Okta e-mails the link; otherwise the link comes back and is sealed. */
  readonly sendEmail: boolean;
  readonly revokeSessions: boolean;
  readonly revokeTokens: boolean;
}

/**
 * One API write on a target:
 * - `revoke-tokens`: `DELETE /users/{id}/sessions?oauthTokens=true` (ends sessions as well)
 * - `revoke-sessions`: `DELETE /users/{id}/sessions`
 * - `reset-password`: `POST …/lifecycle/reset_password?sendEmail=…[&revokeSessions=true]`
 * - `temp-password`: `POST …/lifecycle/expire_password?tempPassword=true`
 * - `temp-password-split`: `POST …/lifecycle/expire_password_with_temp_password[?revokeSessions=true]`
 * - `expire-password`: `POST …/lifecycle/expire_password`
 */
export type Step =
  | 'revoke-tokens'
  | 'revoke-sessions'
  | 'reset-password'
  | 'temp-password'
  | 'temp-password-split'
  | 'expire-password';

/** Tells whether a step may be sent again without reading first: doing it twice is doing it once. */
export function isRepeatable(step: Step): boolean {
  return step === 'revoke-tokens' || step === 'revoke-sessions';
}

/** Returns the steps of an action, in the order they are sent. */
export function stepsOf(spec: ActionSpec): readonly Step[] {
  const before: Step[] = spec.revokeTokens ? ['revoke-tokens'] : [];
  switch (spec.action) {
    case 'reset-password':
      return [...before, 'reset-password'];
    case 'temp-password':
      return [...before, spec.revokeSessions ? 'temp-password-split' : 'temp-password'];
    case 'expire-password':
      // The endpoint knows no revokeSessions; the DELETE of revoke-tokens ends the sessions as well.
      if (spec.revokeSessions && !spec.revokeTokens) before.push('revoke-sessions');
      return [...before, 'expire-password'];
    default: {
      const never: never = spec.action;
      return never;
    }
  }
}

/** Tells whether Okta mails the users a link that works once. */
export function mailsLink(spec: ActionSpec): boolean {
  return spec.action === 'reset-password' && spec.sendEmail;
}

/** Tells whether the action brings back something that only the admin may see. */
export function producesSecrets(spec: ActionSpec): boolean {
  return spec.action === 'temp-password' || (spec.action === 'reset-password' && !spec.sendEmail);
}
