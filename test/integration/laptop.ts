import type { Clock } from '../../src/domain/clock.ts';
import { fastClock } from './rig.ts';

/** A laptop whose lid can be shut, while the rest of the world continues. */
export interface Laptop {
  /** The world's time: Okta's, and that of a laptop whose monotonic clock counts its sleep (macOS, Windows). */
  readonly world: Clock;
  /** The time of a laptop whose monotonic clock and timers stop while it sleeps (Linux). */
  readonly standing: Clock;
  /** Lets this much time pass at once, as between shutting the lid and opening it. */
  readonly sleep: (ms: number) => void;
}

/** Opens a laptop; awake, its time passes at this many times the real pace. */
export function openLaptop(speed: number): Laptop {
  const awake = fastClock(speed);
  const wakers = new Set<() => void>();
  let sleptMs = 0;
  const monotonicMs = () => awake.monotonicMs() + sleptMs;
  const nowMs = () => awake.nowMs() + sleptMs;
  const world: Clock = {
    nowMs,
    monotonicMs,
    sleep: async (ms, signal) => {
      const untilMs = monotonicMs() + ms;
      for (let leftMs = ms; leftMs > 0; leftMs = untilMs - monotonicMs()) {
        const jump = new AbortController();
        const wake = () => jump.abort();
        wakers.add(wake);
        const either = signal === undefined ? jump.signal : AbortSignal.any([signal, jump.signal]);
        await awake.sleep(leftMs, either).catch(() => signal?.throwIfAborted());
        wakers.delete(wake);
      }
      signal?.throwIfAborted();
    },
  };
  return {
    world,
    standing: { ...awake, nowMs },
    sleep: (ms) => {
      sleptMs += ms;
      for (const wake of wakers) wake();
    },
  };
}
