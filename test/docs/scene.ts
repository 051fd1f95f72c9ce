import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../src/domain/clock.ts';
import type { Host, Output, SignalName } from '../../src/domain/host.ts';
import { host as realHost } from '../../src/host.ts';
import { main } from '../../src/main.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { skippingClock } from '../skipping-clock.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Around {
  /** There is somebody to ask: questions are answered as requested. */
  readonly terminal?: boolean;
  /** Presses Ctrl-C once either output matches. */
  readonly interruptAt?: RegExp;
  readonly stdin?: string;
}

const KEY = 'key.txt';
const ASKED = /Type (\d+@\S+|yes) to go on/g;

/** A folder and a small org, and command lines typed there. */
export class Scene {
  /** Where command lines are typed. */
  dir: string;
  readonly org: Sandbox;
  readonly #base: string;
  readonly #clock: Clock;
  readonly #made = new Set<RunState>();
  #folders = 0;

  constructor(base: string, org: Sandbox, clock: Clock) {
    this.#base = base;
    this.#clock = clock;
    this.dir = base;
    this.org = org;
  }

  get host(): string {
    return new URL(this.org.url).host;
  }

  async run(argv: readonly string[], around: Around = {}): Promise<Ran> {
    const listeners = new Set<(signal: SignalName) => void>();
    const said = { stdout: '', stderr: '' };
    let pressed = false;
    const press = () => {
      if (pressed || around.interruptAt === undefined) return;
      if (!around.interruptAt.test(said.stdout + said.stderr)) return;
      pressed = true;
      for (const listener of listeners) listener('SIGINT');
    };
    const output = (name: 'stdout' | 'stderr'): Output => ({
      isTty: around.terminal === true,
      write: async (text) => {
        said[name] += text;
        press();
      },
      size: () => ({ columns: 100, rows: 24 }),
      onResize: () => () => undefined,
    });
    const host: Host = {
      ...realHost,
      argv,
      env: {
        OKTA_CLIENT_ORGURL: this.org.url,
        OKTA_CLIENT_TOKEN: this.org.token,
        NO_COLOR: '1',
      },
      cwd: this.dir,
      homeDir: this.dir,
      clock: this.#clock,
      stdin: Object.assign(
        {
          async *[Symbol.asyncIterator]() {
            if (around.stdin !== undefined) {
              yield Buffer.from(`${around.stdin}\n`);
              return;
            }
            // Each question is answered in the way it asks for.
            for (;;) {
              const typed = [...said.stderr.matchAll(ASKED)].at(-1)?.[1];
              if (typed === undefined) return;
              yield Buffer.from(`${typed}\n`);
            }
          },
        },
        { isTty: around.terminal === true, close: () => undefined },
      ),
      stdout: output('stdout'),
      stderr: output('stderr'),
      onSignal: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      exit: (code): never => {
        throw new Error(`left with ${String(code)}`);
      },
    };
    return { code: await main(argv, host), ...said };
  }

  path(...parts: readonly string[]): string {
    return join(this.dir, ...parts);
  }

  async write(name: string, text: string): Promise<void> {
    await mkdir(join(this.path(name), '..'), { recursive: true });
    await writeFile(this.path(name), text, { mode: 0o600 });
  }

  rockstar(): string {
    return [...this.org.rockstarCsv()].join('');
  }

  async targets(run: string): Promise<number> {
    return Number(JSON.parse(await readFile(this.path(run, 'run.json'), 'utf8')).targets);
  }

  /** The run directory as a folder for a command that names the run in this way. */
  where(run: string): string {
    return /^\d{8}T/.test(run) ? `reports/${run}` : run;
  }

  async must(argv: readonly string[], code: number, around: Around = {}): Promise<Ran> {
    const ran = await this.run(argv, around);
    if (ran.code !== code)
      throw new Error(`${argv.join(' ')}: ${String(ran.code)}\n${ran.stderr}${ran.stdout}`);
    return ran;
  }

  /** Goes to a new, empty folder. */
  async leave(): Promise<void> {
    this.#folders += 1;
    this.dir = join(this.#base, String(this.#folders));
    await mkdir(this.dir);
  }

  /** Puts a run where the command looks for it, in the state that the command is for. */
  async prepare(state: RunState, run: string): Promise<void> {
    const made = join(this.#base, state);
    const here = this.dir;
    if (!this.#made.has(state)) {
      this.dir = this.#base;
      await this.write('users.csv', this.rockstar());
      await this.#make(state);
      this.#made.add(state);
      this.dir = here;
    }
    await cp(made, this.path(this.where(run)), { recursive: true });
    if (state === 'with-secrets') await cp(join(this.#base, KEY), this.path(KEY));
  }

  async #make(state: RunState): Promise<void> {
    const yes = ['--yes', '--max-users', '1000'];
    const plan = (...flags: readonly string[]) =>
      this.must(['plan', '--file', 'users.csv', '--out', state, ...flags], 0);
    const run = (code: number, around: Around, ...flags: readonly string[]) =>
      this.must(['run', '--plan', state, ...yes, ...flags], code, around);
    switch (state) {
      case 'planned':
        await plan();
        return;
      case 'interrupted':
        await plan();
        await run(130, { interruptAt: /"type":"row"/ }, '--concurrency', '1', '--json');
        return;
      case 'with-failures': {
        await plan();
        const away = [...this.org.users()]
          .filter((user) => user.status === 'ACTIVE' && user.provider === 'OKTA' && !user.admin)
          .slice(-2);
        for (const { id } of away) this.org.putOutOfReach(id);
        await run(4, {});
        for (const { id } of away) this.org.putInReach(id);
        return;
      }
      case 'with-secrets': {
        const key = await this.must(['secrets', 'keygen', '--out', KEY], 0);
        await plan('--action', 'temp-password');
        await run(0, {}, '--secrets-recipient', key.stdout.trim());
        return;
      }
      default: {
        const never: never = state;
        return never;
      }
    }
  }

  async close(): Promise<void> {
    await this.org.close();
    await rm(this.#base, { recursive: true, force: true });
  }
}

export type RunState = 'planned' | 'interrupted' | 'with-failures' | 'with-secrets';

export async function openScene(): Promise<Scene> {
  const clock = skippingClock();
  const org = await startSandbox({ users: 20, seed: 5, limits: 'off', gzip: 'never' }, { clock });
  return new Scene(await mkdtemp(join(tmpdir(), 'okta-reset-docs-')), org, clock);
}
