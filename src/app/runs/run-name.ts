import { isAbsolute, relative } from 'node:path';
import { shellWord } from '../../domain/shell-word.ts';

/** What a command line calls a run: its folder, as seen from where the admin works, quoted for a shell. */
export function runName(dir: string, cwd: string): string {
  const near = relative(cwd, dir);
  return shellWord(near === '' || near.startsWith('..') || isAbsolute(near) ? dir : near);
}
