import type { PolicyOptions } from '../domain/run-file.ts';

const MEANINGS: Readonly<Record<string, string>> = {
  'already-in-recovery': 'A reset was under way already: the old password works no more.',
  'protected:self': 'The owner of the credential that did the work.',
  'protected:admin': 'Holds an admin role. --include-admins acts on admins.',
  excluded: 'Named by --exclude or --exclude-group.',
  duplicate: 'The same user stood in an earlier row.',
  'not-found': 'No such user on this org.',
  ambiguous: 'Fits more than one user.',
  'invalid-id': 'Names nobody: no id, login or e-mail address in it.',
  'changed-since': 'The password was changed after the time given by --since.',
};

/** Says what a reason to skip a row means under this policy; undefined for reasons nobody knows. */
export function skipMeaning(reason: string, policy: PolicyOptions): string | undefined {
  if (reason.startsWith('status:')) {
    return `Not in a status that this run acts on: ${policy.includeStatus.join(', ')}.`;
  }
  if (reason.startsWith('provider:')) {
    return `The password is kept outside Okta. This run acts on ${policy.includeProvider.join(' and ')}.`;
  }
  return Object.hasOwn(MEANINGS, reason) ? MEANINGS[reason] : undefined;
}
