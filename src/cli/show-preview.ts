import type { RunFile } from '../domain/run-file.ts';
import { previewScreen } from './preview-screen.ts';
import type { Session } from './session.ts';
import type { Terminal } from './terminal.ts';

/** Shows the preview of a plan: the screen, or the same as one event. */
export async function showPreview(
  dir: string,
  run: RunFile,
  terminal: Terminal,
  session: Session,
): Promise<void> {
  if (terminal.json) {
    await session.publish({
      type: 'preview',
      runId: run.runId,
      dir,
      host: run.host,
      spec: run.spec,
      preview: run.preview,
    });
    return;
  }
  const lines = previewScreen(run, {
    width: terminal.stdout.size().columns,
    style: terminal.outStyle,
    nowMs: terminal.host.clock.nowMs(),
  });
  await terminal.out(`${lines.join('\n')}\n`);
}
