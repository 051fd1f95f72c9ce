/** A run that is executed by the use case itself, against a sandbox org in this process. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppContext } from '../../src/app/context.ts';
import { executeRun } from '../../src/app/run/execute-run.ts';
import type { ExecuteInput } from '../../src/app/run/run-at-work.ts';
import type { ExecutedRun } from '../../src/app/run/settle.ts';
import { DEFAULTS } from '../../src/config/defaults.ts';
import type { GuardConfig } from '../../src/config/guards.ts';
import type { PaceConfig } from '../../src/config/pace.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { AppEvent } from '../../src/domain/run/event.ts';
import type { JournalRecord } from '../../src/domain/run/journal-record.ts';
import { BARE_LINES } from '../../src/domain/run/next-commands.ts';
import type { RunFile } from '../../src/domain/run/run-file.ts';
import type { Credentials } from '../../src/config/credentials.ts';
import { host as realHost } from '../../src/host.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { Secret } from '../../src/secrets/secret.ts';
import { planned } from '../report/sample.ts';
import { skippingClock } from '../skipping-clock.ts';
import { around, makeRun, type Made } from './run-folders.ts';

/** What a person who starts the run says, and how. */
export interface Start
  extends
    Partial<Omit<ExecuteInput, 'dir' | 'org' | 'guards' | 'pace'>>,
    Partial<Pick<GuardConfig, 'canary' | 'confirm' | 'maxFailures' | 'planMaxAgeMs'>> {
  readonly yes?: boolean;
  /** Which org the command line names, if not the one that there is. */
  readonly host?: string;
  readonly pace?: Partial<PaceConfig>;
  /** Whether the reader of the events keeps up. */
  readonly caughtUp?: AppContext['caughtUp'];
  /** Sees each event, and can end the run: `drain` as with one Ctrl-C, `leave` as with two. */
  readonly onEvent?: (event: AppEvent, stop: { drain: () => void; leave: () => void }) => void;
}

/** How an invocation ended, and what it said. */
export interface Executed {
  readonly ended: ExecutedRun | undefined;
  readonly error: (Error & { readonly code?: string; readonly hint?: string }) | undefined;
  readonly events: readonly AppEvent[];
  readonly said: readonly string[];
}

export interface Scene {
  readonly cwd: string;
  readonly org: Sandbox;
  readonly nowMs: () => number;
  /** Makes a run over all users of the org but its admin, as it is now. */
  readonly plan: (name: string, made?: Made) => Promise<RunFile>;
  readonly execute: (name: string, start?: Start) => Promise<Executed>;
  readonly journal: (name: string) => Promise<readonly JournalRecord[]>;
  readonly close: () => Promise<void>;
}

const GUARDS = {
  ...{ confirm: undefined, yes: true, maxUsers: 99, canary: undefined, canaryWaitMs: 0 },
  ...{ maxFailures: { kind: 'percent', percent: 100 }, planMaxAgeMs: 86_400_000 },
  forceUnlock: false,
} as Partial<GuardConfig> as GuardConfig;
const PACE = {
  ...{ concurrency: 1, ratePercent: 90, timeoutMs: 35_000, maxRetries: 5 },
  ...{ perMinute: undefined, perHour: undefined, maxDurationMs: undefined, between: undefined },
} as PaceConfig;

/** An org with this many users besides its admin, in the folder. */
export async function openScene(cwd: string, users: number): Promise<Scene> {
  await mkdir(cwd, { mode: 0o700 });
  const clock = skippingClock();
  // A hook is another process, whose work does not show here.
  const ofHooks: readonly number[] = [DEFAULTS.hookMs, DEFAULTS.hookAtEndMs];
  const withHooks: Clock = {
    ...clock,
    sleep: (ms, signal) => (ofHooks.includes(ms) ? realHost.clock : clock).sleep(ms, signal),
  };
  const mix = { statuses: { ACTIVE: 1 }, providers: { OKTA: 1 } };
  const org = await startSandbox(
    { ...{ users: users + 1, admins: 1, limits: 'off', gzip: 'never' }, mix },
    { clock },
  );
  const { host } = new URL(org.url);
  const credentials = {
    ...{ kind: 'ssws', token: new Secret(org.token) },
  } as Partial<Credentials> as Credentials;
  const { resume, run: execute, ...lines } = BARE_LINES;

  const plan: Scene['plan'] = (name, { run, ...made } = {}) => {
    const rows = [...org.users()]
      .slice(1)
      .map(({ id, statusChangedMs, passwordChangedMs }, at) =>
        planned(
          at + 1,
          { kind: 'act' },
          { userId: id as never, statusChangedMs, passwordChangedMs },
        ),
      );
    const createdAt = new Date(clock.nowMs()).toISOString();
    const live = { origin: org.url, host, orgId: org.orgId, createdAt };
    return makeRun(join(cwd, name), { rows, ...made, run: { ...live, runId: name, ...run } });
  };

  return {
    ...{ cwd, org, plan, nowMs: clock.nowMs, close: () => org.close() },
    journal: async (name) =>
      (await readFile(join(cwd, name, 'journal.jsonl'), 'utf8'))
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as JournalRecord),
    execute: async (name, start = {}) => {
      const {
        onEvent,
        caughtUp = () => undefined,
        pace,
        host: named = host,
        canary,
        confirm,
        yes,
        maxFailures,
        planMaxAgeMs,
        ...input
      } = start;
      const here = around(cwd, { clock: input.hooks === undefined ? clock : withHooks });
      const leave = new AbortController();
      const stop = {
        drain: () => here.drain.abort(new Error('drained')),
        leave: () => leave.abort(new Error('left')),
      };
      const interrupt = { ...here.context.interrupt, leave: leave.signal };
      const emit = (event: AppEvent) => {
        here.context.emit(event);
        onEvent?.(event, stop);
      };
      const guards = {
        ...GUARDS,
        ...Object.fromEntries(
          Object.entries({ canary, confirm, yes, maxFailures, planMaxAgeMs }).filter(
            ([, value]) => value !== undefined,
          ),
        ),
      } as GuardConfig;
      const found = await executeRun(
        {
          ...{ dir: join(cwd, name), org: { origin: org.url, host: named, credentials }, guards },
          ...{ agreed: undefined, ask: undefined, askToGoOn: undefined, hooks: [] },
          ...{ pace: { ...PACE, ...pace }, secrets: () => ({ kind: 'none' as const }) },
          continuation: {
            ...lines,
            run: execute,
            resume: (run, unbegun) => `${resume(run)}${unbegun === undefined ? '' : ' (unbegun)'}`,
          },
          ...input,
        },
        { ...here.context, interrupt, emit, caughtUp },
      ).then(
        (ended) => ({ ended, error: undefined }),
        (error: unknown) => ({ ended: undefined, error: error as Error }),
      );
      return { ...found, events: here.events, said: here.said() };
    },
  };
}
