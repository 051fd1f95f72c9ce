import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { Clock } from '../../src/domain/clock.ts';
import type { Host, Output, SignalName } from '../../src/domain/host.ts';
import { host as realHost } from '../../src/host.ts';
import { main } from '../../src/main.ts';
import { parseChaos } from '../../src/sandbox/chaos/chaos.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { skippingClock } from '../skipping-clock.ts';

export type { Sandbox } from '../../src/sandbox/sandbox.ts';

/** What one command left behind. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | AsyncIterable<Uint8Array>;
  /** Nothing more is typed, and the input does not end. */
  readonly stays?: boolean;
  /** Both ends are terminals: somebody can be asked. */
  readonly terminal?: boolean;
  readonly pid?: number;
  /** The machine that the command believes to run on. */
  readonly hostname?: string;
  /** How the program was called; as this process was where it is left out. */
  readonly program?: string;
  readonly clock?: Clock;
  /** Sees every write to stdout as it happens. */
  readonly onStdout?: (text: string) => void;
  readonly onStderr?: (text: string) => void;
}

/** A command under way, and the keys to press meanwhile. */
export interface Running {
  readonly ended: Promise<Ran>;
  readonly signal: (name: SignalName) => void;
}

function capture(isTty: boolean, tell?: (text: string) => void) {
  let all = '';
  const output: Output = {
    isTty,
    write: async (text) => {
      all += text;
      tell?.(text);
    },
    size: () => ({ columns: 100, rows: 24 }),
    onResize: () => () => undefined,
  };
  return { output, all: () => all };
}

/** One folder, one org, and the product's commands run in this process against them. */
export class Stage {
  readonly dir: string;
  readonly org: Sandbox;
  readonly clock: Clock;
  readonly #env: Record<string, string>;

  constructor(dir: string, org: Sandbox, clock: Clock) {
    this.dir = dir;
    this.org = org;
    this.clock = clock;
    this.#env = {
      OKTA_CLIENT_ORGURL: org.url,
      OKTA_CLIENT_TOKEN: org.token,
      XDG_STATE_HOME: this.stateHome,
    };
  }

  /** Where consents are kept, by commands in this process and in others, and never in the home of the person who tests. */
  get stateHome(): string {
    return this.path('.local', 'state');
  }

  get host(): string {
    return new URL(this.org.url).host;
  }

  path(...parts: readonly string[]): string {
    return join(this.dir, ...parts);
  }

  start(argv: readonly string[], around: Surroundings = {}): Running {
    const listeners = new Set<(signal: SignalName) => void>();
    const stdout = capture(around.terminal === true, around.onStdout);
    const stderr = capture(around.terminal === true, around.onStderr);
    const host: Host = {
      ...realHost,
      argv,
      env: { ...this.#env, ...around.env },
      cwd: this.dir,
      homeDir: this.dir,
      pid: around.pid ?? realHost.pid,
      hostname: around.hostname ?? realHost.hostname,
      program: around.program ?? realHost.program,
      clock: around.clock ?? this.clock,
      stdin: Object.assign(
        {
          async *[Symbol.asyncIterator]() {
            if (typeof around.stdin === 'string') yield Buffer.from(around.stdin);
            else if (around.stdin !== undefined) yield* around.stdin;
            if (around.stays === true) await new Promise(() => undefined);
          },
        },
        { isTty: around.terminal === true, close: () => undefined },
      ),
      stdout: stdout.output,
      stderr: stderr.output,
      onSignal: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      exit: (code): never => {
        throw new Error(`left with ${code}`);
      },
    };
    return {
      ended: main(argv, host).then((code) => ({
        code,
        stdout: stdout.all(),
        stderr: stderr.all(),
      })),
      signal: (name) => {
        for (const listener of listeners) listener(name);
      },
    };
  }

  run(argv: readonly string[], around: Surroundings = {}): Promise<Ran> {
    return this.start(argv, around).ended;
  }

  async writeCsv(name: string, text: string): Promise<string> {
    await writeFile(this.path(name), text);
    return name;
  }

  /** The Rockstar export of the org, as a file. */
  rockstar(name = 'users.csv'): Promise<string> {
    return this.writeCsv(name, [...this.org.rockstarCsv()].join(''));
  }

  /** A file of user ids. */
  ids(users: Iterable<{ readonly id: string }>, name = 'ids.csv'): Promise<string> {
    return this.writeCsv(name, `id\n${[...users].map(({ id }) => `${id}\n`).join('')}`);
  }

  async close(): Promise<void> {
    await this.org.close();
    await rm(this.dir, { recursive: true, force: true });
  }
}

