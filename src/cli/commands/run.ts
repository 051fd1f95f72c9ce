import { planRun } from '../../app/plan/plan-run.ts';
import { locateRun } from '../../app/runs/run-location.ts';
import { DEFAULTS } from '../../config/defaults.ts';
import { resolveSecretsPlace } from '../../config/output.ts';
import { usage } from '../../domain/codes/app-error.ts';
import { resolveOrg } from '../../config/org.ts';
import { POLICY, WHAT } from '../../config/action.ts';
import type { Flag } from '../../config/flags/flag.ts';
import { WHO } from '../../config/selection.ts';
import type { Execute } from '../line/commands.ts';
import { planInput } from '../line/plan-input.ts';
import { withSession } from '../session.ts';
import { showPreview } from '../screens/show-preview.ts';

export const execute: Execute<'run'> = async (call) => {
  const { input, given, terminal } = call;
  const { guards, pace, secrets } = input;
  const saved = input.saved.plan;
  const frozen = [WHO, WHAT, POLICY]
    .flatMap(({ flags }) => Object.values<Flag>(flags))
    .find(({ name }) => given.has(name));
  if (saved !== undefined && frozen !== undefined) {
    throw usage(
      `--${frozen.name} cannot change a saved plan.`,
      'A plan is executed exactly as it was previewed. Make a new one with okta-reset plan.',
    );
  }
  if (saved !== undefined && input.folder.out !== undefined) {
    throw usage(
      '--out and --plan do not go together.',
      'A saved plan is executed in its own folder, where its reports are too.',
    );
  }
  if (input.preview.dryRun) {
    if (saved !== undefined)
      throw usage(
        '--dry-run and --plan do not go together.',
        'A saved plan has its preview already: okta-reset report RUN.',
      );
    const { execute: plan } = await import('./plan.ts');
    return plan(call);
  }
  return withSession(terminal, async (session) => {
    if (saved !== undefined) {
      const dir = await locateRun(saved, terminal.host.cwd, DEFAULTS.reportsDir);
      const org = await resolveOrg(input.org, session.sources);
      const { executeAndShow } = await import('../execute-plan.ts');
      return await executeAndShow(
        { dir, org, pace, guards, secrets, given, agreed: call.shown.run },
        terminal,
        session,
      );
    }
    // Refused before anything is read: a run that could not keep its secrets must not get as far as a question.
    resolveSecretsPlace(secrets, input.spec);
    const { org, ...plan } = await planInput(input, given, session);
    const planning = planRun({ org, ...plan }, session.context);
    // Loaded while the org is being read.
    const executing = import('../execute-plan.ts');
    const planned = await planning;
    await session.settle();
    await showPreview(planned.dir, planned.run, terminal, session, pace.between);
    const { executeAndShow } = await executing;
    return await executeAndShow(
      { dir: planned.dir, org, pace, guards, secrets, given, agreed: planned.run },
      terminal,
      session,
    );
  });
};
