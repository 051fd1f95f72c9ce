import type { AppContext } from '../context.ts';
import { withRunLock } from '../run/run-lock.ts';
import { openRun } from '../runs/open-run.ts';
import { rebuildReports, recordsOf } from './reports.ts';

/** Writes the report files of a run that no process is working on, from its plan and journal. Rejects with RUN_*, DISK. */
export async function rebuildReport(dir: string, context: AppContext): Promise<void> {
  await using opened = await openRun(dir, context);
  const { place, run, replay } = opened;
  const plan = await opened.plan();
  const records = replay.records > 0 ? recordsOf(replay) : undefined;
  // Throws if the journal is damaged, because the report from before the damage is worth more.
  replay.head();
  await withRunLock(place, context, async () => {
    await rebuildReports(dir, run, records, context, { plan, signal: context.interrupt.drain });
  });
}
