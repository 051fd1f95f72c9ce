import { FRESHNESS, patienceFor } from '../../src/config/defaults.ts';
import type { ActionSpec } from '../../src/domain/plan/action.ts';
import type { AppEvent } from '../../src/domain/run/event.ts';
import type {
  JournalRecord,
  OpenedRecord,
  OutcomeRecord,
} from '../../src/domain/run/journal-record.ts';
import type { OrgWriter } from '../../src/domain/org/org.ts';
import type { Target } from '../../src/domain/plan/plan.ts';
import { KEPT_IN_CLEAR, type SecretRecord } from '../../src/domain/secret-sink.ts';
import type {
  EngineEnd,
  EngineOptions,
  EnginePorts,
  TargetJudge,
} from '../../src/engine/run/options.ts';
import { runEngine } from '../../src/engine/run/run-engine.ts';
import { RunFold } from '../../src/journal/fold.ts';
import { idOf } from './model-org.ts';
import type { ModelOrg } from './model-org.ts';
import type { VirtualClock } from './virtual-clock.ts';

export const RESET: ActionSpec = {
  action: 'reset-password',
  sendEmail: true,
  revokeSessions: false,
  revokeTokens: false,
};

export const OPTIONS: EngineOptions = {
  spec: RESET,
  concurrency: 4,
  maxRetries: 5,
  waves: [],
  maxFailures: { kind: 'percent', percent: 10 },
  maxDurationMs: undefined,
  timeoutMs: 10_000,
  patience: patienceFor(10_000),
  freshness: FRESHNESS,
};

export function targetOf(number: number, org?: ModelOrg): Target {
  const user = org?.users.get(idOf(number));
  return {
    row: number,
    source: 'users.csv',
    line: number + 1,
    input: idOf(number),
    userId: idOf(number),
    login: `user${number}@example.com`,
    status: user?.status ?? 'ACTIVE',
    providerType: user?.providerType ?? 'OKTA',
    statusChangedMs: user?.statusChangedMs ?? 1_600_000_000_000,
    passwordChangedMs: user?.passwordChangedMs ?? 1_600_000_000_000,
    verdict: { kind: 'act' },
    columns: {},
  };
}

/** The plan as it was made before the run: targets freeze what the org showed then. */
export function planOf(org: ModelOrg): readonly Target[] {
  return Array.from(org.users.values(), (_, index) => targetOf(index + 1, org));
}

function keptWaves(waves: readonly number[] = []): Pick<OpenedRecord, 'canary' | 'waves'> {
  return waves[0] === undefined ? {} : { canary: waves[0], waves };
}

function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}

/** What of the run is on disk: survives the processes. */
export class Disk {
  readonly records: JournalRecord[] = [];
  readonly secrets: SecretRecord[] = [];

  /** Replays with the journal's own rules; throws where a record breaks one. */
  fold(rows: number): RunFold {
    const fold = new RunFold('run', rows);
    this.records.forEach((record, index) => {
      const problem = fold.apply(record, index);
      if (problem !== undefined)
        throw new Error(`record ${index + 1} (${JSON.stringify(record)}): ${problem}`);
    });
    return fold;
  }

  outcomes(): OutcomeRecord[] {
    return this.records.flatMap((record) => (record.kind === 'outcome' ? [record] : []));
  }
}

export interface InvocationOptions {
  readonly options?: Partial<EngineOptions>;
  readonly targets?: readonly Target[];
  /** The process is killed at the n-th append: before the record reaches the disk, or after it, unheard. */
  readonly killAt?: { readonly append: number; readonly when: 'before' | 'after' };
  /** The disk is full from the n-th append on. */
  readonly diskFullAt?: number;
  readonly secretsFailAt?: number;
  readonly syncMs?: number;
  readonly random?: () => number;
  readonly onEvent?: (event: AppEvent) => void;
  /** The targets break off before their n-th. */
  readonly targetsFail?: { readonly at: number; readonly error: Error };
  readonly caughtUp?: EnginePorts['caughtUp'];
  readonly judge?: TargetJudge;
  readonly goOn?: EnginePorts['goOn'];
}

/** One process executing the run; may be killed, after which nothing of it happens any more. */
export class Invocation {
  readonly drain = new AbortController();
  readonly leave = new AbortController();
  readonly events: AppEvent[] = [];
  readonly dead: Promise<void>;
  #kill!: () => void;
  #alive = true;
  appends = 0;
  taken = 0;
  planClosed = false;
  readonly #org: ModelOrg;
  readonly #disk: Disk;
  readonly #clock: VirtualClock;
  readonly #setup: InvocationOptions;

