import { join } from 'node:path';
import { findErrorEntry } from '../domain/okta-error.ts';
import { RUN_FILES, type RunFile } from '../domain/run-file.ts';
import type { RunRecords } from '../domain/run-records.ts';
import type { Summary } from '../domain/summary.ts';
import { readPlan } from '../plan/read-plan.ts';
import { writeReports } from '../report/write-reports.ts';
import type { AppContext } from './context.ts';
import { runName } from './run-name.ts';

/** Writes the report files of a run from its plan and, once there is one, its journal. */
export async function rebuildReports(
  dir: string,
  run: RunFile,
  records: RunRecords | undefined,
  context: AppContext,
): Promise<Summary> {
  const plan = await readPlan(join(dir, RUN_FILES.plan));
  return writeReports({
    dir,
    run,
    name: runName(dir, context.host.cwd),
    rows: plan.rows,
    records,
    clock: context.host.clock,
    explain: findErrorEntry,
  });
}
