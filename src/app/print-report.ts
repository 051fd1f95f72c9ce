import { join } from 'node:path';
import { AppError } from '../domain/app-error.ts';
import type { Output } from '../domain/host.ts';
import { findErrorEntry } from '../domain/okta-error.ts';
import { RUN_FILES } from '../domain/run-file.ts';
import type { Summary } from '../domain/summary.ts';
import { openRunDirectory } from '../journal/run-directory.ts';
import { readRunFile } from '../journal/run-file.ts';
import { replayJournal } from '../journal/replay.ts';
import { readPlan } from '../plan/read-plan.ts';
import { printResults, type ReportFormat } from '../report/print-results.ts';
import type { AppContext } from './context.ts';
import { heirOf, rebuildReports, recordsOf } from './reports.ts';
import { runName } from './run-name.ts';
import { withRunLock } from './run-lock.ts';

/** What is printed does not depend on what can be written: files that cannot be replaced stay as they are. */
function warnOfFiles(error: AppError, { emit }: AppContext): void {
  emit({
    type: 'message',
    level: 'warning',
    text: `The report is printed; its files were not written again. ${error.message}`,
    hint: error.hint,
  });
}

/**
 * Rebuilds a run's report files from its plan and journal, and prints the report.
 * A run that another process is working on is printed as far as it got, and its files are left to that process.
 * Files that cannot be written are a warning, never the end of it.
 */
export async function printReport(
  dir: string,
  format: ReportFormat,
  output: Output,
  context: AppContext,
): Promise<Summary> {
  const place = await openRunDirectory(dir);
  const run = await readRunFile(place.path('run'));
  const replay = await replayJournal(place.path('journal'), run, context.interrupt.drain);
  try {
    const begun = replay.records > 0;
    if (replay.chainState.kind === 'broken') {
      context.emit({
        type: 'message',
        level: 'warning',
        text: `The journal is damaged or was edited at line ${replay.chainState.line}: ${replay.chainState.problem}. This report shows what stands before.`,
      });
    }
    await withRunLock(place, context, () =>
      rebuildReports(dir, run, begun ? recordsOf(replay) : undefined, context),
    ).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      if (error.code !== 'RUN_LOCKED') warnOfFiles(error, context);
    });
    const plan = await readPlan(join(dir, RUN_FILES.plan));
    return await printResults({
      run,
      rows: plan.rows,
      name: runName(dir, context.host.cwd),
      heir: heirOf(dir, replay, context),
      program: context.host.program,
      records: begun ? recordsOf(replay) : undefined,
      explain: findErrorEntry,
      clock: context.host.clock,
      signal: context.interrupt.drain,
      format,
      output,
    });
  } finally {
    await replay.close();
  }
}
