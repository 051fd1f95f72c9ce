import { join } from 'node:path';
import { kindAt } from '../../disk/look.ts';
import { copyOwnFile, readOwnText } from '../../disk/own-file.ts';
import { diskError, systemCode } from '../../disk/disk-error.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import type { Output } from '../../domain/host.ts';
import { findErrorEntry } from '../../domain/codes/okta-error.ts';
import { RUN_FILES } from '../../domain/run/run-file.ts';
import type { Summary } from '../../domain/run/summary.ts';
import type { RunDirectory } from '../../journal/directory/run-directory.ts';
import { readPlan } from '../../plan/file/read-plan.ts';
import { printResults, type ReportFormat } from '../../report/print-results.ts';
import type { AppContext } from '../context.ts';
import { heirOf, rebuildReports, recordsOf } from './reports.ts';
import { openRun } from '../runs/open-run.ts';
import { runName } from '../runs/run-name.ts';
import { withRunLock } from '../run/run-lock.ts';

/** The report is printed even if files cannot be replaced, which then stay as they are. */
function warnOfFiles(error: AppError, { emit }: AppContext): void {
  emit({
    type: 'message',
    level: 'warning',
    text: `The report is printed, but its files were not written again. ${error.message}`,
    hint: error.hint,
  });
}

const MOST_SUMMARY_BYTES = 64 * 1024 * 1024;

const REPORTS = [
  'resultsCsv',
  'resultsJson',
  'failedCsv',
  'notAttemptedCsv',
  'report',
  'summary',
] as const;

/** Tells whether the report files were made from an intact journal. */
async function areGood({ path }: RunDirectory): Promise<boolean> {
  try {
    const summary: unknown = JSON.parse(await readOwnText(path('summary'), MOST_SUMMARY_BYTES));
    return (
      typeof summary === 'object' &&
      summary !== null &&
      'chain' in summary &&
      summary.chain !== 'broken'
    );
  } catch {
    return false;
  }
}

/** Copies the reports of an intact journal before new ones replace them. Returns the names of the copies. */
async function keepGoodReports(place: RunDirectory): Promise<readonly string[]> {
  if (!(await areGood(place))) return [];
  const kept: string[] = [];
  for (const file of REPORTS) {
    const name = RUN_FILES[file].replace('.', '.before-damage.');
    const from = place.path(file);
    if ((await kindAt(from)) !== 'file') continue;
    // The oldest copy is kept.
    const copied = await copyOwnFile(from, join(place.dir, name)).then(
      () => true,
      (error: unknown) => {
        if (systemCode(error) === 'EEXIST') return false;
        throw diskError(`keep ${from} as ${name}`, error);
      },
    );
    if (copied) kept.push(name);
  }
  return kept;
}

/**
 * Rebuilds a run's report files from its plan and journal, and prints the report. If another process is working on the run,
 * the report shows how far it is, and that process writes the files. Files that cannot be written only cause a warning.
 */
export async function printReport(
  dir: string,
  format: ReportFormat,
  output: Output,
  context: AppContext,
): Promise<Summary> {
  const signal = context.interrupt.drain;
  await using opened = await openRun(dir, context);
  const { place, run, replay } = opened;
  const { chainState } = replay;
  const isBroken = chainState.kind === 'broken';
  const records = replay.records > 0 || isBroken ? recordsOf(replay) : undefined;
  if (isBroken) {
    context.emit({
      type: 'message',
      level: 'warning',
      text: `The journal is damaged or was edited at line ${chainState.line}: ${chainState.problem}. This report shows what comes before that line. All other rows are unknown.`,
    });
  }
  const plan = await readPlan(join(dir, RUN_FILES.plan), undefined, signal);
  await withRunLock(place, context, async () => {
    const kept = isBroken ? await keepGoodReports(place) : [];
    if (kept.length > 0)
      context.emit({
        type: 'message',
        level: 'info',
        text: `The report from before the damage is kept as ${kept.join(', ')}.`,
      });
    await rebuildReports(dir, run, records, context, { plan, signal });
  }).catch((error: unknown) => {
    if (!(error instanceof AppError)) throw error;
    if (error.code !== 'RUN_LOCKED') warnOfFiles(error, context);
  });
  return await printResults({
    run,
    rows: plan.rows,
    name: runName(dir, context.host.cwd),
    heir: heirOf(dir, replay, context),
    program: context.host.program,
    records,
    explain: findErrorEntry,
    clock: context.host.clock,
    signal,
    format,
    output,
  });
}
