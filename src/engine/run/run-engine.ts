import { producesSecrets, stepsOf } from '../../domain/plan/action.ts';
import type { AppEvent } from '../../domain/run/event.ts';
import { isInDoubt, type JournalRecord, type NoteRecord } from '../../domain/run/journal-record.ts';
import type { Target } from '../../domain/plan/plan.ts';
import type { StopReason } from '../../domain/run/stop.ts';
import { isYes, readBack } from './canary.ts';
import type { CanaryRow, SeenUser } from './canary.ts';
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

/** Outcomes per place that may wait for their sync while rows go on. */
const UNSYNCED_PER_PLACE = 4;

/** The rows to act on, in order; no more are read after an abort of `stopping`. */
export type Targets = (stopping: AbortSignal) => AsyncIterable<Target>;

/**
 * Executes the targets that have not ended yet, in their order, and settles what earlier invocations left open before
 * anything of those rows is sent again. At most `concurrency` calls are in flight, with `ready` rows behind them, and
 * only as many targets are taken from the iterable as are under way. Never sends anything whose attempt is not on disk,
 * and shows nothing whose outcome is not.
 *
 * Resolves when all rows ended, or the run was stopped and what was in flight is settled (within the time of one call
 * and 15 s); at once when `signal` aborts. Rejects only for bugs, after settling.
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
  /** Why nothing may be sent any more; undefined where the run goes on. */
  readonly #settleOnly: StopReason | undefined;
  #exhausted = false;
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
    // A limit that earlier invocations went over stands before anything more is sent.
    this.#settleOnly = options.settleOnly ?? judgeOutcomes(earlier, options.maxFailures);
    const settleOnly = this.#settleOnly !== undefined;
    // What is settled is not held against a run that sends nothing.
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
      tempPasswordSplit: ports.state.tempPasswordSplit === true,
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
      // A clock may wake early: no timer is as long as some time limits.
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
      () => after(timeoutMs + ENGINE_DEFAULTS.drainMs, () => halt.leave()),
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
        // What is in flight is settled all the same.
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
    const { canary } = this.#options;
    try {
      if (canary > 0 && this.#ports.state.canaryVerified !== true && this.#settleOnly === undefined)
        await this.#canary(canary);
      await this.#feed(Number.POSITIVE_INFINITY);
      await this.#runner.quiet();
    } finally {
      // Closes the plan where the run stopped before its end.
      if (!this.#exhausted) void this.#rows.return?.().catch(() => undefined);
    }
    this.#runner.refusals.release();
    await this.#ledger.room(1);
    if (this.#settleOnly !== undefined && !this.#halt.isStopped())
      this.#halt.request(this.#settleOnly);
  }

  /** Begins up to `limit` rows; resolves when they are under way, the plan is at its end, or the run stops. */
  async #feed(limit: number): Promise<void> {
    const { state, caughtUp } = this.#ports;
    const { spec } = this.#options;
    const steps = stepsOf(spec);
    for (let begun = 0; begun < limit && !this.#exhausted;) {
      await this.#runner.room();
      const behind = caughtUp?.(this.#halt.stopping);
      if (behind !== undefined) await behind;
      if (this.#halt.isStopped()) return;
      const next = await this.#rows.next();
      if (next.done === true) {
        this.#exhausted = true;
        return;
      }
      const target = next.value;
      if (state.ended(target.row)) continue;
      if (this.#settleOnly !== undefined && !isInDoubt(state.open.get(target.row))) continue;
      if (!this.#primed) await this.#prime();
      if (this.#halt.isStopped()) return;
      const open = state.open.get(target.row);
      this.#runner.start(
        open === undefined ? freshRow(target, steps) : resumedRow(target, spec, open),
      );
      begun += 1;
    }
  }

  /** An attempt is marked with Okta's clock; before the first answer, a cheap read tells it. */
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

  /** Acts on the first rows alone, and reads them back before any other is begun. */
  async #canary(count: number): Promise<void> {
    const rows: CanaryRow[] = [];
    this.#ledger.onEnded = ({ target, mainMark, tries }, { outcome, reason }) => {
      const { row, userId } = target;
      rows.push({ row, userId, outcome, reason, mark: mainMark ?? tries.firstMark });
    };
    this.#emit({ type: 'canary', phase: 'started', rows: count });
    let acted: readonly CanaryRow[] = [];
    // Rows that are skipped at the last moment try nothing out: others take their place.
    while (acted.length < count && !this.#exhausted && !this.#halt.isStopped()) {
      await this.#feed(count - acted.length);
      await this.#runner.quiet();
      // All canary rows refused alike is not a bad canary but a credential that may do nothing.
      this.#runner.refusals.condemn();
      await this.#ledger.room(1);
      acted = rows.filter(({ outcome }) => outcome !== 'skipped');
    }
    this.#ledger.onEnded = undefined;
    if (this.#halt.isStopped() || acted.length === 0) return;
    const seen: SeenUser[] = [];
    const detail = await this.#lookAtCanary(acted, seen).catch((error: unknown) => {
      if (!this.#halt.isStopped()) throw error;
      return 'the run was stopped before the canary was read back';
    });
    // Not `stopped`: a stop that came after the last read does not undo what was seen.
    const phase = detail === undefined ? 'verified' : 'failed';
    if (phase === 'failed' && this.#halt.isStopped()) return;
    this.#emit({ type: 'canary', phase, rows: acted.length });
    if (detail !== undefined) this.#halt.request({ kind: 'canary', detail });
    else {
      this.#note({ kind: 'canary-verified', rows: acted.length });
      await this.#askToGoOn(acted.length, seen);
    }
  }

  /** Returns what is wrong with the canary; undefined where nothing is. Rejects when the run stops meanwhile. */
  async #lookAtCanary(rows: readonly CanaryRow[], seen: SeenUser[]): Promise<string | undefined> {
    const { writer, clock, inspectCanary } = this.#ports;
    const { patience, concurrency } = this.#options;
    const signal = this.#halt.stopping;
    const emit = (event: AppEvent) => this.#emit(event);
    const onSeen = (user: SeenUser) => seen.push(user);
    const ports = { clock, patience, emit, concurrency, signal, onSeen };
    const wrong = await readBack(rows, writer, ports);
    return wrong ?? (await inspectCanary?.(rows, signal));
  }

  /** Waits for a yes to what is left, where somebody can be asked. */
  async #askToGoOn(done: number, seen: readonly SeenUser[]): Promise<void> {
    const { goOn } = this.#ports;
    if (goOn === undefined || this.#exhausted) return;
    const yes = await isYes(goOn, seen, this.#halt.stopping);
    if (this.#halt.isStopped()) return;
    if (yes) this.#note({ kind: 'consented', rows: done });
    else this.#halt.request({ kind: 'declined', done });
  }

  #note(note: NoteRecord['note']): void {
    this.#ledger.write({ kind: 'note', at: this.#ledger.now(), note });
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
      // A face that breaks must not stop a run that works.
    }
  }
}
