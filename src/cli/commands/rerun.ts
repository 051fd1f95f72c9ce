import { rerunPolicy, wantedRows } from '../../app/rerun/rerun-terms.ts';
import type { WantedRows } from '../../app/rerun/wanted-rows.ts';
import type { Execute, Input } from '../line/commands.ts';
import { planInput } from '../line/plan-input.ts';
import { rerunSource } from '../line/rerun-source.ts';
import { planAndExecute, planAndShow } from '../plan-and-show.ts';
import { withSession } from '../session.ts';

function wantedOf({ rows, policy }: Input<'rerun'>): WantedRows {
  return wantedRows({ ...rows, again: policy.again === true });
}

export const execute: Execute<'rerun'> = async (call) =>
  withSession(call.terminal, async (session) => {
    const { input, word } = call;
    const source = await rerunSource(input, word, wantedOf(input), session);
    const policy = rerunPolicy(input.policy, source.policy);
    const { dryRun } = input.preview;
    const plan = planInput({ ...source, policy }, input, session, dryRun ? undefined : 'executes');
    return (dryRun ? planAndShow : planAndExecute)(await plan, call, session);
  });
