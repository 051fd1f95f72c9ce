import PQueue from 'p-queue';
import { isBound } from '../../domain/plan/action.ts';
import type { Clock, Random } from '../../domain/clock.ts';
import type { Emit } from '../../domain/run/event.ts';
import type { RunState } from '../../domain/run/journal-record.ts';
import { answered, begin, type WriteEnd } from './answered.ts';
import { BoundRows } from '../run/bound-rows.ts';
import type { Halt } from '../run/halt.ts';
import { Doubts } from '../doubt/doubts.ts';
import { DirectoryAgents } from '../run/directory-agents.ts';
import type { Ledger } from '../run/ledger.ts';
import type { LogQuestions } from '../doubt/log-questions.ts';
import { MovingRows } from '../run/moving-rows.ts';
import { Outage } from '../run/outage.ts';
import { WaitingRows } from '../run/waiting-rows.ts';
import { CommonRefusal } from '../run/common-refusal.ts';
import { factsOf, pendingMark } from './active-row.ts';
import type { ActiveRow, ReadingState, RowState } from './active-row.ts';
import { logged, wasRead } from '../doubt/reconcile.ts';
import { TempPasswordCall } from './temp-password-call.ts';
import type { Sender } from './sender.ts';
import { AT_ONCE, currentStep, end, SILENT_CALLS } from './transition.ts';
import type { Circumstances, Ending, Transition } from './transition.ts';

export interface RunnerParts {
  readonly circumstances: Omit<Circumstances, 'silentCalls' | 'random' | 'orgNowMs'>;
  /** How many rows can be at Okta, or about to be sent, at once. */
  readonly places: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly emit: Emit;
  readonly halt: Halt;
  readonly ledger: Ledger;
  readonly sender: Sender;
  readonly log: LogQuestions;
  /** What earlier invocations have done and learned. */
  readonly state: RunState;
  /** Nothing must be sent: once settled, a row with steps left is given back. */
  readonly settleOnly: boolean;
}

/**
 * Carries out the commands of the rows in progress. A row occupies a place while it calls Okta, and none while it waits.
 * Rows that have begun go before new ones.
 */
