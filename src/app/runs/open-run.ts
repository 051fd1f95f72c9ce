import { AppError } from '../../domain/codes/app-error.ts';
import type { RunFile } from '../../domain/run/run-file.ts';
import type { Replay } from '../../journal/replay.ts';
import { openRunDirectory, type RunDirectory } from '../../journal/directory/run-directory.ts';
import { readRunFile } from '../../journal/directory/run-file.ts';
import { readPlan, type ReadPlan } from '../../plan/file/read-plan.ts';
import type { AppContext } from '../context.ts';
import { replayRun } from '../run/replay-run.ts';

/** The least that a run directory contains: what was planned. */
export interface FoundPlan {
  readonly place: RunDirectory;
  readonly run: RunFile;
}

/** A run as it is in its directory: what it is, and how far it got. `await using` closes its journal. */
export interface OpenRun extends FoundPlan, AsyncDisposable {
  readonly replay: Replay;
  /** Reads the plan that run.json names. Rejects with PLAN_CHANGED if it is a different one. */
  readonly plan: () => Promise<ReadPlan>;
}

/** Finds the run in a directory. Rejects with RUN_NOT_FOUND, RUN_DAMAGED, RUN_FORMAT, FILE_NOT_YOURS or DISK. */
export async function findRun(dir: string): Promise<FoundPlan> {
  const place = await openRunDirectory(dir);
  return { place, run: await readRunFile(place.path('run')) };
}

/** Finds the run in a directory; undefined if there is none. */
export async function findRunIfAny(dir: string): Promise<FoundPlan | undefined> {
  return findRun(dir).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'RUN_NOT_FOUND') return undefined;
    throw error;
  });
}

/** Finds the run in a directory; undefined if there is none that this version can read. */
export async function findReadableRun(dir: string): Promise<FoundPlan | undefined> {
  return findRun(dir).catch((error: unknown) => {
    if (error instanceof AppError) return undefined;
    throw error;
  });
}

/**
 * Opens a run to read it. `known` is its run.json, if that was read before. Rejects with RUN_NOT_FOUND, RUN_DAMAGED or
 * DISK, and with the reason of `interrupt.drain` after its abort.
 */
export async function openRun(dir: string, context: AppContext, known?: RunFile): Promise<OpenRun> {
  const { place, run } =
    known === undefined ? await findRun(dir) : { place: await openRunDirectory(dir), run: known };
  const replay = await replayRun(place, run, context, context.interrupt.drain);
  return {
    place,
    run,
    replay,
    plan: () => readPlan(place.path('plan'), run, context.interrupt.drain),
    [Symbol.asyncDispose]: () => replay.close(),
  };
}
