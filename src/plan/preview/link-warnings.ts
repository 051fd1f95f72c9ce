import type { Warning } from '../../domain/plan/preview.ts';
import { counted } from '../../domain/counted.ts';
import type { WarningTerms } from './warning-terms.ts';

function minutes(count: number): string {
  if (count >= 2880 && count % 1440 === 0) return counted(count / 1440, 'day');
  if (count >= 120 && count % 60 === 0) return counted(count / 60, 'hour');
  return counted(count, 'minute');
}

function lifetimeText({ linkLifetime, engine }: WarningTerms): string {
  if (linkLifetime === undefined) {
    const usual =
      engine === 'classic'
        ? 'after the time that the password policy sets'
        : 'usually after one hour';
    return `Reset links expire ${usual} (the org's password policies could not be read).`;
  }
  const { minMinutes, maxMinutes } = linkLifetime;
  return minMinutes === maxMinutes
    ? `Reset links expire ${minutes(minMinutes)} after they are made.`
    : `Reset links expire ${minutes(minMinutes)} to ${minutes(maxMinutes)} after they are made, by password policy.`;
}

/** Warns about a reset link: who can read it, and how long it is valid. */
export function linkWarnings(terms: WarningTerms): readonly Warning[] {
  const { spec, targets, counts } = terms;
  if (spec.action !== 'reset-password') return [];
  const warnings: Warning[] = [];
  if (spec.sendEmail && counts.withSecondEmail > 0) {
    const who =
      counts.withSecondEmail === 1
        ? '1 user has a secondary email address, and Okta emails the link there too'
        : `${counted(counts.withSecondEmail, 'user')} have a secondary email address, and Okta emails the link there too`;
    warnings.push({
      code: 'second-email',
      text: `${who}: anyone who reads that mailbox can set the new password.`,
      rows: counts.withSecondEmail,
    });
  }
  const after =
    'Users who open theirs later are stuck until an admin resets them again: okta-reset followup RUN lists them, and --resend resets them.';
  warnings.push({
    code: 'link-lifetime',
    text: `${lifetimeText(terms)} ${after}`,
    rows: targets,
  });
  return warnings;
}
