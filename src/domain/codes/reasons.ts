const MEANINGS: Readonly<Record<string, string>> = {
  'already-in-recovery': 'A reset was already under way: the old password no longer works.',
  'protected:self': 'This user owns the credential.',
  'protected:admin': 'This user has an admin role. --include-admins acts on admins.',
  excluded: 'Excluded by --exclude or --exclude-group.',
  duplicate: 'The same user was in an earlier row.',
  'not-found': 'There is no such user in this org.',
  ambiguous: 'More than one user matches.',
  'invalid-id': 'The row has no id, login or email address.',
  'changed-since':
    'Somebody acted on the user since the plan was made, or the password was changed after the time given by --since.',
  'already-done':
    'Another run in the same folder has done the same to this user. --again acts again.',
  'already-suspended': 'The user is already suspended and cannot sign in.',
  'already-activated': 'The user has already finished activation, so there is no link to email.',
  'not-suspended': 'The user is not suspended.',
  'not-locked-out': 'The user is not locked out.',
};

/** Returns what a reason to skip a row means; undefined for an unknown reason. */
export function skipMeaning(reason: string): string | undefined {
  const [kind, value = ''] = reason.split(':');
  if (kind === 'status') {
    return `Users with this status are left alone. --include-status ${value} sends the call for them too, and Okta may refuse it.`;
  }
  if (kind === 'provider') {
    return `The account is managed outside Okta: do it there. --include-provider ${value} acts on these users anyway.`;
  }
  return Object.hasOwn(MEANINGS, reason) ? MEANINGS[reason] : undefined;
}

/** What a value of `_reason` means, and what to do. */
export interface ReasonEntry {
  /** The outcomes of rows with this reason. */
  readonly outcome: string;
  readonly meaning: string;
  readonly how: string;
}

type Told = readonly [outcome: string, meaning: string, how: string];

const CODE_BESIDE = 'Look at _okta_error_code in results.csv, then: okta-reset explain CODE';
const LOOK = 'Look the user up in the System Log, then: okta-reset rerun RUN --only unknown.';

const ENDED: Readonly<Record<string, Told>> = {
  refused: ['failed', 'Okta refused the call for this user.', CODE_BESIDE],
  'no-effect': [
    'failed',
    'Each try of the call failed on the network and had no effect: two later reads of the user show no change.',
    'Rerun the row when the connection to Okta works.',
  ],
  'no-permission': [
    'failed',
    'The credential is not allowed to act on this user.',
    'Have a super admin do it, or use a credential with a larger role; then rerun the row.',
  ],
  'not-read': [
    'failed',
    'The user could not be read right before the call, so nothing was sent.',
    'Check with okta-reset doctor whether the credential can read users, then rerun the row.',
  ],
  'state-changed': [
    'failed',
    'Okta refused the call because of the user’s state, which could not be read.',
    'Look at the user in the Admin Console, then rerun the row.',
  ],
  'agent-unavailable': [
    'failed',
    'The agent of the user’s directory did not answer for a long time.',
    'Get the agent fixed, then rerun the row.',
  ],
  'secret-lost': [
    'failed',
    'A temporary password or link was issued several times, and each answer was lost. Nobody has it.',
    'Rerun the row: this issues a new one.',
  ],
  'unreadable-answer': ['failed', 'Okta’s answer could not be read.', 'Rerun the row.'],
  'password-lost': [
    'unknown',
    'The user’s directory refused the temporary password (E0000014) but set it anyway. The user now has a password that nobody knows.',
    'Set a new password in the directory (AD, LDAP), and make the user change it there. Before another run, give the agent the right to force a change.',
  ],
  gone: ['unknown', 'The user no longer exists, so nothing shows what the call did.', LOOK],
  undecided: ['unknown', 'Neither the user nor the System Log shows what the call did.', LOOK],
  'journal-damaged': [
    'unknown',
    'The journal is damaged before it mentions this row: the run may have acted on the user.',
    'okta-reset report RUN prints the command for a new plan that leaves out users who were reset since.',
  ],
  unreadable: ['unknown', 'The credential can read neither the user nor the System Log.', LOOK],
  unproven: [
    'unknown',
    'Each answer was lost, and Okta does not show whether sessions were ended.',
    'Repeating it does no harm: okta-reset rerun RUN --only unknown',
  ],
  'partly-done': [
    'failed or unknown',
    'The password call took effect, but another call for the user (end sessions, revoke tokens, reset factors) failed or is not proved. See _okta_error.',
    'Run only what is missing: okta-reset rerun RUN --action revoke-tokens (or end-sessions, reset-factors). A rerun of the password action leaves these users out.',
  ],
  'factors-kept': [
    'succeeded',
    'Okta does not reset factors for this user’s status, so the factors are unchanged. The rest was done.',
    'When the user is ACTIVE: okta-reset run --action reset-factors. Unlock a locked-out user first.',
  ],
  reissued: [
    'succeeded',
    'The secret was lost with an answer and issued again. The last one is valid.',
    'Nothing to do: okta-reset secrets open shows the last one.',
  ],
};

/** Explains a reason of results.csv: why a row was skipped, or how a run ended it. Undefined for an unknown reason. */
export function findReason(reason: string): ReasonEntry | undefined {
  const ended = Object.hasOwn(ENDED, reason) ? ENDED[reason] : undefined;
  if (ended !== undefined) {
    const [outcome, meaning, how] = ended;
    return { outcome, meaning, how };
  }
  const meaning = skipMeaning(reason);
  if (meaning === undefined) return undefined;
  if (reason === 'not-found') {
    const how = 'Check that the list belongs to this org.';
    return { outcome: 'skipped or failed', meaning, how };
  }
  if (/^(?:status|provider):/.test(reason)) {
    const how =
      'Nothing was sent for a skipped user. A failed user had changed since the preview, and Okta refused the call.';
    return { outcome: 'skipped or failed', meaning, how };
  }
  return { outcome: 'skipped', meaning, how: 'Nothing was sent for this user.' };
}

/** Every reason that does not include a value of Okta's. */
export const REASONS: readonly string[] = [...Object.keys(MEANINGS), ...Object.keys(ENDED)];
