import type { Failure } from '../../domain/row/failure.ts';
import { failureError, howOf } from '../org/failure-error.ts';

/** The result of one check. */
export interface Finding {
  readonly level: 'good' | 'warning' | 'bad';
  readonly subject: string;
  readonly found: string;
  /** What to do if the check failed. */
  readonly hint?: string;
}

export const good = (subject: string, found: string): Finding => ({
  level: 'good',
  subject,
  found,
});

/** Returns what a failed read shows. */
export function failedFinding(
  subject: string,
  failure: Failure,
  host: string,
  level: 'warning' | 'bad',
  needs: string,
): Finding {
  const error = failureError(failure, needs, host);
  // The error names the scope, while the catalog says only that one is missing.
  const code =
    failure.kind === 'okta'
      ? failure.insufficientScope
        ? undefined
        : failure.oktaCode
      : failure.kind === 'transport'
        ? failure.code
        : undefined;
  return {
    level,
    subject,
    found: error.message,
    hint: (code === undefined ? undefined : howOf(code)) ?? error.hint,
  };
}
