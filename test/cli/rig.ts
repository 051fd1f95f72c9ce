import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../src/cli/run-cli.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { Host, Output, SignalName } from '../../src/domain/host.ts';
import { host as realHost } from '../../src/host.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';

/** The result of a command line. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** The lines of standard output, parsed; empty if they are not JSON. */
  readonly events: readonly any[]; // eslint-disable-line @typescript-eslint/no-explicit-any -- what was printed; the tests look into it
}

export interface Call {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Standard output is a terminal. */
  readonly tty?: boolean;
  /** What is typed if standard input is a terminal. */
  readonly stdin?: string;
  /** Sees each piece of standard output. */
  readonly onOut?: (text: string) => void;
  readonly onErr?: (text: string) => void;
}

/** Real time, set forward by hand. A sleep ends when the clock was moved past its end. */
export class MovedClock implements Clock {
  movedMs = 0;
  readonly #wakers = new Set<() => void>();
  readonly nowMs = () => realHost.clock.nowMs() + this.movedMs;
  readonly monotonicMs = () => realHost.clock.monotonicMs() + this.movedMs;
  readonly sleep = async (ms: number, signal?: AbortSignal) => {
    const untilMs = this.nowMs() + ms;
    for (let left = ms; left > 0; left = untilMs - this.nowMs()) {
      const moved = new AbortController();
      const waker = () => moved.abort();
      this.#wakers.add(waker);
      const both = signal === undefined ? moved.signal : AbortSignal.any([signal, moved.signal]);
      await realHost.clock.sleep(left, both).catch(() => signal?.throwIfAborted());
      this.#wakers.delete(waker);
    }
    signal?.throwIfAborted();
  };

  move(ms: number): void {
    this.movedMs += ms;
    for (const wake of this.#wakers) wake();
  }
}

function capture(isTty: boolean, onText?: (text: string) => void) {
  const pieces: string[] = [];
  const output: Output = {
    isTty,
    write: (text) => {
      pieces.push(text);
      onText?.(text);
      return Promise.resolve();
    },
    size: () => ({ columns: 100, rows: 40 }),
    onResize: () => () => undefined,
  };
  return { output, text: () => pieces.join('') };
}

function parseLines(text: string): readonly unknown[] {
  try {
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown);
  } catch {
    return [];
  }
}

/** An org, a folder to work in, and a way to type command lines. */
export class CliRig {
  readonly org: Sandbox;
  readonly dir: string;
  readonly clock: MovedClock;
  readonly listeners = new Set<(signal: SignalName) => void>();

  constructor(org: Sandbox, dir: string, clock: MovedClock) {
    this.org = org;
    this.dir = dir;
    this.clock = clock;
  }

  host(call: Call = {}): {
    readonly host: Host;
    readonly out: () => string;
    readonly err: () => string;
  } {
    const stdout = capture(call.tty === true, call.onOut);
    const stderr = capture(call.tty === true, call.onErr);
    const host: Host = {
      ...realHost,
      env: {
        CI: '1',
        OKTA_CLIENT_ORGURL: this.org.url,
        OKTA_CLIENT_TOKEN: this.org.token,
        ...call.env,
      },
      cwd: this.dir,
      homeDir: join(this.dir, 'home'),
      clock: this.clock,
      stdin: Object.assign(
        {
          async *[Symbol.asyncIterator]() {
            if (call.stdin !== undefined) yield Buffer.from(call.stdin);
          },
        },
        { isTty: call.stdin !== undefined, close: () => undefined },
      ),
      stdout: stdout.output,
      stderr: stderr.output,
      onSignal: (listener) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
      },
    };
    return { host, out: stdout.text, err: stderr.text };
  }

  async type(argv: readonly string[], call: Call = {}): Promise<Ended> {
    const { host, out, err } = this.host(call);
    const code = await runCli(argv, host, '0.0.0');
    return { code, out: out(), err: err(), events: parseLines(out()) };
  }

  press(signal: SignalName): void {
    for (const listener of this.listeners) listener(signal);
  }

  read(path: string): Promise<string> {
    return readFile(join(this.dir, path), 'utf8');
  }

  async close(): Promise<void> {
    await this.org.close();
    await rm(this.dir, { recursive: true, force: true });
  }
}

export async function startCliRig(options: SandboxOptions = {}): Promise<CliRig> {
  const clock = new MovedClock();
  const org = await startSandbox({ limits: 'off', gzip: 'never', ...options }, { clock });
  return new CliRig(org, await mkdtemp(join(tmpdir(), 'okta-reset-cli-')), clock);
}

/** Ids of users that a default plan acts on, in the order of the org. */
export function eligible(org: Sandbox, wanted: number): readonly string[] {
  const ids = [...org.users()]
    .filter((user) => user.status === 'ACTIVE' && user.provider === 'OKTA' && !user.admin)
    .map((user) => user.id);
  return ids.slice(0, wanted);
}

export const userFlags = (ids: readonly string[]) => ids.flatMap((id) => ['--user', id]);
