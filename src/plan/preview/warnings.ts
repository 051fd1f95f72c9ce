import { ACTIONS, producesSecrets } from '../../domain/plan/action.ts';
import type { Warning } from '../../domain/plan/preview.ts';
import { counted } from '../../domain/counted.ts';
import { linkWarnings } from './link-warnings.ts';
import { providerWarnings } from './provider-warnings.ts';
import { repeatWarnings } from './repeat-warnings.ts';
import type { ProtectingList } from '../verdicts/protected-users.ts';
import type { WarningTerms } from './warning-terms.ts';

/** Warns about access that remains after the action. */
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
      text: `Sessions of ${users} stay active: anyone who is signed in with a stolen password stays signed in. Add --revoke-sessions to end Okta sessions.`,
      rows: targets,
    });
  }
  if (!spec.revokeTokens) {
    warnings.push({
      code: 'tokens-stay-alive',
      text: `OAuth and refresh tokens of ${users} stay valid: apps that have one keep their access. Add --revoke-tokens to revoke them (one more call per user).`,
      rows: targets,
    });
  }
  return warnings;
}

/** Says whom a list protects that could not be read completely. Begins with a space; empty if it protects nobody. */
function readSoFar({ ids: { size } }: ProtectingList, noun: string): string {
  if (size === 0) return '';
  return ` Only the ${counted(size, noun)} read so far ${size === 1 ? 'is' : 'are'} protected.`;
}

/** Warns about users whom the run could lock out. */
function lockOutWarnings(terms: WarningTerms): readonly Warning[] {
  const { protectedUsers, policy, counts, targets } = terms;
  const { admins, excluded, principal } = protectedUsers;
  const warnings: Warning[] = [];
  if (admins.kind === 'unreadable' && !policy.includeAdmins) {
    const unknown =
      targets === 1
        ? 'It is not known whether the user is an admin'
        : `Admins among the ${counted(targets, 'user')} cannot be recognized`;
    warnings.push({
      code: 'admins-unknown',
      text: `${unknown}: ${admins.why}.${readSoFar(admins, 'admin')} Protect admins with --exclude FILE or --exclude-group NAME.`,
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
                : `${counted(counts.admins, 'admin')} will also be acted on, after all others. Make sure that somebody can still sign in.`,
            rows: counts.admins,
          }
        : {
            code: 'admins-included',
            text: `--include-admins is on, and it is not known which users are admins: ${admins.why}. Admins are acted on in the order of the list, not last. Make sure that somebody can still sign in.`,
          },
    );
  }
  if (excluded.kind === 'unreadable') {
    const rest = excluded.ids.size === 0 ? 'them' : 'the others';
    warnings.push({
      code: 'excluded-unknown',
      text: `Not all members of the excluded groups are known: ${excluded.why}.${readSoFar(excluded, 'member')} List ${rest} in a file: --exclude FILE.`,
      rows: targets,
    });
  }
  if (principal.kind === 'unknown') {
    warnings.push({
      code: 'self-unknown',
      text: 'Okta does not show who owns the credential, so the owner is not protected. List the owner in a file: --exclude FILE.',
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
      text: `${counted(targets, what)} will be unencrypted in secrets.jsonl: anyone who reads that file can take over the accounts. Encrypt them with --secrets-recipient.`,
      rows: targets,
    },
  ];
}

/** Says that a whole list names nobody. */
function nobodyFound({ rows, policy }: WarningTerms): Warning {
  const none = rows === 1 ? 'The only row is not' : `None of the ${counted(rows, 'row')} is`;
  const text = policy.lookup
    ? `${none} a user of this org. Check that the list belongs to this org and that the right column is used (--column).`
    : `${none} a user id, and nothing else can be acted on without a lookup. Use the column of ids (--column), or leave --no-lookup out.`;
  return { code: 'all-not-found', text, rows };
}

/** Warns about users who are acted on whatever their state. */
function unreadWarnings({ spec, counts }: WarningTerms): readonly Warning[] {
  if (counts.unread === 0) return [];
  const converted =
    spec.action === 'reset-password' ? ', and a reset converts federated users' : '';
  return [
    {
      code: 'no-lookup',
      text: `${counted(counts.unread, 'user')} will be acted on without a lookup (--no-lookup): suspended, federated and directory users are not recognized${converted}.`,
      rows: counts.unread,
    },
  ];
}

/**
 * Returns what the admin must know before consenting, in plain words with numbers, the most serious first. If there is
 * nobody to act on, only what explains that.
 */
export function warningsOf(terms: WarningTerms): readonly Warning[] {
  const { rows, targets, found, counts } = terms;
  if (rows > 0 && found === 0) return [nobodyFound(terms)];
  const repeats = repeatWarnings(terms);
  if (targets === 0) return repeats;
  return [
    ...repeats,
    ...unreadWarnings(terms),
    ...providerWarnings(terms.spec, counts),
    ...lockOutWarnings(terms),
    ...accessWarnings(terms),
    ...linkWarnings(terms),
    ...secretWarnings(terms),
  ];
}
