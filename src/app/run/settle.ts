import { takenUpOf } from '../../domain/run/journal-record.ts';
import { join } from 'node:path';
import { exitCodeOfRun, type ExitCode } from '../../domain/codes/exit-code.ts';
import type { CommandLines } from '../../domain/run/next-commands.ts';
import { RUN_FILES, type RunFile } from '../../domain/run/run-file.ts';
import type { Summary } from '../../domain/run/summary.ts';
import type { Replay } from '../../journal/replay.ts';
import { kindOfSecrets, type SecretsKind } from '../../secrets/read-sealed.ts';
import type { ReadPlan } from '../../plan/file/read-plan.ts';
import type { AppContext } from '../context.ts';
import { leftAtOnce, unreported } from './unsettled-run.ts';
import { rebuildReports, recordsOf } from '../report/reports.ts';
import { runName } from '../runs/run-name.ts';

export interface ExecutedRun {
  readonly dir: string;
  /** The run's name in a command line. */
  readonly name: string;
  readonly run: RunFile;
  readonly summary: Summary;
  /** How many rows a resume would continue with: those not attempted and those not settled. */
  readonly left: number;
  /** How many rows had ended and were taken up by other runs since. */
  readonly takenUp: number;
  /** How the temporary passwords or links of the run are stored. */
  readonly secrets: SecretsKind;
  readonly exitCode: ExitCode;
  /** When the run had ended before this invocation (ISO 8601), if this one sent nothing; else undefined. */
  readonly endedBefore?: string | undefined;
}

/**
 * Writes the reports of a run that has ended or stopped, and says how it ended. Rejects with DISK if they cannot be written,
 * and with INTERRUPTED after an abort of `leave`.
 */
export async function settle(
  { dir, continuation }: { readonly dir: string; readonly continuation: CommandLines },
  {
    run,
    plan,
    replay,
  }: { readonly run: RunFile; readonly plan: ReadPlan; readonly replay: Replay },
  context: AppContext,
  stop = replay.stop,
): Promise<ExecutedRun> {
  const { leave } = context.interrupt;
  const name = runName(dir, context.host.cwd);
  // A disk that fails does not record why the run stopped.
  const records = { ...recordsOf(replay), stop: replay.stop ?? stop };
  const summary = await rebuildReports(dir, run, records, context, {
    plan,
    signal: leave,
  }).catch((error: unknown) => {
    if (leave.aborted) throw leftAtOnce(continuation.resume(name), leave.reason);
    const { succeeded } = replay.counts;
    const { targets } = run;
    throw unreported({ resume: continuation.resume(name), stop, succeeded, targets }, error);
  });
  const { counts } = summary;
  const left = run.targets - replay.endedCount;
  const exitCode = exitCodeOfRun({
    stop: summary.stop,
    failedOrUnknown: counts.failed + counts.unknown,
    notAttempted: left,
  });
  context.emit({ type: 'run-ended', runId: run.runId, counts, stop: summary.stop });
  const secrets = await kindOfSecrets(join(dir, RUN_FILES.secrets));
  const takenUp = takenUpOf(replay);
  return { dir, name, run, summary, left, takenUp, secrets, exitCode };
}
