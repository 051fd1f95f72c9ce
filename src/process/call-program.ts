/** Starts a program without a shell. Only this folder starts other programs. */
import { spawn, type ChildProcess } from 'node:child_process';
import { systemCode } from '../disk/disk-error.ts';
import type { Clock } from '../domain/clock.ts';
import type { Host } from '../domain/host.ts';

/** How a program is called. */
export interface ProgramCall {
  /** A program, found in PATH, and its arguments, which no shell reads. */
  readonly program: string;
  readonly args: readonly string[];
  /** The folder that it works in. Windows looks for the program there first, so nobody else must be able to write to it. */
  readonly cwd: string;
  readonly env: Host['env'];
  /** The text of its standard input. */
  readonly input: Uint8Array | string;
  /** How long it can take. Milliseconds. */
  readonly timeoutMs: number;
  /** The most that it can write to each of its outputs before it is ended. */
  readonly mostBytes: number;
  readonly sleep: Clock['sleep'];
  readonly signal: AbortSignal;
}

/** How a program ended. */
export type ProgramEnd =
  | {
      readonly kind: 'ended';
      /** Its exit code; undefined if a signal ended it. */
      readonly code: number | undefined;
      readonly output: Buffer;
      readonly errors: string;
    }
  /** There is no such program here, or it cannot be started. `code` is the system's error code. */
  | { readonly kind: 'not-started'; readonly code: string }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'too-much-output' };

/** Returns the environment of this process without the variables that contain, or lead to, a credential of the org. */
export function withoutCredentials(env: Host['env']): Host['env'] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^OKTA_/i.test(name)));
}

/** Collects what a program writes, up to a limit. */
export function keep(stream: ChildProcess['stdout'], mostBytes: number, onTooMuch: () => void) {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream?.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > mostBytes) onTooMuch();
    else chunks.push(chunk);
  });
  return () => Buffer.concat(chunks);
}

/** Starts the program and waits for its end. `stop` ends it early, with the given result. */
function started(call: ProgramCall): {
  readonly ended: Promise<ProgramEnd>;
  readonly stop: (end: ProgramEnd) => void;
} {
  const { program, args, cwd, env, input, mostBytes } = call;
  const child = spawn(program, args, { cwd, env: { ...env }, windowsHide: true });
  let early: ProgramEnd | undefined;
  const stop = (end: ProgramEnd) => {
    early ??= end;
    child.kill('SIGKILL');
  };
  const tooMuch = () => stop({ kind: 'too-much-output' });
  const output = keep(child.stdout, mostBytes, tooMuch);
  const errors = keep(child.stderr, mostBytes, tooMuch);
  // If a program does not read all of its input, that is not an error.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const ended = new Promise<ProgramEnd>((resolve) => {
    child.once('error', (error) =>
      resolve({ kind: 'not-started', code: systemCode(error) ?? 'unknown error' }),
    );
    child.once('close', (code) =>
      resolve(
        early ?? {
          kind: 'ended',
          code: code ?? undefined,
          output: output(),
          errors: errors().toString('utf8'),
        },
      ),
    );
  });
  return { ended, stop };
}

/**
 * Calls a program and waits for its end. It gets no environment except `env`. Rejects with `signal.reason` after an abort,
 * once the program has ended.
 */
export async function callProgram(call: ProgramCall): Promise<ProgramEnd> {
  const { signal, sleep, timeoutMs } = call;
  signal.throwIfAborted();
  const { ended, stop } = started(call);
  const over = new AbortController();
  const onAbort = () => stop({ kind: 'timed-out' });
  signal.addEventListener('abort', onAbort, { once: true });
  sleep(timeoutMs, over.signal).then(
    () => stop({ kind: 'timed-out' }),
    () => undefined,
  );
  try {
    const end = await ended;
    signal.throwIfAborted();
    return end;
  } finally {
    over.abort();
    signal.removeEventListener('abort', onAbort);
  }
}