  constructor(org: ModelOrg, disk: Disk, setup: InvocationOptions = {}) {
    this.#org = org;
    this.#disk = disk;
    this.#clock = org.clock;
    this.#setup = setup;
    this.dead = new Promise((resolve) => {
      this.#kill = resolve;
    });
  }

  kill(): void {
    this.#alive = false;
    this.#kill();
  }

  /** What a dead process asks for is never done, and what it waits for never comes. */
  #living<T>(ask: () => Promise<T>): Promise<T> {
    if (!this.#alive) return never();
    return ask().then(
      (value) => (this.#alive ? value : never<T>()),
      (error: unknown) => {
        if (this.#alive) throw error;
        return never<T>();
      },
    );
  }

  async #append(record: JournalRecord): Promise<void> {
    this.appends += 1;
    const { killAt, diskFullAt, syncMs } = this.#setup;
    if (diskFullAt !== undefined && this.appends >= diskFullAt) throw new Error('ENOSPC');
    const kill = killAt?.append === this.appends;
    if (kill && killAt.when === 'before') this.kill();
    else {
      this.#disk.records.push(record);
      if (kill) this.kill();
    }
    await this.#clock.sleep(syncMs ?? 1);
  }

  #writer(): OrgWriter {
    const org = this.#org.writer();
    return {
      ...org,
      organization: (signal) => this.#living(() => org.organization(signal)),
      user: (id, signal) => this.#living(() => org.user(id, signal)),
      logEvents: (page, signal) => this.#living(() => org.logEvents(page, signal)),
      write: (call, signal) => this.#living(() => org.write(call, signal)),
    };
  }

  /** Resolves with the engine's end, or undefined if the process was killed. */
  async run(): Promise<EngineEnd | undefined> {
    const setup = this.#setup;
    const targets = setup.targets ?? planOf(this.#org);
    const fold = this.#disk.fold(targets.length);
    this.#disk.records.push({
      kind: 'opened',
      at: new Date(this.#clock.nowMs()).toISOString(),
      runId: 'run',
      planDigest: '',
      toolVersion: '0',
      pid: 1,
      hostname: 'here',
      ...keptWaves(setup.options?.waves),
    });
    const ports: EnginePorts = {
      writer: this.#writer(),
      journal: { append: (record) => this.#living(() => this.#append(record)) },
      secrets: {
        put: (record) =>
          this.#living(async () => {
            if (
              setup.secretsFailAt !== undefined &&
              this.#disk.secrets.length + 1 >= setup.secretsFailAt
            )
              throw new Error('ENOSPC');
            await this.#clock.sleep(1);
            if (this.#alive) this.#disk.secrets.push(record);
            return KEPT_IN_CLEAR;
          }),
      },
      state: {
        ended: (row) => fold.table.offset(row) !== undefined,
        open: fold.openRows,
        endedCount: fold.endedCount,
        counts: fold.counts,
        notFound: fold.notFound,
        wavesVerified: fold.waves.verified,
        waveRows: [...fold.waves.rows],
        tempPasswordSplit: fold.tempPasswordSplit,
      },
      clock: {
        nowMs: this.#clock.nowMs,
        monotonicMs: this.#clock.monotonicMs,
        sleep: (ms, signal) => this.#living(() => this.#clock.sleep(ms, signal)),
      },
      random: setup.random ?? (() => 0.5),
      emit: (event) => {
        if (!this.#alive) return;
        this.events.push(event);
        setup.onEvent?.(event);
      },
      ...(setup.judge === undefined ? {} : { judge: setup.judge }),
      ...(setup.goOn === undefined ? {} : { goOn: setup.goOn }),
      ...(setup.caughtUp === undefined ? {} : { caughtUp: setup.caughtUp }),
      drain: this.drain.signal,
      signal: this.leave.signal,
    };
    const ended = runEngine(() => this.#stream(targets), { ...OPTIONS, ...setup.options }, ports);
    return Promise.race([ended, this.dead.then(() => undefined)]);
  }

  async *#stream(targets: readonly Target[]): AsyncGenerator<Target> {
    const { targetsFail } = this.#setup;
    try {
      for (const target of targets) {
        this.taken += 1;
        if (this.taken === targetsFail?.at) throw targetsFail.error;
        yield target;
      }
    } finally {
      this.planClosed = true;
    }
  }
}