const open: Stage[] = [];

/** A clock that runs faster than real time: waits of minutes pass in seconds, for org and okta-reset alike. */
export interface FastClock extends Clock {
  /** With these, another process has the same clock. */
  readonly originMs: number;
  readonly speed: number;
}

export function fastClock(speed: number): FastClock {
  const { clock } = realHost;
  const originMs = clock.nowMs();
  const zeroMs = clock.monotonicMs();
  return {
    originMs,
    speed,
    nowMs: () => originMs + (clock.nowMs() - originMs) * speed,
    monotonicMs: () => (clock.monotonicMs() - zeroMs) * speed,
    sleep: (ms, signal) => clock.sleep(ms / speed, signal),
  };
}

/** Starts an org and a folder. `closeStages` ends them. An org for commands in other processes uses real time. */
export async function stage(
  options: Omit<SandboxOptions, 'chaos'> & {
    readonly chaos?: string;
    readonly clock?: Clock;
  } = {},
): Promise<Stage> {
  const { chaos, clock = skippingClock(), ...others } = options;
  const org = await startSandbox(
    {
      limits: 'off',
      gzip: 'never',
      ...others,
      chaos: chaos === undefined ? undefined : parseChaos(chaos),
    },
    { clock },
  );
  const made = new Stage(await mkdtemp(join(tmpdir(), 'okta-reset-')), org, clock);
  open.push(made);
  return made;
}

export async function closeStages(): Promise<void> {
  await Promise.all(open.splice(0).map((each) => each.close()));
}

/** Everybody like everybody else: an active user of Okta's own. */
export const PLAIN = {
  statuses: { ACTIVE: 1 },
  providers: { OKTA: 1 },
  secondEmail: 0,
  hostile: 0,
  sharedEmail: 0,
} as const;

export type Result = Readonly<Record<string, string>>;

export async function readCsv(path: string): Promise<readonly Result[]> {
  return parse(await readFile(path), { columns: true, bom: true });
}

export function outcomes(rows: readonly Result[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const row of rows) {
    const outcome = row['_outcome'] ?? '';
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

/** How many emails each user got. */
export function mailsByUser(org: Sandbox): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { userId } of org.outbox()) counts.set(userId, (counts.get(userId) ?? 0) + 1);
  return counts;
}

/** Effects of any kind on any user, as the org counted them. */
export function writesSeen(org: Sandbox): number {
  const { effects } = org.stats();
  return (
    effects.resets.total +
    effects.expirations.total +
    effects.tempPasswords.total +
    effects.sessionRevocations.total +
    effects.tokenRevocations.total +
    effects.mails.total
  );
}

/** The users that a plain reset is for, by default. */
export function isEligible(user: {
  readonly status: string;
  readonly provider: string;
  readonly admin: boolean;
}): boolean {
  return (
    ['ACTIVE', 'PASSWORD_EXPIRED', 'LOCKED_OUT'].includes(user.status) &&
    ['OKTA', 'IMPORT'].includes(user.provider) &&
    !user.admin
  );
}

/** Every file under a folder, as text. */
export async function filesUnder(dir: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const found of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!found.isFile()) continue;
    const path = join(found.parentPath, found.name);
    files.set(path, await readFile(path, 'latin1'));
  }
  return files;
}

export const NO_STACK = /\n\s+at .*[(/]/;
