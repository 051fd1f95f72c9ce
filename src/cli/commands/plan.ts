import { planRun } from '../../app/plan/plan-run.ts';
import { EXIT } from '../../domain/codes/exit-code.ts';
import type { Execute } from '../line/commands.ts';
import { continuationOf } from '../screens/continuation.ts';
import { planEnd, planLine } from '../screens/plan-end.ts';
import { planInput } from '../line/plan-input.ts';
import { showPreview } from '../screens/show-preview.ts';
import { withSession } from '../session.ts';
import { DRY_RUN } from '../screens/preview-screen.ts';
import { asLines, styled } from '../../text/styled.ts';

export const execute: Execute<'plan'> = async ({ input, given, terminal, shown }) => {
  return withSession(terminal, async (session) => {
    if (!terminal.json && !terminal.quiet)
      await terminal.out(styled`${terminal.outStyle.cyan(DRY_RUN)}\n\n`);
    const planning = planRun(await planInput(input, given, session), session.context);
    // Loaded while the org is being read.
    const reporting = import('../../app/report/reports.ts');
    const planned = await planning;
    const { ensureReports } = await reporting;
    await ensureReports(planned.dir, planned.run, undefined, session.context);
    await session.settle();
    if (terminal.quiet && !terminal.json) {
      await terminal.out(planLine(planned));
      return EXIT.ok;
    }
    await showPreview(planned.dir, planned.run, terminal, session, input.pace.between);
    shown.run = planned.run;
    if (terminal.json) return EXIT.ok;
    await terminal.out(asLines(planEnd(planned, continuationOf(given), terminal.outStyle)));
    return EXIT.ok;
  });
};
