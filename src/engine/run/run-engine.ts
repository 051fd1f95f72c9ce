import { producesSecrets, stepsOf } from '../../domain/plan/action.ts';
import type { AppEvent } from '../../domain/run/event.ts';
import { isInDoubt, type JournalRecord } from '../../domain/run/journal-record.ts';
import type { Target } from '../../domain/plan/plan.ts';
import type { StopReason } from '../../domain/run/stop.ts';
import { Halt } from './halt.ts';
import { Ledger } from './ledger.ts';
import { LogQuestions } from '../doubt/log-questions.ts';
import { ENGINE_DEFAULTS } from './options.ts';
import type { EngineEnd, EngineOptions, EnginePorts } from './options.ts';
import { freshRow, resumedRow } from '../row/active-row.ts';
import { decideRead } from '../row/retry.ts';
import { RowRunner } from '../row/row-runner.ts';
import { Sender } from '../row/sender.ts';
import { judgeOutcomes, NO_LIMIT, tallyOf } from './stop-rules.ts';
import { Waves } from './waves.ts';

/** How many outcomes per place can wait for their sync while rows continue. */
const UNSYNCED_PER_PLACE = 4;

/** The rows to act on, in order. No more are read after `stopping` aborts. */
export type Targets = (stopping: AbortSignal) => AsyncIterable<Target>;

/**
 * Executes the targets that have not ended yet, in order. Whatever earlier invocations left open is settled before any more
 * of those rows is sent. At most `concurrency` calls are in flight, with `ready` rows behind them, and the iterable is read
 * only as far as rows can begin. Nothing is sent before its attempt is on disk, and nothing is shown before its outcome is.
 *
 * Resolves when all rows have ended, or when the run was stopped and calls in flight are settled: within the time of one
 * call and 15 s, and one more minute if a user's factors are removed and the password is not reset. Resolves at once when
 * `signal` aborts. Rejects only for bugs, after settling.
 */
export async function runEngine(
  targets: Targets,
  options: EngineOptions,
  ports: EnginePorts,
): Promise<EngineEnd> {
  if (producesSecrets(options.spec) && ports.secrets === undefined)
    throw new Error('An action that brings secrets has no place for them.');
  return new Engine(targets, options, ports).run();
}

class Engine {
  readonly #options: EngineOptions;
  readonly #ports: EnginePorts;
  readonly #rows: AsyncIterator<Target>;
  readonly #halt: Halt;
  readonly #ledger: Ledger;
  readonly #runner: RowRunner;
  /** Why nothing more must be sent; undefined if the run continues. */
  readonly #settleOnly: StopReason | undefined;
  #exhausted = false;
  /** The next row to begin. */
  #next: Target | undefined;
  #primed = false;

  constructor(targets: Targets, options: EngineOptions, ports: EnginePorts) {
    const { journal, clock, random, writer, secrets, judge } = ports;
    const { spec, concurrency, ready = 0, maxRetries, freshness } = options;
    this.#options = options;
    this.#ports = ports;
    const emit = (event: AppEvent) => this.#emit(event);
    const halt = new Halt((stop) =>
      emit({ type: 'stopping', stop, inFlight: this.#runner.inFlight }),
    );
    const onStop = halt.request.bind(halt);
    const maxUnsynced = UNSYNCED_PER_PLACE * concurrency;
    const earlier = tallyOf(ports.state);
    // If earlier invocations exceeded the limit, nothing more is sent.
    this.#settleOnly = options.settleOnly ?? judgeOutcomes(earlier, options.maxFailures);
    const settleOnly = this.#settleOnly !== undefined;
    // A run that sends nothing must not be stopped by the rows it settles.
    const maxFailures = settleOnly ? NO_LIMIT : options.maxFailures;
    const ledger = new Ledger({ journal, clock, emit, maxFailures, earlier, maxUnsynced, onStop });
    const sender = new Sender({
      ...{ writer, secrets, clock, spec, ledger, halt },
      ...{ judge, freshness },
    });
    const log = new LogQuestions(writer, clock, halt.stopping);
    const circumstances = { spec, maxRetries, patience: options.patience };
    this.#runner = new RowRunner({
      circumstances,
      places: concurrency + ready,
      clock,
      random,
      emit,
      halt,
      ledger,
      sender,
      log,
      state: ports.state,
      settleOnly,
    });
    this.#rows = targets(halt.stopping)[Symbol.asyncIterator]();
    this.#halt = halt;
    this.#ledger = ledger;
  }

