import type { RunFile } from '../../../domain/run/run-file.ts';
import type { WorkingHours } from '../../../domain/working-hours.ts';
import { WIDEST } from '../../../text/layout.ts';
import { previewScreen } from './preview-screen.ts';
import type { Session } from '../../session.ts';
import { asLines } from '../../../text/styled.ts';

/** Shows the preview of a plan as a screen, or the same as one event. `isLater`: the plan was made earlier. */
export async function showPreview(
  dir: string,
  run: RunFile,
  session: Session,
  /** The hours in which the run sends writes, because the clock time of its end depends on them. */
  hours: WorkingHours | undefined,
  isLater = false,
): Promise<void> {
  const { terminal } = session;
  if (terminal.json) {
    const { runId, host, spec, planDigest, preview } = run;
    await session.publish({ type: 'preview', runId, dir, host, spec, planDigest, preview });
    return;
  }
  await session.gap();
  const lines = previewScreen(run, {
    // A file has no width, so nothing is wrapped for it.
    width: terminal.stdout.isTty ? terminal.stdout.size().columns : WIDEST,
    style: terminal.outStyle,
    program: terminal.host.program,
    nowMs: terminal.host.clock.nowMs(),
    isLater,
    hours,
  });
  await terminal.out(asLines([...lines, '']));
}
