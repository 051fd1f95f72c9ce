/** What a rerun does, and to which rows: the same as the earlier run, except for what flags change. */
import { resolveAction, type WHAT } from '../../config/action.ts';
import type { Values } from '../../config/flags/flag.ts';
import { usage } from '../../domain/codes/app-error.ts';
import type { ActionSpec } from '../../domain/plan/action.ts';
import type { Outcome } from '../../domain/row/outcome.ts';
import type { PolicyOptions } from '../../domain/run/run-file.ts';
import type { WantedRows } from './wanted-rows.ts';

/** Rows whose outcome is unknown might have taken effect, so they are taken only if they are named. */
const DEFAULT_OUTCOMES: readonly Outcome[] = ['failed', 'not-attempted'];

/** Returns the wanted rows, if flags or a page name some outcomes, codes or rows, or none. */
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

/** Returns what the earlier run did, with what flags add to it. A flag `--action` replaces all of it. */
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

/** Returns the policy of the earlier run, if it is known, with what flags add to it. Throws USAGE. */
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
