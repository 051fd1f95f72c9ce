import type { Clock, Random, ServerClock } from '../domain/clock.ts';
import type { Pause, Permit, RateObservation } from '../domain/org/pacing.ts';
import type { BucketTraffic } from '../domain/run/summary.ts';
import type { WaitCause } from '../domain/run/wait.ts';
import { Bucket, type BucketRules } from './bucket.ts';
import { LIMITS } from './limits.ts';
import { OwnPace, spacingMs, type OwnPaceRules } from './own-pace.ts';
import type { Slots } from './slots.ts';
import type { BucketCall } from './window.ts';

export interface PacingOptions extends BucketRules, OwnPaceRules {
  /** The most calls in flight over all buckets. */
  readonly maxInFlight: number;
  /** The bucket that our own pace applies to. All its calls count, including reads and repeats. */
  readonly writeBucket: string;
}

export interface PacingPorts {
  readonly clock: Clock;
  readonly serverClock: Pick<ServerClock, 'nowMs'>;
  readonly random: Random;
  /** Called once per wait of a bucket that is long enough to report. */
  readonly onPause?: (pause: Pause) => void;
}

/** What the gates of an org share. `onEnd`: a call has ended, and any gate can use its slot. */
type GatePorts = PacingPorts & { readonly slots: Slots; readonly onEnd: () => void };

interface Waiter {
  readonly signal: AbortSignal;
  readonly resolve: (permit: Permit) => void;
  readonly reject: (reason: unknown) => void;
}

/** Lets the calls of one bucket through, first come, first served. */
export class Gate {
  readonly #name: string;
  readonly bucket: Bucket;
  readonly #ownPace: OwnPace | undefined;
  readonly #ports: GatePorts;
  readonly #waiters = new Set<Waiter>();
  readonly #heeded = new WeakSet<AbortSignal>();
  readonly #traffic = { calls: 0, throttled: 0, waitedMs: 0 };
  #lastStartMs = -Infinity;
  #alarmMs = Infinity;
  /** Since when callers have been waiting for something other than a call in flight. */
  #pausedMs: number | undefined;
  #toldUntilMs = -Infinity;
  readonly #ending = new AbortController();

  constructor(name: string, options: PacingOptions, ports: GatePorts) {
    this.#name = name;
    this.bucket = new Bucket(name, options);
    this.#ports = ports;
    const everyMs = name === options.writeBucket ? spacingMs(options) : 0;
    if (everyMs > 0) this.#ownPace = new OwnPace(everyMs, () => this.turn());
  }

  /** Resolves when the caller's call can start. Rejects with the signal's reason, in which case nothing is used up. */
  enter(signal: AbortSignal): Promise<Permit> {
    return new Promise((resolve, reject) => {
      this.#ending.signal.throwIfAborted();
      signal.throwIfAborted();
      this.#heed(signal);
      this.#waiters.add({ signal, resolve, reject });
      this.turn();
    });
  }

  /** Tells whether one more caller would wait only for a call in flight to end. */
  isOpen(): boolean {
    const nowMs = this.#ports.clock.monotonicMs();
    const isWide = this.#ownPace === undefined && this.#ports.slots.isWide(nowMs);
    return isWide && this.bucket.room(nowMs).calls > this.#waiters.size;
  }

