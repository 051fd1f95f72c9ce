import type { WantedRows } from '../../app/rerun/wanted-rows.ts';
import { usage } from '../../domain/codes/app-error.ts';
import type { Outcome } from '../../domain/row/outcome.ts';
import type { PolicyOptions } from '../../domain/run/run-file.ts';
import type { Execute, Input } from '../line/commands.ts';
import { planInput } from '../line/plan-input.ts';
import { rerunSource } from '../line/rerun-source.ts';
import { planAndExecute, planAndShow } from '../plan-and-show.ts';
import { withSession } from '../session.ts';

/** Rows whose outcome is unknown may have taken effect: they are taken by name only. */
const DEFAULT_OUTCOMES: readonly Outcome[] = ['failed', 'not-attempted'];

function wantedRows({ rows: { outcomes, errors }, policy }: Input<'rerun'>): WantedRows {
  return {
    outcomes: new Set(outcomes.length > 0 ? outcomes : DEFAULT_OUTCOMES),
    errors: errors.length > 0 ? new Set(errors) : undefined,
    again: policy.again === true,
  };
}

/** The policy of the earlier run, where it is known, and what flags add to it. Throws USAGE. */
function rerunPolicy(asked: PolicyOptions, earlier: PolicyOptions = asked): PolicyOptions {
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
      'Only live state tells who has changed the password since. Leave --no-lookup out.',
    );
  return policy;
}

export const execute: Execute<'rerun'> = async (call) =>
  withSession(call.terminal, async (session) => {
    const { input, word } = call;
    const source = await rerunSource(input, word, wantedRows(input), session);
    const policy = rerunPolicy(input.policy, source.policy);
    const { dryRun } = input.preview;
    const plan = planInput({ ...source, policy }, input, session, dryRun ? undefined : 'executes');
    return (dryRun ? planAndShow : planAndExecute)(await plan, call, session);
  });
