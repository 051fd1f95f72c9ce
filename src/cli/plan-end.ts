import type { CommandLines } from '../domain/next-commands.ts';
import type { PlannedRun } from '../app/plan-run.ts';
import { DRY_RUN } from './preview-screen.ts';
import type { Style } from './style.ts';
import { styled, type Text } from '../text/styled.ts';

/** The end of a dry run: where the plan is, and the command that executes it. */
export function planEnd(
  { name, run }: PlannedRun,
  continuation: CommandLines,
  style: Style,
): readonly Text[] {
  return [
    '',
    `Plan    ${name}`,
    ...(run.preview.targets === 0
      ? ['Next    nothing: nobody would be acted on']
      : [styled`Next    ${style.bold(continuation.run(name))}`]),
    '',
    style.cyan(DRY_RUN),
    '',
  ];
}
