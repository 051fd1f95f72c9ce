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

/** Says what a reason to skip a row means; undefined for reasons nobody knows. */
export function skipMeaning(reason: string): string | undefined {
  const [kind, value = ''] = reason.split(':');
  if (kind === 'status') {
    return `Users in this status are left alone. --include-status ${value} acts on them.`;
  }
  if (kind === 'provider') {
    return 'The password is kept elsewhere, not in Okta: a reset in Okta does not help there.';
  }
  return Object.hasOwn(MEANINGS, reason) ? MEANINGS[reason] : undefined;
}
