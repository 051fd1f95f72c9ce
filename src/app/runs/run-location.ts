import { basename, dirname, isAbsolute, resolve } from 'node:path';
import { kindBehind } from '../../disk/look.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import { RUN_FILES } from '../../domain/run/run-file.ts';
import { findLastRun } from '../../journal/directory/run-directory.ts';

/** Finds the directory of a run: a path, or an id under the reports folder. Rejects with RUN_NOT_FOUND. */
export async function locateRun(name: string, cwd: string, reportsDir: string): Promise<string> {
  // Resolved, because a shell that completes a name puts a slash behind it.
  const named = resolve(cwd, name);
  const candidates = isAbsolute(name) ? [named] : [named, resolve(cwd, reportsDir, name)];
  for (const candidate of candidates) {
    const dir = basename(candidate) === RUN_FILES.run ? dirname(candidate) : candidate;
    if ((await kindBehind(dir)) === 'folder') return dir;
  }
  throw new AppError('RUN_NOT_FOUND', `There is no run directory ${name}.`, {
    hint: `Runs are under ${reportsDir}/ unless --out named another place. okta-reset runs lists them.`,
  });
}

/** Finds the run that was planned last, which is the one that this process has just made. Rejects with RUN_NOT_FOUND. */
export async function newestRun(cwd: string, reportsDir: string): Promise<string> {
  return (await findLastRun(resolve(cwd, reportsDir))).dir;
}

/**
 * Tells whether a name means a file of rows (a results.csv, possibly renamed) and not a run. A file that does not exist is
 * recognized by its extension.
 */
export async function isRowsFile(name: string, cwd: string): Promise<boolean> {
  const kind = await kindBehind(resolve(cwd, name));
  if (kind === 'folder') return false;
  if (kind === 'file') return basename(name) !== RUN_FILES.run;
  return /\.(?:csv|txt|xlsx)$/i.test(name);
}
