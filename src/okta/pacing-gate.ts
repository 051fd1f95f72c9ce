import type { Clock, Random } from '../domain/clock.ts';
import { createPaceBook } from './pacing-book.ts';
import type { PacingOptions, StartedCall, WaitCause } from './pacing-book.ts';
import type { Pacing, Permit } from './pacing.ts';
import { createTurnstile } from './turnstile.ts';
import type { Turnstile } from './turnstile.ts';

export interface PacingPorts {
  readonly clock: Clock;
  readonly random: Random;
  /** A bucket begins a wait worth telling; once per wait. */
  readonly onPause?: (pause: {
    readonly bucket: string;
    readonly waitMs: number;
    readonly cause: WaitCause;
  }) => void;
}

/** Waits shorter than this are the ordinary rhythm of a paced run. */
const PAUSE_TOLD_MS = 500;

interface Gate {
  readonly bucket: string;
  readonly turnstile: Turnstile<Permit>;
  /** The alarm that is set, and how to take it back. */
  alarmMs: number;
  alarm: AbortController | undefined;
  /** Since when callers have been waiting for a window, a slot or our own pace. */
  pausedMs: number | undefined;
  toldUntilMs: number;
}

/**
 * Starts the pacing of one org: a turnstile per bucket, all fed by one book. After `close` every waiter is rejected,
 * and no timer is left.
 */
export function createPacing(
  options: PacingOptions,
  ports: PacingPorts,
): Pacing & { readonly close: () => void } {
  const { clock } = ports;
  const book = createPaceBook(options, { random: ports.random, wallMs: clock.nowMs });
  const gates = new Map<string, Gate>();
  let order: readonly Gate[] = [];
  let turnFrom = 0;
  let closed = false;

  const gateOf = (bucket: string): Gate => {
    const known = gates.get(bucket);
    if (known !== undefined) return known;
    let ahead = false;
    const gate: Gate = {
      bucket,
      turnstile: createTurnstile<Permit>({
        allow: (waiting) => {
          const nowMs = clock.monotonicMs();
          const verdict = book.verdict(bucket, waiting, nowMs);
          ahead = verdict.ahead;
          if (verdict.start <= 0 && waiting > 0) {
            if (verdict.cause !== undefined) pause(gate, nowMs, verdict.nextAtMs, verdict.cause);
            if (verdict.nextAtMs !== Infinity) wakeAt(gate, nowMs, verdict.nextAtMs);
          } else if (waiting > 0) {
            resume(gate, nowMs);
          }
          return verdict;
        },
        admit: (waiting) => permit(book.start(bucket, waiting, clock.monotonicMs(), ahead)),
      }),
      alarmMs: Infinity,
      alarm: undefined,
      pausedMs: undefined,
      toldUntilMs: -Infinity,
    };
    gates.set(bucket, gate);
    order = [...gates.values()];
    return gate;
  };

  const permit = (call: StartedCall): Permit => ({
    end: (observation, sent = true) => {
      book.end(call, observation, sent, clock.monotonicMs());
      turnAll();
    },
  });

  /** A free slot is any bucket's: the gates take turns at being asked first. */
  const turnAll = (): void => {
    turnFrom += 1;
    for (let index = 0; index < order.length; index += 1) {
      const gate = order[(turnFrom + index) % order.length];
      if (gate !== undefined && gate.turnstile.waiting() > 0) gate.turnstile.turn();
    }
  };

  const wakeAt = (gate: Gate, nowMs: number, atMs: number): void => {
    // An alarm that comes too early only asks once more.
    if (closed || gate.alarmMs <= atMs) return;
    gate.alarm?.abort();
    const alarm = new AbortController();
    gate.alarm = alarm;
    gate.alarmMs = atMs;
    clock.sleep(Math.max(1, Math.ceil(atMs - nowMs)), alarm.signal).then(
      () => {
        if (gate.alarm !== alarm) return;
        gate.alarm = undefined;
        gate.alarmMs = Infinity;
        gate.turnstile.turn();
      },
      () => undefined,
    );
  };

  const pause = (gate: Gate, nowMs: number, untilMs: number, cause: WaitCause): void => {
    gate.pausedMs ??= nowMs;
    const waitMs = untilMs - nowMs;
    if (waitMs < PAUSE_TOLD_MS || untilMs <= gate.toldUntilMs) return;
    // Refusals of one burst push the end of a pause by little; that is not a new one.
    gate.toldUntilMs = untilMs + PAUSE_TOLD_MS;
    ports.onPause?.({ bucket: gate.bucket, waitMs: Math.round(waitMs), cause });
  };

  const resume = (gate: Gate, nowMs: number): void => {
    if (gate.pausedMs === undefined) return;
    book.waited(gate.bucket, nowMs - gate.pausedMs);
    gate.pausedMs = undefined;
  };

  return {
    enter: (bucket, signal) => gateOf(bucket).turnstile.enter(signal),
    isOpen: (bucket) =>
      book.isOpen(bucket, gateOf(bucket).turnstile.waiting() + 1, clock.monotonicMs()),
    expect: book.expect,
    limits: book.limits,
    traffic: book.traffic,
    serverNowMs: () => {
      const known = book.serverClock();
      return known && Math.round(clock.monotonicMs() + (known.loMs + known.hiMs) / 2);
    },
    close: () => {
      closed = true;
      for (const gate of gates.values()) {
        gate.alarm?.abort();
        gate.turnstile.close(new DOMException('The pacing is closed.', 'AbortError'));
      }
    },
  };
}
