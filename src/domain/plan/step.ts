/** What shapes the calls of an action. */
export interface StepTerms {
  /** reset-password only: Okta e-mails the link; otherwise the link comes back and is sealed. */
  readonly sendEmail: boolean;
  readonly revokeSessions: boolean;
}

/** What an accepted answer carries that only the admin may see. */
export type SecretKind = 'temp-password' | 'reset-link';

/**
 * What a later read of the user shows of a step that took effect:
 * - `status`: the user stands in one of these, and got there since
 * - `password`: `passwordChanged` has moved
 * - `nothing`: only the System Log knows
 */
export type Proof =
  | { readonly kind: 'status'; readonly statuses: readonly string[] }
  | { readonly kind: 'password' }
  | { readonly kind: 'nothing' };

/** One API write on a user, with all that preview, engine, report and sandbox need to know of it. */
export interface StepEntry {
  readonly method: 'POST' | 'DELETE';
  /** What comes after `/api/v1/users/{id}/`. */
  readonly path: string;
  readonly query: (terms: StepTerms) => string;
  readonly brings: (terms: StepTerms) => SecretKind | undefined;
  readonly proof: Proof;
  /** The event of the System Log that tells of it. Source: Okta's event type catalogue. */
  readonly event: string;
  /** Sending it a second time changes nothing for the user, so an unknown effect is answered by sending it again. */
  readonly repeatable: boolean;
  /** The user's password is not as it was afterwards. */
  readonly touchesPassword: boolean;
}

const none = () => undefined;
const tempPassword = () => 'temp-password' as const;

const ENTRIES = {
  // Ends sessions as well.
  'revoke-tokens': {
    method: 'DELETE',
    path: 'sessions',
    query: () => '?oauthTokens=true',
    brings: none,
    proof: { kind: 'nothing' },
    event: 'user.session.clear',
    repeatable: true,
    touchesPassword: false,
  },
  'revoke-sessions': {
    method: 'DELETE',
    path: 'sessions',
    query: () => '',
    brings: none,
    proof: { kind: 'nothing' },
    event: 'user.session.clear',
    repeatable: true,
    touchesPassword: false,
  },
  'reset-password': {
    method: 'POST',
    path: 'lifecycle/reset_password',
    // Always said: what an omitted sendEmail means, Okta's documents disagree about.
    query: ({ sendEmail, revokeSessions }) =>
      `?sendEmail=${String(sendEmail)}${revokeSessions ? '&revokeSessions=true' : ''}`,
    brings: ({ sendEmail }) => (sendEmail ? undefined : 'reset-link'),
    // A user who never signed in has been seen to go to PROVISIONED instead of RECOVERY.
    proof: { kind: 'status', statuses: ['RECOVERY', 'PROVISIONED'] },
    event: 'user.account.reset_password',
    repeatable: false,
    touchesPassword: true,
  },
  'temp-password': {
    method: 'POST',
    path: 'lifecycle/expire_password',
    query: () => '?tempPassword=true',
    brings: tempPassword,
    proof: { kind: 'password' },
    event: 'user.account.update_password',
    repeatable: false,
    touchesPassword: true,
  },
  // The newer call, for orgs that ignore the parameter of the one above and for ending sessions with it.
  'temp-password-split': {
    method: 'POST',
    path: 'lifecycle/expire_password_with_temp_password',
    query: ({ revokeSessions }) => (revokeSessions ? '?revokeSessions=true' : ''),
    brings: tempPassword,
    proof: { kind: 'password' },
    event: 'user.account.update_password',
    repeatable: false,
    touchesPassword: true,
  },
  'expire-password': {
    method: 'POST',
    path: 'lifecycle/expire_password',
    query: () => '',
    brings: none,
    proof: { kind: 'status', statuses: ['PASSWORD_EXPIRED'] },
    event: 'user.account.expire_password',
    repeatable: false,
    touchesPassword: true,
  },
} as const satisfies Readonly<Record<string, StepEntry>>;

export type Step = keyof typeof ENTRIES;

/** The table of steps. */
export const STEPS: Readonly<Record<Step, StepEntry>> = ENTRIES;

/** Tells whether a text names a step, as journals write it. */
export function isStep(text: unknown): text is Step {
  return typeof text === 'string' && Object.hasOwn(STEPS, text);
}

/** Returns the call of a step as it goes to Okta, with `{id}` for the user: for people, not for sending. */
export function stepCall(step: Step, terms: StepTerms): string {
  const { method, path, query } = STEPS[step];
  return `${method} /api/v1/users/{id}/${path}${query(terms)}`;
}
