import { isAbsolute, relative } from 'node:path';
import { shellWord } from '../../domain/shell-word.ts';

/** Returns the run's name in a command line: its folder, relative to the admin's working folder, quoted for a shell. */
export function runName(dir: string, cwd: string): string {
  const near = relative(cwd, dir);
  return shellWord(near === '' || near.startsWith('..') || isAbsolute(near) ? dir : near);
}
