/** The runs in a folder, whatever else is in it. */
import { join, resolve } from 'node:path';
import { kindAt, kindBehind, sizeOf } from '../../disk/look.ts';
import { namesIn } from '../../disk/own-folder.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import { RUN_FILES } from '../../domain/run/run-file.ts';
import { findRun, type FoundPlan } from './open-run.ts';

/** A folder that contains a run, or something that looks like one. */
export type FoundRun =
  | ({ readonly kind: 'run' } & FoundPlan)
  /** Its run.json cannot be read as one of this version. */
  | { readonly kind: 'unreadable'; readonly dir: string; readonly problem: string };

/** The run.json of a plan is never larger than this, because a preview's counts, samples and columns are limited. */
const MOST_RUN_FILE_BYTES = 8 * 1024 * 1024;

async function openFound(dir: string): Promise<FoundRun | undefined> {
  if ((await kindAt(dir)) !== 'folder') return undefined;
  const unreadable = (problem: string): FoundRun => ({ kind: 'unreadable', dir, problem });
  const path = join(dir, RUN_FILES.run);
  if ((await kindAt(path)) === undefined) return undefined;
  if (((await sizeOf(path)) ?? 0) > MOST_RUN_FILE_BYTES) return unreadable('run.json is too large');
  try {
    return { kind: 'run', ...(await findRun(dir)) };
  } catch (error) {
    if (error instanceof AppError)
      return unreadable(error.code === 'FILE_NOT_YOURS' ? error.message : error.code);
    throw error;
  }
}

/** Refuses a folder that somebody named and that is not there. Rejects with RUN_NOT_FOUND. */
export async function refuseMissingFolders(named: readonly string[], cwd: string): Promise<void> {
  for (const folder of named)
    if ((await kindBehind(resolve(cwd, folder))) !== 'folder')
      throw new AppError('RUN_NOT_FOUND', `There is no folder ${folder}.`, {
        hint: 'Name the folder that contains the run directories, as in --in reports.',
      });
}

/** Finds the runs in a folder, in the order of their names; none if there is no such folder. */
export async function* runsIn(folder: string): AsyncGenerator<FoundRun, void, undefined> {
  for (const name of await namesIn(folder)) {
    const found = await openFound(join(folder, name));
    if (found !== undefined) yield found;
  }
}
