import type { RunFile } from '../../domain/run/run-file.ts';
import type { Replay } from '../../journal/replay.ts';
import { openRunDirectory, type RunDirectory } from '../../journal/run-directory.ts';
import { readRunFile } from '../../journal/run-file.ts';
import { readPlan, type ReadPlan } from '../../plan/file/read-plan.ts';
import type { AppContext } from '../context.ts';
import { replayRun } from '../run/replay-run.ts';

/** A run as it lies in its directory: what it is, and how far it came. `await using` lets go of its journal. */
export interface OpenRun extends AsyncDisposable {
  readonly place: RunDirectory;
  readonly run: RunFile;
  readonly replay: Replay;
  /** Reads the plan that run.json speaks of. Rejects with PLAN_CHANGED where it is another one. */
  readonly plan: () => Promise<ReadPlan>;
}

/**
 * Opens a run to read it. `known` is its run.json where that was read before.
 * Rejects with RUN_NOT_FOUND, RUN_DAMAGED or DISK, and with the reason of `interrupt.drain` after its abort.
 */
export async function openRun(dir: string, context: AppContext, known?: RunFile): Promise<OpenRun> {
  const place = await openRunDirectory(dir);
  const run = known ?? (await readRunFile(place.path('run')));
  const replay = await replayRun(place, run, context, context.interrupt.drain);
  return {
    place,
    run,
    replay,
    plan: () => readPlan(place.path('plan'), run),
    [Symbol.asyncDispose]: () => replay.close(),
  };
}
