import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FastClock, Ran, Stage } from './rig.ts';

const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const COMMANDS = '../../node_modules/.cache/command/';
/** Coverage counts the modules. */
const isCounted = process.env['NODE_V8_COVERAGE'] !== undefined;

/** The command as an installed package starts it. */
export const BIN = pathOf('../../bin/okta-reset.js');
/** The command as one script, compiled ahead; scripts/jest-fresh-build.js sees to it that it is built from these sources. */
const ONE_FILE = isCounted ? BIN : pathOf(`${COMMANDS}okta-reset.mjs`);
/** The same by a fast clock. */
const FAST = pathOf(isCounted ? './fast-main.mjs' : `${COMMANDS}fast-main.mjs`);

export interface Spawned {
  readonly child: ChildProcess;
  readonly ended: Promise<Ran & { readonly signal: string | null }>;
}

/** Starts the command in a separate process against the stage's org. */
export function spawnCommand(
  s: Pick<Stage, 'dir' | 'stateHome' | 'org'>,
  argv: readonly string[],
  around: {
    readonly onStdout?: (text: string) => void;
    readonly env?: Readonly<Record<string, string>>;
    /** No file can grow beyond this many KiB, as on a disk that fills up. */
    readonly fileKib?: number;
    /** The account that it runs as. Only root can choose one. */
    readonly uid?: number | undefined;
    /** The clock that it uses. If none is named, real time. */
    readonly clock?: FastClock;
    /** Another build of the command: how it is started. */
    readonly build?: readonly string[];
  } = {},
): Spawned {
  const { fileKib, clock } = around;
  const start = clock === undefined ? [ONE_FILE] : [FAST, `${clock.originMs}`, `${clock.speed}`];
  const words = [...(around.build ?? [process.execPath, ...start]), ...argv];
  const limited =
    fileKib === undefined
      ? words
      : ['bash', '-c', `trap '' XFSZ; ulimit -f ${fileKib}; exec "$@"`, 'bash', ...words];
  const [program = '', ...rest] = limited;
  const child = spawn(program, rest, {
    cwd: s.dir,
    ...(around.uid === undefined ? {} : { uid: around.uid, gid: around.uid }),
    env: {
      PATH: process.env['PATH'],
      HOME: s.dir,
      XDG_STATE_HOME: s.stateHome,
      OKTA_CLIENT_ORGURL: s.org.url,
      OKTA_CLIENT_TOKEN: s.org.token,
      ...around.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    around.onStdout?.(text);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ran & { readonly signal: string | null }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? -1, signal, stdout, stderr }));
  });
  return { child, ended };
}
