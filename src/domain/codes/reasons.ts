const MEANINGS: Readonly<Record<string, string>> = {
  'already-in-recovery': 'A reset was under way already: the old password works no more.',
  'protected:self': 'The owner of the credential that did the work.',
  'protected:admin': 'Holds an admin role. --include-admins acts on admins.',
  excluded: 'Named by --exclude or --exclude-group.',
  duplicate: 'The same user stood in an earlier row.',
  'not-found': 'No such user on this org.',
  ambiguous: 'Fits more than one user.',
  'invalid-id': 'Names nobody: no id, login or e-mail address in it.',
  'changed-since':
    'Somebody acted on the user since the plan was made, or the password was changed after the time given by --since.',
  'already-done':
    'Another run in the same folder has done the same to this user. --again acts once more.',
  'already-suspended': 'Suspended already: cannot sign in.',
  'already-activated': 'Has finished activation already, so there is no link to mail.',
  'not-suspended': 'Not suspended, so there is no suspension to lift.',
  'not-locked-out': 'Not locked out, so there is nothing to unlock.',
};

/** Says what a reason to skip a row means; undefined for reasons nobody knows. */
export function skipMeaning(reason: string): string | undefined {
  const [kind, value = ''] = reason.split(':');
  if (kind === 'status') {
    return `Users in this status are left alone. --include-status ${value} sends the call for them too, and Okta may refuse it.`;
  }
  if (kind === 'provider') {
    return `The account is kept elsewhere, not in Okta: do it there. --include-provider ${value} acts on these users all the same.`;
  }
  return Object.hasOwn(MEANINGS, reason) ? MEANINGS[reason] : undefined;
}

/** What a reason of `_reason` means, and what to do. */
export interface ReasonEntry {
  /** The outcomes of rows that carry it. */
  readonly outcome: string;
  readonly meaning: string;
  readonly how: string;
}

type Told = readonly [outcome: string, meaning: string, how: string];

const CODE_BESIDE =
  'Look at _okta_error_code in results.csv: okta-reset explain tells what it means.';
const LOOK = 'Look the user up in the System Log, then: okta-reset rerun RUN --only unknown.';

const ENDED: Readonly<Record<string, Told>> = {
  refused: ['failed', 'Okta refused the call for this user.', CODE_BESIDE],
  'no-effect': [
    'failed',
    'The call broke down on its way each time, and did nothing: two reads, made when it could no longer take effect, show no change.',
    'Rerun the row once the way to Okta is clear.',
  ],
  'no-permission': [
    'failed',
    'The credential is not allowed to act on this user.',
    'Have a super admin do it, or use a credential with a larger role; then rerun the row.',
  ],
  'not-read': [
    'failed',
    'The user could not be read right before the call, so nothing was sent.',
    'Rerun the row; okta-reset doctor tells whether the credential may read users.',
  ],
  'state-changed': [
    'failed',
    'Okta refused the call because of the user’s state, which could not be read.',
    'Look at the user in the Admin Console, then rerun the row.',
  ],
  'agent-unavailable': [
    'failed',
    'The agent of the user’s directory did not answer for long.',
    'Have the agent fixed, then rerun the row.',
  ],
  'secret-lost': [
    'failed',
    'The temporary password or link was issued, and lost on its way again and again: nobody has it.',
    'Rerun the row: it issues another.',
  ],
  'unreadable-answer': ['failed', 'Okta’s answer could not be read.', 'Rerun the row.'],
  'password-lost': [
    'unknown',
    'The user’s directory refused the temporary password (E0000014), and set it all the same: the user has a password that nobody got.',
    'Set a new password for the user in the directory (AD, LDAP) and make the user change it there. Give the agent the right to force a change before another run.',
  ],
  gone: ['unknown', 'The user is not there any more, so nothing tells what the call did.', LOOK],
  undecided: ['unknown', 'Neither the user nor the System Log tells what the call did.', LOOK],
  'journal-damaged': [
    'unknown',
    'The journal is damaged before anything is said of this row: the run may have acted on the user.',
    'okta-reset report RUN prints the command that plans again and leaves out those reset since.',
  ],
  unreadable: ['unknown', 'Neither the user nor the System Log may be read.', LOOK],
  unproven: [
    'unknown',
    'The answer was lost each time, and nothing in Okta shows whether sessions were ended.',
    'To do it again does no harm: okta-reset rerun RUN --only unknown.',
  ],
  'partly-done': [
    'failed or unknown',
    'The password call took effect, and a call beside it (end sessions, revoke tokens, reset factors) failed or is not proved. _okta_error says what.',
    'Do what is missing by itself: okta-reset rerun RUN --action revoke-tokens, end-sessions or reset-factors. A rerun of the password action leaves these users out.',
  ],
  'factors-kept': [
    'succeeded',
    'Okta resets no factors in the status that this user was in, so they were left as they are; the rest was done.',
    'Once the user is ACTIVE: okta-reset run --action reset-factors. A locked-out user is unlocked first.',
  ],
  reissued: [
    'succeeded',
    'The secret was lost with an answer, and issued again: the last one holds.',
    'Nothing: okta-reset secrets open shows the last one.',
  ],
};

/** Explains a reason of results.csv: of a skipped row, or of how a run ended one; undefined for one nobody knows. */
export function findReason(reason: string): ReasonEntry | undefined {
  const ended = Object.hasOwn(ENDED, reason) ? ENDED[reason] : undefined;
  if (ended !== undefined) {
    const [outcome, meaning, how] = ended;
    return { outcome, meaning, how };
  }
  const meaning = skipMeaning(reason);
  if (meaning === undefined) return undefined;
  if (reason === 'not-found') {
    const how = 'Check that list and org belong together.';
    return { outcome: 'skipped or failed', meaning, how };
  }
  if (/^(?:status|provider):/.test(reason)) {
    const how =
      'Nothing was sent to a user that was skipped. One that failed had changed since the preview: Okta refused the call.';
    return { outcome: 'skipped or failed', meaning, how };
  }
  return { outcome: 'skipped', meaning, how: 'Nothing was sent to this user.' };
}

/** Every reason without a value in it. */
export const REASONS: readonly string[] = [...Object.keys(MEANINGS), ...Object.keys(ENDED)];
