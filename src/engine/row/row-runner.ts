import PQueue from 'p-queue';
import type { Clock, Random } from '../../domain/clock.ts';
import type { Emit } from '../../domain/run/event.ts';
import { answered, begin } from './attempt.ts';
import type { Halt } from '../run/halt.ts';
import { Doubts } from '../doubt/doubts.ts';
import { Lanes } from '../run/lane.ts';
import type { Ledger } from '../run/ledger.ts';
import type { LogDesk } from '../doubt/log-desk.ts';
import { Outage } from '../run/outage.ts';
import { Parking } from '../run/parking.ts';
import { Probation } from '../run/probation.ts';
import { factsOf } from '../run/progress.ts';
import type { Progress } from '../run/progress.ts';
import { logged, wasRead } from '../doubt/reconcile.ts';
import { TempPasswordCall } from './temp-password-call.ts';
import type { Sender } from './sender.ts';
import { currentStep, end, SILENT_CALLS } from './transition.ts';
import type { Circumstances, Ending, Transition } from './transition.ts';

export interface RunnerParts {
  readonly circumstances: Omit<Circumstances, 'silentCalls' | 'random' | 'orgNowMs'>;
  /** Rows that may be at Okta, or on their way there, at once. */
  readonly places: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly emit: Emit;
  readonly halt: Halt;
  readonly ledger: Ledger;
  readonly sender: Sender;
  readonly log: LogDesk;
  /** An earlier invocation learned that the org gives temporary passwords on the split endpoint only. */
  readonly tempPasswordSplit: boolean;
  /** Nothing may be sent: a row that is settled is given back where it has more to send. */
  readonly settleOnly: boolean;
}

/**
 * Carries out the commands of the rows under way. A row holds one of the places while it calls Okta, and none
 * while it waits. Rows that were begun go before new ones.
 */
export class RowRunner {
  readonly #parts: RunnerParts;
  readonly #queue: PQueue;
  readonly #lanes = new Lanes();
  readonly #probation: Probation;
  readonly #parking: Parking;
  readonly #outage: Outage;
  readonly #around: Circumstances;
  readonly #doubts: Doubts;
  readonly #tempPassword: TempPasswordCall;
  /** Rows that move by themselves: in the queue, calling, or waiting. */
  #moving = 0;
  #watchers: (() => void)[] = [];
  #reissued = 0;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    const { circumstances, random, sender } = parts;
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
    this.#parking = new Parking(parts.clock, parts.places);
    this.#outage = new Outage(parts.clock, parts.emit);
    this.#doubts = new Doubts(parts.emit);
    this.#tempPassword = new TempPasswordCall(parts.tempPasswordSplit);
    this.#probation = new Probation((stop) => parts.halt.request(stop));
    // Those who wait for room have nothing to wait for any more.
    parts.halt.stopping.addEventListener('abort', () => this.#changed(), { once: true });
  }

  get probation(): Probation {
    return this.#probation;
  }

  /** Secrets issued again. */
  get reissued(): number {
    return this.#reissued;
  }

  /** Calls under way or about to be. */
  get inFlight(): number {
    return this.#queue.pending;
  }

  /** Begins a row. Call it when there is `room`. */
  start(progress: Progress): void {
    this.#moving += 1;
    this.#enqueue(this.#taken(progress, begin(progress, this.#around)), 0);
  }

