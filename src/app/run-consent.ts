import type { GuardConfig } from '../config/pace.ts';
import type { RunFile } from '../domain/run-file.ts';
import type { Replay } from '../journal/replay.ts';
import { checkConsent, type ConsentTerms } from '../plan/guards.ts';
import type { AppContext } from './context.ts';
import type { CommandLines } from '../domain/next-commands.ts';
import { ensureReports } from './reports.ts';
import { runName } from './run-name.ts';

function termsOf(
  run: RunFile,
  replay: Replay,
  guards: GuardConfig,
  more: Pick<ConsentTerms, 'interactive' | 'command'>,
): ConsentTerms {
  return {
    targets: run.targets,
    remaining: run.targets - replay.endedCount,
    begun: replay.opened.length > 0,
    host: run.host,
    confirm: guards.confirm,
    yes: guards.yes,
    maxUsers: guards.maxUsers,
    ...more,
  };
}

/** What was named on the command line must hold of a finished run too, though nothing is left to do. */
export function checkNamed(run: RunFile, replay: Replay, guards: GuardConfig): void {
  checkConsent(termsOf(run, replay, guards, { interactive: false }));
}

/**
 * Requires a yes to a run. Consent was given when it was begun; only a first start needs it. What the command line names
 * is checked at every start.
 */
export async function requireConsent(
  input: {
    readonly dir: string;
    readonly guards: GuardConfig;
    readonly continuation: CommandLines;
    /** Asks a person, where there is one. Rejects on a no. */
    readonly ask: ((targets: number, host: string, run: RunFile) => Promise<void>) | undefined;
  },
  run: RunFile,
  replay: Replay,
  context: AppContext,
): Promise<void> {
  const terms = termsOf(run, replay, input.guards, {
    interactive: input.ask !== undefined,
    command: input.continuation.run(runName(input.dir, context.host.cwd)),
  });
  if (checkConsent(terms) === 'given') return;
  // The answer may be looked up in them.
  await ensureReports(input.dir, run, undefined, context);
  await input.ask?.(run.targets, run.host, run);
}