export class RowRunner {
  readonly #parts: RunnerParts;
  readonly #queue: PQueue;
  readonly #agents = new DirectoryAgents();
  readonly bound = new BoundRows();
  readonly refusals: CommonRefusal;
  readonly #waiting: WaitingRows;
  readonly #outage: Outage;
  readonly #around: Circumstances;
  readonly #doubts: Doubts;
  readonly #tempPassword: TempPasswordCall;
  readonly #moving = new MovingRows();
  #reissued = 0;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    const { circumstances, random, sender, state, halt } = parts;
    this.#around = {
      ...circumstances,
      random,
      get silentCalls() {
        return sender.silentCalls;
      },
      get orgNowMs() {
        return sender.orgNowMs();
      },
    };
    this.#queue = new PQueue({ concurrency: parts.places });
    this.#waiting = new WaitingRows(parts.clock, parts.places);
    this.#outage = new Outage(parts.clock, parts.emit);
    this.#doubts = new Doubts(parts.emit);
    this.#tempPassword = new TempPasswordCall(state.tempPasswordSplit === true);
    this.refusals = new CommonRefusal(halt.request.bind(halt), (state.counts?.succeeded ?? 0) > 0);
  }

  /** How many secrets were issued again. */
  get reissued(): number {
    return this.#reissued;
  }

  /** Calls in progress or about to start. */
  get inFlight(): number {
    return this.#queue.pending;
  }

  /** Begins a row. Call it only after `room()` has resolved. */
  start(row: ActiveRow): void {
    this.#moving.begun();
    this.#enqueue(this.#taken(row, begin(row, this.#around)), 0);
  }

  /** Resolves when another row can begin; after a stop, at the next change of a row. */
  async room(): Promise<void> {
    const { places, halt, sender } = this.#parts;
    while (!halt.isStopped() && this.#waiting.isFull(sender.silentWrites >= SILENT_CALLS))
      await this.#moving.change();
    // In batches: waiting for every single place would cost more than the rest of beginning a row.
    if (this.#queue.size >= places) await this.#queue.onSizeLessThan(Math.ceil(places / 2));
  }

  /** Resolves when every row has ended, was given back, or is held. */
  async quiet(): Promise<void> {
    await this.#moving.none();
  }

  /** Records and reports what a transition asks for besides its command, once. */
  #taken(before: ActiveRow, now: Transition): Transition {
    const { ledger, halt, clock, emit } = this.#parts;
    const { row, settled } = now;
    if (settled !== undefined) ledger.settled(row, settled);
    if (this.#tempPassword.learn(before.steps, row.steps))
      ledger.note({ kind: 'temp-password-split' });
    if (row.reissued > before.reissued) this.#reissued += 1;
    if (now.agentAway) {
      const text = this.#agents.away(row.target, clock.monotonicMs());
      if (text !== undefined) emit({ type: 'message', level: 'warning', text });
    }
    this.#outage.watch(now, this.#around);
    this.#doubts.watch(now, this.#around);
    this.bound.watch(now);
    if (now.halt !== undefined) halt.request(now.halt);
    return now;
  }

  #enqueue(transition: Transition, priority: number): void {
    void this.#queue
      .add(() => this.#drive(transition), { priority })
      .catch((error: unknown) => {
        this.#parts.halt.crash(error);
        this.#moving.gone();
      });
  }

  async #drive(first: Transition): Promise<void> {
    for (let now: Transition | undefined = first; now;) now = await this.#carryOut(now);
  }

  /** Executes what comes next; returns undefined when the row no longer needs its place. */
  async #carryOut({ row, next }: Transition): Promise<Transition | undefined> {
    switch (next.kind) {
      case 'go-on':
        return this.#goOn(row, next.afterMs);
      case 'end':
        await this.#end(row, next.ending);
        return undefined;
      case 'leave':
        this.#leave();
        return undefined;
      default: {
        const never: never = next;
        return never;
      }
    }
  }

  /** Does what the state of the row requires. */
  async #goOn(row: ActiveRow, afterMs: number): Promise<Transition | undefined> {
    const { state } = row;
    switch (state.kind) {
      case 'ready':
        return this.#send(row, afterMs);
      case 'sent':
        throw new Error('An attempt without an end is reconciled before its row continues.');
      case 'asking':
        this.#ask(row, state);
        return undefined;
      case 'settling':
      case 'checking-directory':
      case 'checking-secret':
      case 'checking-state':
      case 'checking-recipient':
        if (afterMs > 0) {
          this.#pause(row, afterMs);
          return;
        }
        return this.#read(row, state);
      default: {
        const never: never = state;
        return never;
      }
    }
  }

  async #send(ready: ActiveRow, afterMs: number): Promise<Transition | undefined> {
    const { sender, halt, settleOnly, clock } = this.#parts;
    if (settleOnly || (halt.isStopped() && !isBound(ready.after, ready.steps[0]))) {
      this.#leave();
      return;
    }
    const agent = this.#agents.of(ready.target);
    const agentMs = agent?.waitMs(clock.monotonicMs()) ?? 0;
    if (agentMs === 'closed') return this.#agentStaysAway(ready);
    const waitMs = Math.max(afterMs, agentMs);
    if (waitMs > 0) {
      this.#pause(ready, waitMs);
      return;
    }
    const row = { ...ready, steps: this.#tempPassword.stepsOf(ready.steps) };
    const step = currentStep(row);
    const asked = this.#tempPassword.pending(step);
    if (asked !== undefined) {
      this.#wait(this.#waiting.hold(asked), () => ({ row: ready, next: AT_ONCE }));
      return;
    }
    const sent = await this.#tempPassword.send(step, () => sender.send(row, step, this.#around));
    if (sent === undefined) {
      this.#leave();
      return;
    }
    if (sent.kind === 'other') {
      if (step === 'temp-password') this.#tempPassword.unanswered();
      return this.#taken(row, sent.transition);
    }
    const now = this.#taken(row, answered(sent.row, sent.end, this.#around));
    if (sent.end.kind === 'ok') agent?.back();
    this.#judge(sent.end, now);
    return now;
  }

  async #read(row: ActiveRow, state: ReadingState): Promise<Transition | undefined> {
    const read = await this.#parts.sender.read(row);
    if (read) return this.#taken(row, wasRead(row, state, read, this.#around));
    this.#leave();
    return undefined;
  }

  /** Only an answer about the user says anything about the credential. Throttles and faults do not. */
  #judge(write: WriteEnd, { next }: Transition): void {
    const suspect = next.kind === 'end' && next.ending.suspect !== undefined;
    const { status } = write.kind === 'ok' ? write.call : write.failure;
    const onMerits = write.kind === 'ok' || (write.failure.kind === 'okta' && status !== 429);
    if (onMerits && !suspect && (status ?? 0) < 500) this.refusals.clear();
  }

  async #end(row: ActiveRow, ending: Ending): Promise<void> {
    const { ledger } = this.#parts;
    const { suspect: stop, facts } = ending;
    if (stop === undefined) ledger.end(row, ending);
    else {
      const mark = pendingMark(row);
      if (mark !== undefined)
        ledger.settled(row, { mark, effect: 'not-applied', reconciled: false, facts });
      const release = () => ledger.end(row, ending);
      this.refusals.suspect({ stop, release, leave: () => ledger.left() });
    }
    this.#moving.gone();
    await ledger.room();
  }

  #agentStaysAway(row: ActiveRow): Transition | undefined {
    const { failure } = row.tries;
    if (failure) return end(row, 'failed', 'agent-unavailable', factsOf(failure));
    this.#leave();
    return undefined;
  }

  /** Lets the row wait for the System Log without a place. */
  #ask(row: ActiveRow, state: Extract<RowState, { kind: 'asking' }>): void {
    const { doubt, showsNone } = state;
    const { userId } = row.target;
    const asked = this.#parts.log.ask({ userId, mark: doubt.mark, decides: !showsNone });
    this.#wait(this.#waiting.hold(asked), (found) =>
      this.#taken(row, logged(row, state, found, this.#around)),
    );
  }

  /** Lets the row wait without a place. A stop ends the wait, and whatever is in doubt stays open in the journal. */
  #pause(row: ActiveRow, ms: number): void {
    const { stopping, leaving } = this.#parts.halt;
    const signal = isBound(row.after, row.steps[0]) ? leaving : stopping;
    this.#wait(this.#waiting.wait(ms, signal), () => ({ row, next: AT_ONCE }));
  }

  #wait<T>(awaited: Promise<T>, next: (value: T) => Transition): void {
    const { halt } = this.#parts;
    awaited
      .then(
        (value) => this.#enqueue(next(value), 1),
        (error: unknown) => {
          if (!halt.isStopped()) halt.crash(error);
          this.#leave();
        },
      )
      .finally(() => this.#moving.changed());
  }

  #leave(): void {
    this.#parts.ledger.left();
    this.#moving.gone();
  }
}
