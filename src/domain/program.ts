import { shellWord } from './shell-word.ts';

/** The name of the program if it is installed, and in every text until `asCalled` replaces it. */
export const PROGRAM = 'okta-reset';

/** The first words of its command lines. */
const COMMAND_WORDS = [
  ...['plan', 'run', 'resume', 'rerun', 'runs', 'report', 'followup', 'users', 'doctor'],
  ...['sandbox', 'demo', 'secrets', 'completion', 'explain', 'console', 'COMMAND'],
];

/** How this process was started. */
export interface StartFacts {
  /** The script that is running, as in `process.argv[1]`, without resolving links. */
  readonly script: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const parts = (path: string): readonly string[] => path.split(/[\\/]+/);

/** Tells whether a folder is the current one, or contains it. */
function isAround(folder: readonly string[], cwd: readonly string[]): boolean {
  return folder.every((name, index) => name.toLowerCase() === cwd[index]?.toLowerCase());
}

/** Tells whether a shell finds the programs in this folder by name; true if PATH is not known. */
function isInPath(folder: readonly string[], env: StartFacts['env']): boolean {
  const path = env['PATH'] ?? env['Path'];
  if (path === undefined) return true;
  const isWindows = folder[0]?.endsWith(':') === true;
  const folders = path.split(isWindows ? ';' : ':');
  return folders.some((each) => parts(each).join('/') === folder.join('/'));
}

/**
 * Returns the words that start this program from the current folder: `okta-reset` if it is installed, `npx okta-reset` in a
 * checkout or in a project that contains it, else `node PATH`. The one-file build is started with `node PATH`, and the
 * single executable by its path, unless its folder is in PATH.
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
  // On Windows there is no link, but a small program that starts the script.
  if (modules >= 0)
    return env['npm_command'] === 'exec' || isAround(path.slice(0, modules), here) ? npx : PROGRAM;
  return isAround(path.slice(0, -2), here) ? npx : `node ${shellWord(script)}`;
}

const CALLS = new RegExp(
  `(?<![\\w./\\\\@:-]|npx )${PROGRAM}(?= (?:--help|<command>|(?:${COMMAND_WORDS.join('|')})\\b))`,
  'g',
);

/** Rewrites the commands in a text so that they work in the way the program was started. */
export function asCalled(text: string, program: string): string {
  return program === PROGRAM ? text : text.replace(CALLS, () => program);
}
