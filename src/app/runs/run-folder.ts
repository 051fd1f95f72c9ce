/** The runs that lie in a folder, whatever else lies there. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../domain/codes/app-error.ts';
import type { RunFile } from '../../domain/run/run-file.ts';
import { openRunDirectory, type RunDirectory } from '../../journal/run-directory.ts';
import { readRunFile } from '../../journal/run-file.ts';

/** A folder that holds a run, or something that says it is one. */
export type FoundRun =
  | { readonly kind: 'run'; readonly place: RunDirectory; readonly run: RunFile }
  /** Its run.json cannot be read as one of this version. */
  | { readonly kind: 'unreadable'; readonly dir: string; readonly problem: string };

/** Larger than the run.json of any plan: a preview's counts, samples and columns are bounded. */
const MOST_RUN_FILE_BYTES = 8 * 1024 * 1024;

async function openFound(dir: string): Promise<FoundRun | undefined> {
  const folder = await lstat(dir).catch(() => undefined);
  if (folder?.isDirectory() !== true) return undefined;
  const unreadable = (problem: string): FoundRun => ({ kind: 'unreadable', dir, problem });
  const file = await lstat(join(dir, 'run.json')).catch(() => undefined);
  if (file === undefined) return undefined;
  if (!file.isFile()) return unreadable('run.json is no regular file');
  if (file.size > MOST_RUN_FILE_BYTES) return unreadable('run.json is too large');
  try {
    const place = await openRunDirectory(dir);
    return { kind: 'run', place, run: await readRunFile(place.path('run')) };
  } catch (error) {
    if (error instanceof AppError) return unreadable(error.code);
    throw error;
  }
}

/** Finds the runs in a folder, in the order of their names; nothing where there is no such folder. */
export async function* runsIn(folder: string): AsyncGenerator<FoundRun, void, undefined> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.sort()) {
    const found = await openFound(join(folder, name));
    if (found !== undefined) yield found;
  }
}
