import { ACTIONS, producesSecrets } from '../../domain/plan/action.ts';
import type { Warning } from '../../domain/plan/preview.ts';
import { counted } from '../../domain/counted.ts';
import { linkWarnings } from './link-warnings.ts';
import { providerWarnings } from './provider-warnings.ts';
import { repeatWarnings } from './repeat-warnings.ts';
import type { WarningTerms } from './warning-terms.ts';

/** What stays open although the action is done. */
function accessWarnings({ spec, targets }: WarningTerms): readonly Warning[] {
  const users = counted(targets, 'user');
  const { kind, warnings: own } = ACTIONS[spec.action];
  const warnings: Warning[] = own.map(({ code, text }) => ({
    code,
    text: text(users),
    rows: targets,
  }));
  if (kind !== 'password') return warnings;
  if (!spec.revokeSessions && !spec.revokeTokens) {
    warnings.push({
      code: 'sessions-stay-alive',
      text: `Sessions of ${users} stay alive: anyone who is signed in with a stolen password stays signed in. Add --revoke-sessions to end Okta sessions.`,
      rows: targets,
    });
  }
  if (!spec.revokeTokens) {
    warnings.push({
      code: 'tokens-stay-alive',
      text: `OAuth and refresh tokens of ${users} stay valid: apps that hold one keep their access. Add --revoke-tokens to revoke them (one more call per user).`,
      rows: targets,
    });
  }
  return warnings;
}

/** Whom the run could lock out. */
function lockOutWarnings(terms: WarningTerms): readonly Warning[] {
  const { protectedUsers, policy, counts, targets } = terms;
  const { admins, principal } = protectedUsers;
  const warnings: Warning[] = [];
  if (admins.kind === 'unreadable' && !policy.includeAdmins) {
    const known =
      admins.ids.size === 0
        ? ''
        : ` Only the ${counted(admins.ids.size, 'admin')} read so far are spared.`;
    warnings.push({
      code: 'admins-unknown',
      text: `Admins among the ${counted(targets, 'user')} cannot be told from others: ${admins.why}.${known} Spare them with a list: --exclude FILE, or --exclude-group NAME.`,
      rows: targets,
    });
  }
  if (policy.includeAdmins) {
    warnings.push(
      admins.kind === 'known'
        ? {
            code: 'admins-included',
            text:
              counts.admins === 0
                ? '--include-admins is on; none of the users is an admin.'
                : `${counted(counts.admins, 'admin')} will be acted on too, after all others. Make sure that somebody can still sign in.`,
            rows: counts.admins,
          }
        : {
            code: 'admins-included',
            text: `--include-admins is on, and nobody can say which users are admins: ${admins.why}. They are acted on in their place in the list, not last. Make sure that somebody can still sign in.`,
          },
    );
  }
  if (protectedUsers.excluded.kind === 'unreadable') {
    warnings.push({
      code: 'excluded-unknown',
      text: `Members of the excluded groups cannot all be told from others: ${protectedUsers.excluded.why}. Only the ${counted(protectedUsers.excluded.ids.size, 'member')} read so far are spared. Name the others in a file: --exclude FILE.`,
      rows: targets,
    });
  }
  if (principal.kind === 'unknown') {
    warnings.push({
      code: 'self-unknown',
      text: 'Okta does not tell whom the credential belongs to, so its owner is not protected. Put the owner into --exclude FILE.',
    });
  }
  return warnings;
}

function secretWarnings({ spec, targets, secretsPlaintext }: WarningTerms): readonly Warning[] {
  if (secretsPlaintext !== true || !producesSecrets(spec)) return [];
  const what = spec.action === 'temp-password' ? 'temporary password' : 'reset link';
  return [
    {
      code: 'secrets-plaintext',
      text: `${counted(targets, what)} will lie unsealed in secrets.jsonl: anyone who reads that file can take over the users. Seal them with --secrets-recipient.`,
      rows: targets,
    },
  ];
}

/**
 * Returns what the admin must know before saying yes, in plain words with numbers, the gravest first. Where nobody is
 * acted on, only what explains that remains.
 */
export function warningsOf(terms: WarningTerms): readonly Warning[] {
  const { rows, targets, found, counts } = terms;
  if (rows > 0 && found === 0 && targets === 0) {
    return [
      {
        code: 'all-not-found',
        text: `None of the ${counted(rows, 'row')} is a user of this org. Do the list and the org belong together, and is the right column chosen (--column)?`,
        rows,
      },
    ];
  }
  const repeats = repeatWarnings(terms);
  if (targets === 0) return repeats;
  const unread: readonly Warning[] =
    counts.unread === 0
      ? []
      : [
          {
            code: 'no-lookup',
            text: `${counted(counts.unread, 'user')} will be acted on without a look at them (--no-lookup): suspended, federated and directory users are not told apart, and a plain reset converts federated ones.`,
            rows: counts.unread,
          },
        ];
  return [
    ...repeats,
    ...unread,
    ...providerWarnings(terms.spec, counts),
    ...lockOutWarnings(terms),
    ...accessWarnings(terms),
    ...linkWarnings(terms),
    ...secretWarnings(terms),
  ];
}