  /** Resolves when another row may be begun, or the run stops. */
  async room(): Promise<void> {
    const { places, halt, sender } = this.#parts;
    while (!halt.isStopped() && this.#parking.isFull(sender.silentWrites >= SILENT_CALLS))
      await this.#change();
    // In batches: to wait for each single place costs more than all the rest of taking a row up.
    if (this.#queue.size >= places) await this.#queue.onSizeLessThan(Math.ceil(places / 2));
  }

  /** Resolves when every row has ended, was given back, or is held. */
  async quiet(): Promise<void> {
    while (this.#moving > 0) await this.#change();
  }

  /** Does what a transition asks for beside its command, once. */
  #taken(before: Progress, now: Transition): Transition {
    const { ledger, halt, clock, emit } = this.#parts;
    const { progress, settled } = now;
    if (settled !== undefined) ledger.settled(progress, settled);
    if (this.#tempPassword.learn(before.steps, progress.steps))
      ledger.note({ kind: 'temp-password-split' });
    if (progress.reissued > before.reissued) this.#reissued += 1;
    if (now.agentAway) {
      const text = this.#lanes.away(progress.target, clock.monotonicMs());
      if (text !== undefined) emit({ type: 'message', level: 'warning', text });
    }
    this.#outage.watch(now, this.#around);
    this.#doubts.watch(now, this.#around);
    if (now.halt !== undefined) halt.request(now.halt);
    return now;
  }

  #enqueue(transition: Transition, priority: number): void {
    void this.#queue
      .add(() => this.#drive(transition), { priority })
      .catch((error: unknown) => {
        this.#parts.halt.crash(error);
        this.#gone();
      });
  }

  async #drive(first: Transition): Promise<void> {
    let now: Transition | undefined = first;
    while (now !== undefined) now = await this.#carryOut(now);
  }

  /** Carries out a command; returns undefined when the row needs its place no longer. */
  async #carryOut({ progress, command }: Transition): Promise<Transition | undefined> {
    const { sender, halt, settleOnly } = this.#parts;
    switch (command.kind) {
      case 'send': {
        if (halt.isStopped() || settleOnly) {
          this.#leave();
          return undefined;
        }
        const lane = this.#lanes.of(progress.target);
        const laneMs = lane?.waitMs(this.#parts.clock.monotonicMs()) ?? 0;
        if (laneMs === 'closed') return this.#laneClosed(progress);
        const waitMs = Math.max(command.afterMs, laneMs);
        if (waitMs > 0) {
          this.#park({ progress, command: { kind: 'send', afterMs: 0 } }, waitMs);
          return undefined;
        }
        const row = { ...progress, steps: this.#tempPassword.stepsOf(progress.steps) };
        const step = currentStep(row);
        const asked = this.#tempPassword.pending(step);
        if (asked !== undefined) {
          this.#wait(this.#parking.hold(asked), () => ({ progress, command }));
          return undefined;
        }
        const sent = await this.#tempPassword.send(step, () =>
          sender.send(row, step, this.#around),
        );
        if (sent === undefined) {
          this.#leave();
          return undefined;
        }
        if (sent.kind === 'other') {
          this.#tempPassword.unanswered();
          return this.#taken(row, sent.transition);
        }
        const next = this.#taken(row, answered(sent.progress, sent.end, this.#around));
        if (sent.end.kind === 'ok') lane?.back();
        this.#judge(sent.end, next);
        return next;
      }
      case 'read': {
        if (command.afterMs > 0) {
          this.#park({ progress, command: { kind: 'read', afterMs: 0 } }, command.afterMs);
          return undefined;
        }
        const answer = await sender.read(progress);
        if (answer === undefined) {
          this.#leave();
          return undefined;
        }
        return this.#taken(progress, wasRead(progress, answer.answer, answer.atMs, this.#around));
      }
      case 'ask-log':
        this.#ask(progress);
        return undefined;
      case 'end':
        await this.#end(progress, command.ending);
        return undefined;
      case 'leave':
        this.#leave();
        return undefined;
      default: {
        const never: never = command;
        return never;
      }
    }
  }

  /** Only an answer on the merits says something about the credential; throttles and faults do not. */
  #judge(write: Parameters<typeof answered>[1], next: Transition): void {
    const suspect = next.command.kind === 'end' && next.command.ending.suspect !== undefined;
    const { status } = write.kind === 'ok' ? write.call : write.failure;
    const onMerits = write.kind === 'ok' || (write.failure.kind === 'okta' && status !== 429);
    if (onMerits && !suspect && (status ?? 0) < 500) this.#probation.clear();
  }

  async #end(progress: Progress, ending: Ending): Promise<void> {
    const { ledger } = this.#parts;
    const { suspect: stop } = ending;
    if (stop === undefined) ledger.end(progress, ending);
    else {
      if (progress.mark !== undefined)
        ledger.settled(progress, {
          mark: progress.mark,
          effect: 'not-applied',
          reconciled: false,
          facts: ending.facts,
        });
      this.#probation.suspect({
        stop,
        release: () => ledger.end(progress, ending),
        leave: () => ledger.left(),
      });
    }
    this.#gone();
    await ledger.room();
  }

  #laneClosed(progress: Progress): Transition | undefined {
    if (progress.failure === undefined) {
      this.#leave();
      return undefined;
    }
    return end(progress, 'failed', 'agent-unavailable', factsOf(progress.failure));
  }

  /** Lets the row wait for the System Log without a place. */
  #ask(progress: Progress): void {
    const { mark, target, doubt } = progress;
    if (mark === undefined) throw new Error('The log is asked about an attempt that is not there.');
    const asked = { userId: target.userId, mark, decides: doubt?.showsNone !== true };
    this.#wait(this.#parking.hold(this.#parts.log.ask(asked)), (found) =>
      this.#taken(progress, logged(progress, found, this.#around)),
    );
  }

  /** Lets the row wait without a place. A stop ends the wait; what is in doubt stays open in the journal. */
  #park(transition: Transition, ms: number): void {
    this.#wait(this.#parking.wait(ms, this.#parts.halt.stopping), () => transition);
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
      .finally(() => this.#changed());
  }

  #leave(): void {
    this.#parts.ledger.left();
    this.#gone();
  }

  #gone(): void {
    this.#moving -= 1;
    this.#changed();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#watchers.push(resolve));
  }

  #changed(): void {
    const watchers = this.#watchers;
    if (watchers.length === 0) return;
    this.#watchers = [];
    for (const wake of watchers) wake();
  }
}
