import { locateRun } from '../../app/runs/run-location.ts';
import { DEFAULTS } from '../../config/defaults.ts';
import { usage } from '../../domain/codes/app-error.ts';
import { resolveOrg } from '../../config/org.ts';
import { POLICY, WHAT } from '../../config/action.ts';
import type { Flag, Given } from '../../config/flags/flag.ts';
import { refuseNobody, WHO } from '../../config/selection.ts';
import type { Execute, Input } from '../line/commands.ts';
import { planInput } from '../line/plan-input.ts';
import { planAndExecute } from '../plan-and-show.ts';
import { withSession } from '../session.ts';

/** Refuses flags that contradict a saved plan. */
function refuseBesidePlan({ folder, preview }: Input<'run'>, given: Given): void {
  const frozen = [WHO, WHAT, POLICY]
    .flatMap(({ flags }) => Object.values<Flag>(flags))
    .find(({ name }) => given.has(name));
  if (frozen !== undefined)
    throw usage(
      `--${frozen.name} cannot change a saved plan.`,
      'A plan is executed exactly as it was previewed. Make a new one with okta-reset plan.',
    );
  if (folder.out !== undefined)
    throw usage(
      '--out and --plan do not go together.',
      'A saved plan is executed in its own folder.',
    );
  if (preview.dryRun)
    throw usage(
      '--dry-run and --plan do not go together.',
      'To see the preview of a saved plan: okta-reset report RUN.',
    );
}

/** Refuses flags that make sense only for a run that already exists. */
function refuseWithoutPlan({ volume }: Input<'run'>): void {
  if (!volume.exclusive) return;
  throw usage(
    '--exclusive-volume goes with --plan: a new run has no lock that somebody could have left.',
    'Make the plan first (okta-reset plan --out RUN), then execute it: okta-reset resume RUN --confirm COUNT@HOST --exclusive-volume',
  );
}

export const execute: Execute<'run'> = async (call) => {
  const { input, given, terminal } = call;
  const saved = input.saved.plan;
  if (saved !== undefined) refuseBesidePlan(input, given);
  else refuseWithoutPlan(input);
  if (input.preview.dryRun) {
    const { execute: plan } = await import('./plan.ts');
    return plan(call);
  }
  return withSession(terminal, async (session) => {
    if (saved !== undefined) {
      const dir = await locateRun(saved, terminal.host.cwd, DEFAULTS.reportsDir);
      const org = await resolveOrg(input.org, session.sources);
      const { executeAndShow } = await import('../execute-plan.ts');
      const { exclusive: exclusiveVolume } = input.volume;
      const agreed = call.shown.run;
      return executeAndShow({ dir, org, input, given, agreed, exclusiveVolume }, session);
    }
    refuseNobody(given);
    const { spec, policy } = input;
    const who = { kind: 'selection', selection: input.who } as const;
    const plan = await planInput({ who, spec, policy }, input, session, 'executes');
    return planAndExecute(plan, call, session);
  });
};