  /** Lets through every call that can start now. */
  turn(): void {
    for (const waiter of this.#waiters) {
      if (!this.#mayStart()) return;
      this.#waiters.delete(waiter);
      waiter.resolve(this.#start());
    }
  }

  traffic(): BucketTraffic {
    return { bucket: this.#name, ...this.#traffic };
  }

  /** Rejects all waiting callers, and leaves no timer behind. */
  close(reason: Error): void {
    this.#ending.abort(reason);
    this.#ownPace?.close();
    this.#dismiss(reason);
  }

  /** Adds one listener per signal, because the workers of a run share one, and Node warns of a leak beyond ten. */
  #heed(signal: AbortSignal): void {
    if (this.#heeded.has(signal)) return;
    this.#heeded.add(signal);
    const onAbort = () => this.#dismiss(signal.reason, signal);
    signal.addEventListener('abort', onAbort, { once: true });
  }

  #dismiss(reason: unknown, signal?: AbortSignal): void {
    for (const waiter of this.#waiters) {
      if (signal !== undefined && waiter.signal !== signal) continue;
      this.#waiters.delete(waiter);
      waiter.reject(reason);
    }
  }

  #mayStart(): boolean {
    const { clock, slots } = this.#ports;
    const nowMs = clock.monotonicMs();
    const { calls, untilMs, cause } = this.bucket.room(nowMs);
    if (calls < 1) {
      this.#wakeAt(untilMs, nowMs);
      return cause !== undefined && this.#pause(untilMs, nowMs, cause);
    }
    if (nowMs < slots.closedUntilMs) {
      this.#wakeAt(slots.closedUntilMs, nowMs);
      return this.#pause(slots.closedUntilMs, nowMs, 'concurrency');
    }
    if (!slots.isFree()) return false;
    if (this.#ownPace?.take() === false)
      return this.#pause(this.#lastStartMs + this.#ownPace.everyMs, nowMs, 'own-pace');
    this.#traffic.waitedMs += Math.round(nowMs - (this.#pausedMs ?? nowMs));
    this.#pausedMs = undefined;
    return true;
  }

  #start(): Permit {
    const { clock, slots, onEnd } = this.#ports;
    const nowMs = clock.monotonicMs();
    const call = this.bucket.started(nowMs);
    const rank = slots.start();
    this.#lastStartMs = nowMs;
    this.#traffic.calls += 1;
    return {
      end: (seen, sent = true) => {
        slots.end();
        if (!sent) this.#unsent(call, nowMs);
        else if (seen === undefined) this.bucket.lost(call);
        else this.#answered(call, rank, seen);
        onEnd();
      },
    };
  }

  /** Records that a call was not sent and has used nothing. The next call gets its turn if that keeps to our own pace. */
  #unsent(call: BucketCall, startedMs: number): void {
    this.#traffic.calls -= 1;
    this.bucket.unsent(call);
    const heldMs = this.#ports.clock.monotonicMs() - startedMs;
    if (heldMs <= LIMITS.ownPaceMarginMs) this.#ownPace?.giveBack();
  }

  #answered(call: BucketCall, rank: number, seen: RateObservation): void {
    const { clock, serverClock, slots } = this.#ports;
    const at = {
      monotonicMs: clock.monotonicMs(),
      wallMs: clock.nowMs(),
      serverMs: serverClock.nowMs(),
    };
    this.bucket.answered(call, seen, at);
    if (seen.status === 429) this.#traffic.throttled += 1;
    if (seen.status === 429 && seen.limit === 0) slots.refused(rank, at.monotonicMs);
    else slots.accepted(rank, at.monotonicMs);
  }

  #pause(untilMs: number, nowMs: number, cause: WaitCause): false {
    this.#pausedMs ??= nowMs;
    const waitMs = untilMs - nowMs;
    if (waitMs < LIMITS.pauseToldMs || untilMs <= this.#toldUntilMs) return false;
    // The refusals of one burst move the end of a pause only a little, which is not a new pause.
    this.#toldUntilMs = untilMs + LIMITS.pauseToldMs;
    this.#ports.onPause?.({ bucket: this.#name, waitMs: Math.round(waitMs), cause });
    return false;
  }

  /** Sets the alarm. If it rings too early, the gate only asks again. */
  #wakeAt(atMs: number, nowMs: number): void {
    if (this.#alarmMs <= atMs) return;
    this.#alarmMs = atMs;
    const ring = () => {
      if (this.#alarmMs === atMs) this.#alarmMs = Infinity;
      this.turn();
    };
    const waitMs = Math.max(1, Math.ceil(atMs - nowMs));
    this.#ports.clock.sleep(waitMs, this.#ending.signal).then(ring, () => undefined);
  }
}
