/** What a rerun does, and to which rows: as the earlier run, and as flags add to it. */
import { resolveAction, type WHAT } from '../../config/action.ts';
import type { Values } from '../../config/flags/flag.ts';
import { usage } from '../../domain/codes/app-error.ts';
import type { ActionSpec } from '../../domain/plan/action.ts';
import type { Outcome } from '../../domain/row/outcome.ts';
import type { PolicyOptions } from '../../domain/run/run-file.ts';
import type { WantedRows } from './wanted-rows.ts';

/** Rows whose outcome is unknown may have taken effect: they are taken by name only. */
const DEFAULT_OUTCOMES: readonly Outcome[] = ['failed', 'not-attempted'];

/** The rows that are wanted, where flags or a page name some of outcomes, codes and rows, or none of them. */
export function wantedRows({
  outcomes,
  errors,
  rows,
  again,
}: {
  readonly outcomes: readonly Outcome[];
  readonly errors: readonly string[];
  readonly rows: readonly number[];
  readonly again: boolean;
}): WantedRows {
  return {
    outcomes: new Set(outcomes.length > 0 ? outcomes : DEFAULT_OUTCOMES),
    errors: errors.length > 0 ? new Set(errors) : undefined,
    rows: rows.length > 0 ? new Set(rows) : undefined,
    again,
  };
}

/** What the earlier run did, and what flags add to it; a flag `--action` says all of it. */
export function rerunSpec(flags: Values<typeof WHAT.flags>, earlier: () => ActionSpec): ActionSpec {
  if (flags.action !== undefined) return resolveAction(flags);
  const { action, sendEmail, revokeSessions, revokeTokens, resetFactors } = earlier();
  return resolveAction({
    action,
    sendEmail: sendEmail && flags.sendEmail,
    revokeSessions: revokeSessions || flags.revokeSessions,
    revokeTokens: revokeTokens || flags.revokeTokens,
    resetFactors: resetFactors === true || flags.resetFactors,
  });
}

/** The policy of the earlier run, where it is known, and what flags add to it. Throws USAGE. */
export function rerunPolicy(asked: PolicyOptions, earlier: PolicyOptions = asked): PolicyOptions {
  const policy = {
    ...earlier,
    ...asked,
    includeStatus: [...new Set([...earlier.includeStatus, ...asked.includeStatus])],
    includeProvider: [...new Set([...earlier.includeProvider, ...asked.includeProvider])],
    includeAdmins: earlier.includeAdmins || asked.includeAdmins,
    resend: earlier.resend,
    sinceMs: asked.sinceMs ?? earlier.sinceMs,
    again: asked.again,
  };
  if (!policy.lookup && policy.sinceMs !== undefined)
    throw usage(
      '--no-lookup and the --since of the earlier run do not go together.',
      'Only a lookup shows who has changed their password since. Leave --no-lookup out.',
    );
  return policy;
}
