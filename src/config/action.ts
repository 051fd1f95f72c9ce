import { usage } from '../domain/codes/app-error.ts';
import { ACTION_NAMES, ACTIONS, type Action, type ActionSpec } from '../domain/plan/action.ts';
import { PROVIDER_TYPES, USER_STATUSES } from '../domain/org/user.ts';
import type { PolicyOptions } from '../domain/run/run-file.ts';
import { checked, group, many, NOTHING_GIVEN, off, on, one, type Values } from './flags/flag.ts';
import { inCapitals, listOf, moment, oneOf } from './flags/kinds.ts';

/** What is done, as flags say it: a rerun does what the earlier run did, unless they say otherwise. */
export const WHAT = group('What', {
  action: one(
    'action',
    'NAME',
    `${ACTION_NAMES.join(', ')} (default: ${ACTION_NAMES[0]})`,
    oneOf(ACTION_NAMES),
  ),
  sendEmail: off(
    'no-send-email',
    'reset-password: Okta mails nobody; the links are sealed in secrets.jsonl',
  ),
  revokeSessions: on('revoke-sessions', 'end the user’s Okta sessions too'),
  revokeTokens: on('revoke-tokens', 'end sessions and revoke OAuth tokens too'),
  resetFactors: on('reset-factors', 'remove every enrolled factor too'),
});

/** Fills in the action. Throws USAGE for what it cannot be done with. */
export function resolveAction({
  action = ACTION_NAMES[0],
  ...options
}: Values<typeof WHAT.flags>): ActionSpec {
  if (!options.sendEmail && action !== 'reset-password') {
    throw usage(
      '--no-send-email belongs to --action reset-password.',
      `${action} sends no e-mail in any case.`,
    );
  }
  const besides = [
    ...(options.revokeSessions ? ['--revoke-sessions'] : []),
    ...(options.revokeTokens ? ['--revoke-tokens'] : []),
    ...(options.resetFactors ? ['--reset-factors'] : []),
  ];
  if (besides.length > 0 && ACTIONS[action].kind !== 'password') {
    throw usage(
      `${besides.join(' and ')} ${besides.length === 1 ? 'goes' : 'go'} with an action on passwords.`,
      `Leave ${besides.length === 1 ? 'it' : 'them'} out: ${action} is one call of its own. Other calls to the same people are runs of their own: okta-reset rerun RUN --action end-sessions --only succeeded`,
    );
  }
  return { action, ...options, order: 'password-first' };
}

export const ACTION = checked(WHAT, resolveAction);

/** An action with nothing added to it. */
export const bareAction = (action: Action): ActionSpec =>
  resolveAction({ ...WHAT.read(NOTHING_GIVEN), action });

export const AGAIN = on(
  'again',
  'act also on users that another run has done already and who have not changed since',
);

export const POLICY = checked(
  group('Policy', {
    includeStatus: many(
      'include-status',
      'STATUS',
      'act on this status too (repeatable)',
      listOf(inCapitals(oneOf(USER_STATUSES))),
    ),
    includeProvider: many(
      'include-provider',
      'TYPE',
      'act on this provider too (repeatable; converts FEDERATION and SOCIAL users!)',
      listOf(inCapitals(oneOf(PROVIDER_TYPES))),
    ),
    includeAdmins: on('include-admins', 'act on admins too, last'),
    sinceMs: one('since', 'TIME', 'skip users whose password changed after TIME', moment),
    lookup: off('no-lookup', 'act on ids without reading the users first'),
    again: AGAIN,
  }),
  ({ again, ...policy }): PolicyOptions => {
    if (policy.sinceMs !== undefined && !policy.lookup) {
      throw usage(
        '--since and --no-lookup do not go together.',
        'When a user’s password changed is only to be known by reading the user. Drop one of the two.',
      );
    }
    return { ...policy, resend: false, ...(again ? { again } : {}) };
  },
);
