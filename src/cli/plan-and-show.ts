import { planRun, type PlannedRun } from '../app/plan/plan-run.ts';
import type { PlanInput } from '../app/plan/plan-input.ts';
import { usage } from '../domain/codes/app-error.ts';
import type { Given } from '../config/flags/flag.ts';
import { producesSecrets } from '../domain/plan/action.ts';
import type { RunFile } from '../domain/run/run-file.ts';
import { formatConfirmation, isTypedYes, parseConfirmation } from '../domain/plan/confirmation.ts';
import { EXIT } from '../domain/codes/exit-code.ts';
import type { Execution } from './execute-plan.ts';
import type { ShownPlan } from './line/commands.ts';
import { continuationOf } from '../config/continuation.ts';
import { planEnd, planLine } from './screens/plan/plan-end.ts';
import { DRY_RUN } from './screens/plan/preview-screen.ts';
import { showPreview } from './screens/plan/show-preview.ts';
import type { Session } from './session.ts';
import { asLines, styled } from '../text/styled.ts';

/** Refuses consent to a plan that does not exist yet, before anything is read. Throws USAGE. */
function refuseDigest({ confirm }: Execution['input']['guards']): void {
  if (confirm === undefined || parseConfirmation(confirm)?.digest === undefined) return;
  throw usage(
    `--confirm ${confirm} has the digest of a saved plan, but this command makes a new plan.`,
    'To execute the saved plan, use okta-reset run --plan RUN with the same --confirm. For a new plan, leave out # and the digest.',
  );
}

/** Makes a plan and shows its preview, then executes it. The run itself asks for the consent. Returns the exit code. */
export async function planAndExecute(
  plan: PlanInput,
  call: Pick<Execution, 'input' | 'given'>,
  session: Session,
): Promise<number> {
  refuseDigest(call.input.guards);
  const planning = planRun(plan, session.context);
  // Loaded while the org is being read.
  const executing = import('./execute-plan.ts');
  const { dir, run } = await planning;
  await session.settle();
  await showPreview(dir, run, session, plan.pace.between);
  const { executeAndShow } = await executing;
  const { input, given } = call;
  return executeAndShow({ dir, org: plan.org, input, given, agreed: run }, session);
}

/** Leaves out a `--confirm` that does not fit the plan, because a run would refuse it. */
function withFittingConsent(given: Given, { targets, host, planDigest }: RunFile): Given {
  const confirm = formatConfirmation({ count: targets, host });
  if (isTypedYes(given.get('confirm')?.[0], { confirm, planDigest })) return given;
  return new Map([...given].filter(([name]) => name !== 'confirm'));
}

/** Tells whether the run will need a key for its secrets that nobody has named yet. */
function isKeyMissing({ spec, recipients = [] }: RunFile, { secrets }: PlanInput): boolean {
  return producesSecrets(spec) && recipients.length === 0 && !secrets.plaintext;
}

/** The dry run: makes a plan, writes its reports, shows the preview, and shows the command that executes it. */
export async function planAndShow(
  plan: PlanInput,
  { given, shown }: Pick<Execution, 'given'> & { readonly shown: ShownPlan },
  session: Session,
): Promise<number> {
  const { terminal, context } = session;
  const { json, quiet, outStyle } = terminal;
  if (!json && !quiet) await terminal.out(styled`${outStyle.cyan(DRY_RUN)}\n\n`);
  const planning = planRun(plan, context);
  // Loaded while the org is being read.
  const reporting = import('../app/report/reports.ts');
  const planned: PlannedRun = await planning;
  const { ensureReports } = await reporting;
  await ensureReports(planned.dir, planned.run, undefined, context, context.interrupt.drain);
  await session.settle();
  if (quiet && !json) {
    await terminal.out(planLine(planned));
    return EXIT.ok;
  }
  await showPreview(planned.dir, planned.run, session, plan.pace.between);
  shown.run = planned.run;
  if (!json) {
    const lines = continuationOf(withFittingConsent(given, planned.run));
    const key = isKeyMissing(planned.run, plan) ? 'missing' : 'set';
    await terminal.out(asLines(planEnd(planned, lines, { style: outStyle, key })));
  }
  return EXIT.ok;
}
