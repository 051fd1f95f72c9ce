import { dirname, join } from 'node:path';
import { AppError } from '../../domain/codes/app-error.ts';
import { RUN_FILES } from '../../domain/run/run-file.ts';
import { diskError, systemCode } from '../../disk/disk-error.ts';
import { kindAt } from '../../disk/look.ts';
import { readOwnText, rm, rmdir } from '../../disk/own-file.ts';
import { makeFolder, namesIn, requireOwnFolder } from '../../disk/own-folder.ts';
import { syncFolder } from '../../disk/sync-folder.ts';

const FOLDER_MODE = 0o700;
const MOST_RUN_FILE_BYTES = 64 * 1024 * 1024;

/** A folder that contains one run. */
export interface RunDirectory {
  readonly dir: string;
  /** Returns the path of one of the run's files. */
  readonly path: (file: keyof typeof RUN_FILES) => string;
}

function directory(dir: string): RunDirectory {
  return { dir, path: (file) => join(dir, RUN_FILES[file]) };
}

function exists(dir: string): AppError {
  return new AppError('RUN_EXISTS', `${dir} is not an empty folder.`, {
    hint: 'A run never overwrites another one. Pass --out with a folder that does not exist yet, or continue the run that is there with `okta-reset resume`.',
  });
}

function notFound(message: string, hint: string, cause?: unknown): AppError {
  return new AppError('RUN_NOT_FOUND', message, { hint, cause });
}

/**
 * Makes the folder of a new run (0700) and its parents, or uses an empty folder that exists. Errors: `AppError` RUN_EXISTS
 * if anything is in the way, FILE_NOT_YOURS if it is a link or belongs to someone else, DISK if the folder cannot be made.
 */
export async function createRunDirectory(dir: string): Promise<RunDirectory> {
  try {
    await makeFolder(dirname(dir), 'with-parents');
    await makeFolder(dir);
    await syncFolder(dirname(dir));
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOTDIR') throw exists(dir);
    if (code !== 'EEXIST') throw diskError(`make the folder ${dir}`, error, 'planning');
    const kind = await kindAt(dir);
    if (kind !== 'folder' && kind !== 'link') throw exists(dir);
    if ((await namesIn(dir)).length > 0) throw exists(dir);
    await requireOwnFolder(dir, { narrowTo: FOLDER_MODE }).catch((cause: unknown) => {
      throw diskError(`close the folder ${dir} to others`, cause, 'planning');
    });
  }
  return directory(dir);
}

/** Removes the folder of a plan that failed, so that the plan can be made again under the same name. Never fails. */
export async function discardRunDirectory(place: RunDirectory): Promise<void> {
  await rm(place.path('plan'), { force: true }).catch(() => undefined);
  // Only an empty folder is removed, so what others put there stays.
  await rmdir(place.dir).catch(() => undefined);
}

/** Opens the folder of a run that was planned. Errors: `AppError` RUN_NOT_FOUND, FILE_NOT_YOURS. */
export async function openRunDirectory(dir: string): Promise<RunDirectory> {
  const found = directory(dir);
  const missing = (error?: unknown) =>
    notFound(
      `There is no run in ${dir} (no readable ${RUN_FILES.run}).`,
      'Name the folder that `plan` or `run` printed, or use --last for the newest run.',
      error,
    );
  await requireOwnFolder(dir).catch((error: unknown) => {
    throw error instanceof AppError ? error : missing(error);
  });
  if ((await kindAt(found.path('run'))) === undefined) throw missing();
  return found;
}

async function createdAt(dir: string): Promise<string | undefined> {
  try {
    const value: unknown = JSON.parse(
      await readOwnText(join(dir, RUN_FILES.run), MOST_RUN_FILE_BYTES),
    );
    if (typeof value !== 'object' || value === null || !('createdAt' in value)) return undefined;
    return typeof value.createdAt === 'string' ? value.createdAt : undefined;
  } catch {
    // A folder without a readable run.json is not a run.
    return undefined;
  }
}

/** Finds the newest run in a folder of runs, by the time it was planned. Errors: `AppError` RUN_NOT_FOUND. */
export async function findLastRun(reportsDir: string): Promise<RunDirectory> {
  let last: { readonly at: string; readonly dir: string } | undefined;
  for (const name of await namesIn(reportsDir)) {
    const dir = join(reportsDir, name);
    const at = await createdAt(dir);
    if (at !== undefined && (last === undefined || at >= last.at)) last = { at, dir };
  }
  if (last === undefined) {
    throw notFound(
      `There are no runs in ${reportsDir}.`,
      'Start one with `okta-reset plan`, or name the folder of a run instead of --last.',
    );
  }
  return directory(last.dir);
}
