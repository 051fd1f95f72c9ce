import { shellWord } from './shell-word.ts';

/** What the program is called where it is installed, and in every text of the product until `asCalled` has seen it. */
export const PROGRAM = 'okta-reset';

/** The first words of its command lines. */
const COMMAND_WORDS = [
  ...['plan', 'run', 'resume', 'rerun', 'runs', 'report', 'followup', 'users', 'doctor'],
  ...['sandbox', 'demo', 'secrets', 'completion', 'explain', 'console', 'COMMAND'],
];

/** How this process was started. */
export interface StartFacts {
  /** The script that runs, as `process.argv[1]` has it: a link is not resolved. */
  readonly script: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const parts = (path: string): readonly string[] => path.split(/[\\/]+/);

/** Whether a folder is, or holds, the folder that somebody stands in. */
function isAround(folder: readonly string[], cwd: readonly string[]): boolean {
  return folder.every((name, index) => name.toLowerCase() === cwd[index]?.toLowerCase());
}

/** Whether a shell finds what lies in this folder by its name. Where PATH is not known, it does. */
function isInPath(folder: readonly string[], env: StartFacts['env']): boolean {
  const path = env['PATH'] ?? env['Path'];
  if (path === undefined) return true;
  const isWindows = folder[0]?.endsWith(':') === true;
  const folders = path.split(isWindows ? ';' : ':');
  return folders.some((each) => parts(each).join('/') === folder.join('/'));
}

/**
 * Says how to call this program again from where it was called: `okta-reset` where it is installed, `npx okta-reset` in a
 * checkout or in a project that holds it, `node PATH` where neither is around. The one-file build is called by `node PATH`, the
 * single executable by its path, unless PATH has it.
 */
export function programOf({ script, cwd, env }: StartFacts): string {
  const path = parts(script);
  const here = parts(cwd);
  const name = path.at(-1) ?? '';
  const npx = `npx ${PROGRAM}`;
  if (name === PROGRAM || name === `${PROGRAM}.exe`) {
    if (path.at(-2) === '.bin') return npx;
    return isInPath(path.slice(0, -1), env) ? PROGRAM : shellWord(script);
  }
  if (name === `${PROGRAM}.mjs`) return `node ${shellWord(script)}`;
  if (name !== `${PROGRAM}.js`) return PROGRAM;
  const modules = path.lastIndexOf('node_modules');
  // On Windows a link is a small program that starts the script itself.
  if (modules >= 0)
    return env['npm_command'] === 'exec' || isAround(path.slice(0, modules), here) ? npx : PROGRAM;
  return isAround(path.slice(0, -2), here) ? npx : `node ${shellWord(script)}`;
}

const CALLS = new RegExp(
  `(?<![\\w./\\\\@:-]|npx )${PROGRAM}(?= (?:--help|<command>|(?:${COMMAND_WORDS.join('|')})\\b))`,
  'g',
);

/** Writes the commands in a text as they work where the program was called. */
export function asCalled(text: string, program: string): string {
  return program === PROGRAM ? text : text.replace(CALLS, () => program);
}
