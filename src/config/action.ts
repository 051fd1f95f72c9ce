import { usage } from '../domain/codes/app-error.ts';
import { ACTION_NAMES, ACTIONS, type Action, type ActionSpec } from '../domain/plan/action.ts';
import { PROVIDER_TYPES, USER_STATUSES } from '../domain/org/user.ts';
import type { PolicyOptions } from '../domain/run/run-file.ts';
import { checked, group, many, NOTHING_GIVEN, off, on, one, type Values } from './flags/flag.ts';
import { inCapitals, listOf, moment, oneOf } from './flags/kinds.ts';

/** What is done, according to flags. A rerun does what the earlier run did, unless flags change it. */
export const WHAT = group('What', {
  action: one(
    'action',
    'NAME',
    `${ACTION_NAMES.join(', ')} (default: ${ACTION_NAMES[0]})`,
    oneOf(ACTION_NAMES),
  ),
  sendEmail: off(
    'no-send-email',
    'reset-password: Okta emails nobody; the links are sealed in secrets.jsonl',
  ),
  revokeSessions: on('revoke-sessions', 'also end the user’s Okta sessions'),
  revokeTokens: on('revoke-tokens', 'also end sessions and revoke OAuth tokens'),
  resetFactors: on('reset-factors', 'also remove every enrolled MFA factor'),
});

/** Fills in the defaults of the action. Throws USAGE for options that do not fit it. */
export function resolveAction({
  action = ACTION_NAMES[0],
  ...options
}: Values<typeof WHAT.flags>): ActionSpec {
  if (!options.sendEmail && action !== 'reset-password') {
    throw usage(
      '--no-send-email belongs to --action reset-password.',
      `${action} never sends an email.`,
    );
  }
  const besides = [
    ...(options.revokeSessions ? ['--revoke-sessions'] : []),
    ...(options.revokeTokens ? ['--revoke-tokens'] : []),
    ...(options.resetFactors ? ['--reset-factors'] : []),
  ];
  if (besides.length > 0 && ACTIONS[action].kind !== 'password') {
    throw usage(
      `${besides.join(' and ')} ${besides.length === 1 ? 'goes' : 'go'} with a password action.`,
      `Leave ${besides.length === 1 ? 'it' : 'them'} out: ${action} is a single call. To do more to the same people, use another run: okta-reset rerun RUN --action end-sessions --only succeeded`,
    );
  }
  return { action, ...options, order: 'password-first' };
}

export const ACTION = checked(WHAT, resolveAction);

/** Returns an action without options. */
export const bareAction = (action: Action): ActionSpec =>
  resolveAction({ ...WHAT.read(NOTHING_GIVEN), action });

export const AGAIN = on(
  'again',
  'also act on users that another run has already done and that have not changed since',
);

export const POLICY = checked(
  group('Policy', {
    includeStatus: many(
      'include-status',
      'STATUS',
      'also act on this status (repeatable)',
      listOf(inCapitals(oneOf(USER_STATUSES))),
    ),
    includeProvider: many(
      'include-provider',
      'TYPE',
      'also act on this provider (repeatable; a reset converts FEDERATION and SOCIAL users to Okta passwords)',
      listOf(inCapitals(oneOf(PROVIDER_TYPES))),
    ),
    includeAdmins: on('include-admins', 'also act on admins, after everybody else'),
    sinceMs: one('since', 'TIME', 'skip users who have changed their password since TIME', moment),
    lookup: off('no-lookup', 'act on ids without looking the users up first'),
    again: AGAIN,
  }),
  ({ again, ...policy }): PolicyOptions => {
    if (policy.sinceMs !== undefined && !policy.lookup) {
      throw usage(
        '--since and --no-lookup do not go together.',
        'Only a lookup shows when a user’s password changed. Leave one of the two out.',
      );
    }
    return { ...policy, resend: false, ...(again ? { again } : {}) };
  },
);
