import { ACTIONS, type ActionSpec } from '../../domain/plan/action.ts';
import type { Warning } from '../../domain/plan/preview.ts';
import { counted } from '../../domain/counted.ts';
import type { TargetCounts } from './plan-tally.ts';

/** Counts the targets of some providers, in total and by name: `3 federated users and 1 social user`. */
function named(
  { byProvider }: TargetCounts,
  providers: readonly (readonly [provider: string, noun: string])[],
): { readonly rows: number; readonly users: string } {
  const found = providers
    .map(([provider, noun]) => ({ rows: byProvider.get(provider) ?? 0, noun }))
    .filter(({ rows }) => rows > 0);
  return {
    rows: found.reduce((sum, { rows }) => sum + rows, 0),
    users: found.map(({ rows, noun }) => counted(rows, noun)).join(' and '),
  };
}

/** Warns about targets whose password is not Okta's own. They are targets only if `--include-provider` names them. */
export function providerWarnings(spec: ActionSpec, counts: TargetCounts): readonly Warning[] {
  const federated = named(counts, [
    ['FEDERATION', 'federated user'],
    ['SOCIAL', 'social user'],
  ]);
  const directory = named(counts, [
    ['ACTIVE_DIRECTORY', 'Active Directory user'],
    ['LDAP', 'LDAP user'],
  ]);
  const { federatedUsers, directoryUsers } = ACTIONS[spec.action];
  const warnings: Warning[] = [];
  if (federatedUsers !== undefined && federated.rows > 0) {
    warnings.push({
      code: 'federated-conversion',
      text: federatedUsers(federated.users),
      rows: federated.rows,
    });
  }
  if (directoryUsers !== undefined && directory.rows > 0) {
    warnings.push({
      code: 'directory-password-stays',
      text: directoryUsers(directory.users),
      rows: directory.rows,
    });
  }
  return warnings;
}
