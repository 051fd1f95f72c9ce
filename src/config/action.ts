import { ACTION_NAMES, type Action, type ActionSpec } from '../domain/plan/action.ts';
import { PROVIDER_TYPES, USER_STATUSES } from '../domain/org/user.ts';
import type { PolicyOptions } from '../domain/run/run-file.ts';
import type { ActionFlags, PolicyFlags } from './flags.ts';
import { pointInTime, usage } from './option.ts';

function isAction(text: string): text is Action {
  return (ACTION_NAMES as readonly string[]).includes(text);
}

/** Checks the action flags. Rejects with USAGE. */
export function resolveAction(flags: ActionFlags): ActionSpec {
  const action = flags.action ?? ACTION_NAMES[0];
  if (!isAction(action))
    throw usage(`--action does not know “${action}”.`, `It is one of ${ACTION_NAMES.join(', ')}.`);
  if (!flags.sendEmail && action !== 'reset-password') {
    throw usage(
      '--no-send-email belongs to --action reset-password.',
      `${action} sends no e-mail in any case.`,
    );
  }
  return {
    action,
    sendEmail: flags.sendEmail,
    revokeSessions: flags.revokeSessions,
    revokeTokens: flags.revokeTokens,
  };
}

function knownWords(
  flag: string,
  words: readonly string[],
  known: readonly string[],
): readonly string[] {
  const upper = words.flatMap((word) => word.split(',')).map((word) => word.trim().toUpperCase());
  for (const word of upper) {
    if (!known.includes(word))
      throw usage(`--${flag} does not know “${word}”.`, `It is one of ${known.join(', ')}.`);
  }
  return upper;
}

/** Checks the policy flags. Rejects with USAGE. */
export function resolvePolicy(flags: PolicyFlags): PolicyOptions {
  if (flags.since !== undefined && !flags.lookup) {
    throw usage(
      '--since and --no-lookup do not go together.',
      'When a user’s password changed is only to be known by reading the user. Drop one of the two.',
    );
  }
  return {
    includeStatus: knownWords('include-status', flags.includeStatus, USER_STATUSES),
    includeProvider: knownWords('include-provider', flags.includeProvider, PROVIDER_TYPES),
    includeAdmins: flags.includeAdmins,
    resend: false,
    sinceMs: pointInTime('since', flags.since),
    lookup: flags.lookup,
    ...(flags.again ? { again: true } : {}),
  };
}