  async run(): Promise<EngineEnd> {
    const { clock, drain, signal } = this.#ports;
    const { timeoutMs, maxDurationMs } = this.#options;
    const halt = this.#halt;
    const over = new AbortController();
    const after = (ms: number, act: () => void) => {
      const atMs = clock.monotonicMs() + ms;
      // A timer can fire early, and no timer is as long as some time limits.
      const look = () => {
        const leftMs = atMs - clock.monotonicMs();
        if (leftMs <= 0) act();
        else clock.sleep(leftMs, over.signal).then(look, () => undefined);
      };
      look();
    };
    const left = new Promise<void>((resolve) => {
      halt.leaving.addEventListener('abort', () => resolve(), { once: true });
    });
    halt.stopping.addEventListener(
      'abort',
      () =>
        after(timeoutMs + ENGINE_DEFAULTS.drainMs, () => {
          if (this.#runner.bound.size > 0) after(ENGINE_DEFAULTS.boundMs, () => halt.leave());
          else halt.leave();
        }),
      { once: true },
    );
    const unfollow = halt.follow(drain, signal);
    if (this.#settleOnly !== undefined && ![...this.#ports.state.open.values()].some(isInDoubt))
      halt.request(this.#settleOnly);
    if (maxDurationMs !== undefined)
      after(maxDurationMs, () => halt.request({ kind: 'max-duration', limitMs: maxDurationMs }));
    try {
      const work = this.#work().catch(async (error: unknown) => {
        if (halt.isLeft()) return;
        halt.crash(error);
        // Calls in flight are still settled.
        await this.#runner.quiet().catch(() => undefined);
      });
      await Promise.race([work, left]);
      if (signal.aborted) this.#ledger.abandon();
      else await this.#close();
    } finally {
      over.abort();
      unfollow();
    }
    halt.throwBug();
    return {
      counts: { ...this.#ledger.counts },
      stop: halt.stop,
      reissued: this.#runner.reissued,
    };
  }

  async #work(): Promise<void> {
    try {
      if (this.#settleOnly === undefined) await this.#waves().run();
      await this.#feed(Number.POSITIVE_INFINITY);
      await this.#runner.quiet();
    } finally {
      // Closes the plan if the run stopped before its end.
      if (!this.#exhausted) void this.#rows.return?.().catch(() => undefined);
    }
    this.#runner.refusals.release();
    await this.#ledger.room(1);
    if (this.#settleOnly !== undefined && !this.#halt.isStopped())
      this.#halt.request(this.#settleOnly);
  }

  /** Begins up to `limit` rows. Resolves when they are in progress, the plan is at its end, or the run stops. */
  async #feed(limit: number): Promise<void> {
    const { state, caughtUp } = this.#ports;
    const { spec, patience } = this.#options;
    const steps = stepsOf(spec);
    for (let begun = 0; begun < limit; begun += 1) {
      await this.#runner.room();
      const behind = caughtUp?.(this.#halt.stopping);
      if (behind !== undefined) await behind;
      if (this.#halt.isStopped()) return;
      const target = await this.#peek();
      if (target === undefined) return;
      if (!this.#primed) await this.#prime();
      if (this.#halt.isStopped()) return;
      this.#next = undefined;
      const open = state.open.get(target.row);
      this.#runner.start(
        open === undefined ? freshRow(target, steps) : resumedRow(target, spec, open, patience),
      );
    }
  }

  /** Returns the next row to begin; undefined at the end of the plan. */
  async #peek(): Promise<Target | undefined> {
    const { state } = this.#ports;
    while (this.#next === undefined && !this.#exhausted) {
      const next = await this.#rows.next();
      if (next.done === true) this.#exhausted = true;
      else if (!state.ended(next.value.row) && this.#mayBegin(next.value)) this.#next = next.value;
    }
    return this.#next;
  }

  /** Tells whether a row can begin. If nothing must be sent, only rows in doubt can. */
  #mayBegin({ row }: Target): boolean {
    return this.#settleOnly === undefined || isInDoubt(this.#ports.state.open.get(row));
  }

  #waves(): Waves {
    const { writer, clock, state, inspectCanary, goOn } = this.#ports;
    return new Waves({
      ...{ clock, state, inspectCanary, goOn },
      ...{ options: this.#options, org: writer, halt: this.#halt, ledger: this.#ledger },
      emit: (event) => this.#emit(event),
      refusals: this.#runner.refusals,
      act: async (rows) => {
        await this.#feed(rows);
        await this.#runner.quiet();
      },
      isMore: async () => (await this.#peek()) !== undefined,
    });
  }

  /** Reads something cheap to learn Okta's clock, which an attempt is marked with. */
  async #prime(): Promise<void> {
    const { writer, clock, random } = this.#ports;
    this.#primed = true;
    for (let tries = 0; writer.serverNowMs() === undefined && !this.#halt.isStopped(); tries += 1) {
      try {
        const answer = await writer.organization(this.#halt.stopping);
        if (answer.kind === 'ok') return;
        const decision = decideRead(answer.failure, { tries, orgSilent: true, random });
        if (decision.kind === 'halt') this.#halt.request(decision.stop);
        if (decision.kind !== 'retry') return;
        await clock.sleep(decision.afterMs, this.#halt.stopping);
      } catch (error) {
        if (!this.#halt.isStopped()) throw error;
      }
    }
  }

  async #close(): Promise<void> {
    const ledger = this.#ledger;
    if (ledger.dead) return;
    const at = ledger.now();
    const { stop } = this.#halt;
    const traffic: JournalRecord[] = (this.#ports.traffic?.() ?? []).map((bucket) => ({
      kind: 'note',
      at,
      note: { kind: 'traffic', ...bucket },
    }));
    await ledger.close([
      ...traffic,
      { kind: 'closed', at, ...(stop === undefined ? {} : { stop }) },
    ]);
  }

  #emit(event: AppEvent): void {
    try {
      this.#ports.emit(event);
    } catch {
      // An error in a face must not stop a run that works.
    }
  }
}
