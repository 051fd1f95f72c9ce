import { homedir, hostname, platform } from 'node:os';
import { isAbsolute } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Host, Output, SignalName } from './domain/host.ts';
import { programOf } from './domain/program.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const closed = new Set<() => void>();

function output(stream: NodeJS.WriteStream): Output {
  let broken: string | undefined;
  let used = false;
  // A closed pipe (`… | head`) is the reader's choice, not an error of ours. It shows only when something is written.
  const heed = () => {
    used = true;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      broken ??= error.code ?? 'EIO';
      for (const listener of closed) listener();
    });
  };
  return {
    isTty: stream.isTTY,
    broken: () => broken,
    write: async (text) => {
      if (!used) heed();
      if (broken !== undefined || stream.write(text)) return;
      await new Promise<void>((resolve) => {
        const done = () => {
          stream.off('drain', done);
          stream.off('close', done);
          stream.off('error', done);
          resolve();
        };
        stream.once('drain', done).once('close', done).once('error', done);
      });
    },
    size: () => ({ columns: stream.columns || 80, rows: stream.rows || 24 }),
    onResize: (listener) => {
      stream.on('resize', listener);
      return () => stream.off('resize', listener);
    },
  };
}

function onSignal(listener: (signal: SignalName) => void): () => void {
  const handlers = SIGNALS.map((name) => {
    const handler = () => listener(name);
    process.on(name, handler);
    return () => process.off(name, handler);
  });
  const pipe = () => listener('SIGPIPE');
  closed.add(pipe);
  return () => {
    for (const off of handlers) off();
    closed.delete(pipe);
  };
}

/**
 * Returns the home of this account. An account that is only a number has none (a user of a container that is in no list),
 * and HOME can be empty or relative. Then it is the root folder, where nobody else can put a configuration, and never the
 * current folder.
 */
function homeFolder(): string {
  try {
    const home = homedir();
    return isAbsolute(home) ? home : '/';
  } catch {
    return '/';
  }
}

/** The real process, with its streams, files and clock. */
export const host: Host = {
  argv: process.argv.slice(2),
  program: programOf({ script: process.argv[1] ?? '', cwd: process.cwd(), env: process.env }),
  env: process.env,
  cwd: process.cwd(),
  homeDir: homeFolder(),
  userId: process.geteuid?.(),
  pid: process.pid,
  isAlive: (pid) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
    }
  },
  killGroup: (leader) => {
    try {
      process.kill(-leader, 'SIGKILL');
    } catch {
      // No process of the group is left.
    }
  },
  hostname: hostname(),
  platform: platform(),
  nodeVersion: process.versions.node,
  clock: {
    nowMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      try {
        await delay(Math.min(Math.max(0, ms), 2 ** 31 - 1), undefined, signal ? { signal } : {});
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      }
    },
  },
  random: () => Math.random(),
  stdin: Object.assign(
    {
      [Symbol.asyncIterator]: () =>
        process.stdin[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>,
    },
    {
      isTty: process.stdin.isTTY,
      close: () => {
        process.stdin.destroy();
      },
    },
  ),
  stdout: output(process.stdout),
  stderr: output(process.stderr),
  onSignal,
  exit: (code) => process.exit(code),
};

/** How long output that a slow reader has not accepted can delay the end of the process. */
const LINGER_MS = 2000;

/** Ends the process with this code when it has nothing more to do, and in any case soon. */
export function endProcess(code: number): void {
  process.exitCode = code;
  setTimeout(() => process.exit(), LINGER_MS).unref();
}
