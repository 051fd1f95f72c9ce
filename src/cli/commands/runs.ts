import { resolve } from 'node:path';
import { listRuns } from '../../app/runs/list-runs.ts';
import { refuseMissingFolders } from '../../app/runs/run-folder.ts';
import { DEFAULTS } from '../../config/defaults.ts';
import { EXIT } from '../../domain/codes/exit-code.ts';
import { asLines } from '../../text/styled.ts';
import type { Execute } from '../line/commands.ts';
import { linesFor } from '../../config/continuation.ts';
import { runsScreen } from '../screens/runs-screen.ts';
import { withSession } from '../session.ts';

export const execute: Execute<'runs'> = async ({ input, terminal }) => {
  const { cwd, env } = terminal.host;
  const { folders: named } = input.in;
  const folders = named.length > 0 ? named : [DEFAULTS.reportsDir];
  return withSession(terminal, async (session) => {
    await refuseMissingFolders(named, cwd);
    const found = await listRuns(
      folders.map((folder) => resolve(cwd, folder)),
      session.context,
      (run) => linesFor(run.origin, env['OKTA_CLIENT_ORGURL']),
    );
    if (terminal.json) {
      for (const { spec, ...run } of found.runs)
        await session.publish({ type: 'run', ...run, action: spec.action, spec });
      for (const bad of found.unreadable) await session.publish({ type: 'unreadable-run', ...bad });
      return EXIT.ok;
    }
    const lines = runsScreen(found, folders, {
      width: terminal.stdout.isTty ? terminal.stdout.size().columns : 80,
      style: terminal.outStyle,
    });
    await terminal.out(asLines([...lines, '']));
    return EXIT.ok;
  });
};
