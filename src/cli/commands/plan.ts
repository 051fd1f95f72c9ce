import { planRun } from '../../app/plan/plan-run.ts';
import { resolveGuards } from '../../config/pace.ts';
import { EXIT } from '../../domain/codes/exit-code.ts';
import type { Execute } from '../line/command.ts';
import { continuationOf } from '../screens/continuation.ts';
import { planEnd, planLine } from '../screens/plan-end.ts';
import { planInput } from '../line/plan-input.ts';
import { showPreview } from '../screens/show-preview.ts';
import { openSession } from '../session.ts';
import { guardFlags } from '../line/flags/typed-flags.ts';
import { DRY_RUN } from '../screens/preview-screen.ts';
import { asLines, styled } from '../../text/styled.ts';

export const execute: Execute = async ({ parsed, terminal, shown }) => {
  resolveGuards(guardFlags(parsed));
  const session = openSession(terminal);
  try {
    if (!terminal.json && !terminal.quiet)
      await terminal.out(styled`${terminal.outStyle.cyan(DRY_RUN)}\n\n`);
    const input = await planInput(parsed, session);
    const planning = planRun(input, session.context);
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
    if (shown !== undefined) shown.run = planned.run;
    if (terminal.json) return EXIT.ok;
    await terminal.out(asLines(planEnd(planned, continuationOf(parsed), terminal.outStyle)));
    return EXIT.ok;
  } finally {
    await session.close();
  }
};
