import type { ActionSpec } from '../../domain/plan/action.ts';
import type { Warning } from '../../domain/plan/preview.ts';
import { counted } from './counted.ts';
import type { TargetCounts } from './plan-tally.ts';

function directoryText(spec: ActionSpec, activeDirectory: number, ldap: number): string {
  const users = [
    ...(activeDirectory > 0 ? [counted(activeDirectory, 'Active Directory user')] : []),
    ...(ldap > 0 ? [counted(ldap, 'LDAP user')] : []),
  ].join(' and ');
  switch (spec.action) {
    case 'reset-password':
      return `The old directory password of ${users} keeps working: an Okta reset does not change it. Reset them in the directory.`;
    case 'temp-password':
    case 'expire-password':
      return `The password of ${users} is changed through the directory's agent, which may be slow or refuse; LDAP servers force the change only if their policy says so. Check them in the directory.`;
    default: {
      const never: never = spec.action;
      return never;
    }
  }
}

function federatedText(spec: ActionSpec, federated: number, social: number): string {
  const users = [
    ...(federated > 0 ? [counted(federated, 'federated user')] : []),
    ...(social > 0 ? [counted(social, 'social user')] : []),
  ].join(' and ');
  switch (spec.action) {
    case 'reset-password':
      return `${users} will be converted: the reset makes them sign in with an Okta password instead of their identity provider. This tool cannot undo it.`;
    case 'temp-password':
    case 'expire-password':
      return `There is no Okta password to change for ${users}: expect Okta to refuse.`;
    default: {
      const never: never = spec.action;
      return never;
    }
  }
}

/** Warns of targets whose password is not Okta's own; they are targets only where `--include-provider` names them. */
export function providerWarnings(spec: ActionSpec, counts: TargetCounts): readonly Warning[] {
  const of = (provider: string): number => counts.byProvider.get(provider) ?? 0;
  const federated = of('FEDERATION');
  const social = of('SOCIAL');
  const activeDirectory = of('ACTIVE_DIRECTORY');
  const ldap = of('LDAP');
  const warnings: Warning[] = [];
  if (federated + social > 0) {
    warnings.push({
      code: 'federated-conversion',
      text: federatedText(spec, federated, social),
      rows: federated + social,
    });
  }
  if (activeDirectory + ldap > 0) {
    warnings.push({
      code: 'directory-password-stays',
      text: directoryText(spec, activeDirectory, ldap),
      rows: activeDirectory + ldap,
    });
  }
  return warnings;
}
