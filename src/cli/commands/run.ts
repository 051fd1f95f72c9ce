import { planRun } from '../../app/plan/plan-run.ts';
import { locateRun } from '../../app/runs/run-location.ts';
import { DEFAULTS } from '../../config/defaults.ts';
import { resolveSecretsPlace } from '../../config/output.ts';
import { usage } from '../../config/option.ts';
import { resolveOrg } from '../../config/org.ts';
import { resolveGuards, resolvePace } from '../../config/pace.ts';
import { resolveAction } from '../../config/action.ts';
import type { Execute } from '../line/command.ts';
import { planInput } from '../line/plan-input.ts';
import { openSession } from '../session.ts';
import { WHAT, WHO, POLICY } from '../line/flags/shared-flags.ts';
import { showPreview } from '../screens/show-preview.ts';
import {
  actionFlags,
  guardFlags,
  on,
  orgFlags,
  outputFlags,
  paceFlags,
  text,
} from '../line/flags/typed-flags.ts';

export const execute: Execute = async (call) => {
  const { parsed, terminal } = call;
  const saved = text(parsed, 'plan');
  const frozen = [...WHO, ...WHAT, ...POLICY].find((flag) => parsed[flag.name] !== undefined);
  if (saved !== undefined && frozen !== undefined) {
    throw usage(
      `--${frozen.name} cannot change a saved plan.`,
      'A plan is executed exactly as it was previewed. Make a new one with okta-reset plan.',
    );
  }
  if (saved !== undefined && text(parsed, 'out') !== undefined) {
    throw usage(
      '--out and --plan do not go together.',
      'A saved plan is executed in its own folder, where its reports are too.',
    );
  }
  if (on(parsed, 'dry-run')) {
    if (saved !== undefined)
      throw usage(
        '--dry-run and --plan do not go together.',
        'A saved plan has its preview already: okta-reset report RUN.',
      );
    const { execute: plan } = await import('./plan.ts');
    return plan(call);
  }
  const guards = resolveGuards(guardFlags(parsed));
  const session = openSession(terminal);
  try {
    if (saved !== undefined) {
      const pace = resolvePace(paceFlags(parsed));
      const dir = await locateRun(saved, terminal.host.cwd, DEFAULTS.reportsDir);
      const org = await resolveOrg(orgFlags(parsed), session.sources);
      const { executeAndShow } = await import('../execute-plan.ts');
      return await executeAndShow(
        { dir, org, pace, guards, parsed, agreed: call.shown?.run },
        terminal,
        session,
      );
    }
    // Refused before anything is read: a run that could not keep its secrets must not get as far as a question.
    resolveSecretsPlace(outputFlags(parsed), resolveAction(actionFlags(parsed)));
    const input = await planInput(parsed, session);
    const planning = planRun(input, session.context);
    // Loaded while the org is being read.
    const executing = import('../execute-plan.ts');
    const planned = await planning;
    await session.settle();
    await showPreview(planned.dir, planned.run, terminal, session, input.pace.between);
    const { executeAndShow } = await executing;
    return await executeAndShow(
      { dir: planned.dir, org: input.org, pace: input.pace, guards, parsed, agreed: planned.run },
      terminal,
      session,
    );
  } finally {
    await session.close();
  }
};
