import { spawn, type ChildProcess } from 'node:child_process';
import { systemCode } from '../disk/disk-error.ts';
import type { Host } from '../domain/host.ts';
import { keep } from './call-program.ts';

/** One of the admin's own command lines, for the system's shell. */
export interface ShellCall {
  /** Passed to the shell unchanged, with nothing inserted. */
  readonly command: string;
  readonly cwd: string;
  readonly env: Host['env'];
  readonly host: Pick<Host, 'platform' | 'clock' | 'killGroup'>;
  /** The text of its standard input. If empty, there is nothing to read. */
  readonly input: string;
  /**
   * Where standard error goes: `keep` collects it like the output; `own` passes it to this process's own, which a person
   * might be reading.
   */
  readonly errors: 'keep' | 'own';
  /**
   * Whether it leads a process group, so that everything it left running is killed when it ends. It then has no terminal.
   */
  readonly ownGroup: boolean;
  /** How long it can take. Milliseconds. */
  readonly timeoutMs: number;
  /** The most that it can write to each of its outputs before it is ended. */
  readonly mostBytes: number;
  readonly signal: AbortSignal;
}

/** How a command ended, and what it had written, as far as that was collected. */
export interface ShellEnd {
  readonly kind: 'ended' | 'not-started' | 'timed-out' | 'too-much-output' | 'aborted';
  /** Its exit code, or the signal that ended it. If it was not started, the system's error code. */
  readonly code: number | string | undefined;
  readonly output: string;
  readonly errors: string;
}

/** How long the last output of a command can take to arrive after its end. Milliseconds. */
const LAST_WORDS_MS = 250;

/** Kills a command, with its whole group if it leads one. */
function kill(child: ChildProcess, { ownGroup, host }: ShellCall): void {
  const { pid } = child;
  if (pid === undefined) return;
  if (host.platform === 'win32') {
    const args = ['/pid', String(pid), '/T', '/F'];
    spawn('taskkill', args, { stdio: 'ignore', windowsHide: true }).on('error', () => child.kill());
  } else if (ownGroup) host.killGroup(pid);
  else child.kill('SIGKILL');
}

function start({ command, cwd, env, input, errors, ownGroup }: ShellCall): ChildProcess {
  return spawn(command, {
    shell: true,
    cwd,
    // Without this, Windows looks for programs in the working folder first, where anybody can put one.
    env: { ...env, NoDefaultCurrentDirectoryInExePath: '1' },
    stdio: [input === '' ? 'ignore' : 'pipe', 'pipe', errors === 'own' ? 'inherit' : 'pipe'],
    detached: ownGroup,
    windowsHide: true,
  });
}

type Stopped = Pick<ShellEnd, 'kind' | 'code'>;

/** Resolves with whatever happens first: its end, its timeout, its limit, or an abort. */
async function firstEnd(
  child: ChildProcess,
  { signal, host, timeoutMs }: ShellCall,
  onTooMuch: (tell: () => void) => void,
): Promise<Stopped> {
  const over = new AbortController();
  let onAbort = () => {};
  try {
    return await new Promise<Stopped>((resolve) => {
      const stop = (kind: ShellEnd['kind']) => resolve({ kind, code: undefined });
      onTooMuch(() => stop('too-much-output'));
      onAbort = () => stop('aborted');
      signal.addEventListener('abort', onAbort, { once: true });
      child.once('error', (error) =>
        resolve({ kind: 'not-started', code: systemCode(error) ?? 'unknown error' }),
      );
      child.once('exit', (code, by) => resolve({ kind: 'ended', code: code ?? by ?? undefined }));
      host.clock.sleep(timeoutMs, over.signal).then(
        () => stop('timed-out'),
        () => undefined,
      );
    });
  } finally {
    over.abort();
    signal.removeEventListener('abort', onAbort);
  }
}

/** Waits until everything that was written has arrived, then closes pipes that are still open. */
async function lastWords(
  child: ChildProcess,
  closed: Promise<void>,
  { host }: ShellCall,
): Promise<void> {
  const over = new AbortController();
  const late = host.clock.sleep(LAST_WORDS_MS, over.signal).catch(() => undefined);
  await Promise.race([closed, late]);
  over.abort();
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.stdin?.destroy();
  child.unref();
}

/**
 * Passes a command to the system's shell and waits for its end, its timeout, its limit of output or an abort, whichever
 * comes first. If it leads its group, nothing of it is running after that. Never rejects.
 */
export async function callShell(call: ShellCall): Promise<ShellEnd> {
  const { signal, mostBytes, input } = call;
  if (signal.aborted) return { kind: 'aborted', code: undefined, output: '', errors: '' };
  let child: ChildProcess;
  try {
    child = start(call);
  } catch (error) {
    const code = systemCode(error) ?? 'unknown error';
    return { kind: 'not-started', code, output: '', errors: '' };
  }
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let tooMuch = () => {};
  const output = keep(child.stdout, mostBytes, () => tooMuch());
  const errors = keep(child.stderr, mostBytes, () => tooMuch());
  // If a command does not read all of its input, that is not an error.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  const end = await firstEnd(child, call, (tell) => (tooMuch = tell));
  if (end.kind !== 'ended' || call.ownGroup) kill(child, call);
  await lastWords(child, closed, call);
  return { ...end, output: output().toString('utf8'), errors: errors().toString('utf8') };
}
