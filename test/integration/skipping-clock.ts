import { performance } from 'node:perf_hooks';
import type { Clock } from '../../src/domain/clock.ts';
import { host } from '../../src/host.ts';

const TICK_MS = 5;
/** So many ticks in a row with nothing to do: everybody waits for the clock. */
const STILL_TICKS = 4;
const STILL_SHARE = 0.3;
/** Skips at least so far: some screens tick each second. Whoever wanted to wake earlier wakes late, as on any busy machine. */
const LEAST_SKIP_MS = 3000;

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/**
 * A clock that runs at the world's pace while anything happens in this process, and skips to the next waker when nothing
 * does: a wait of minutes takes milliseconds, and a busy machine makes no call late. For product and org in one process.
 */
export function skippingClock(): Clock {
  const real = host.clock;
  let skippedMs = 0;
  const sleepers = new Set<Sleeper>();
  let ticking: NodeJS.Timeout | undefined;
  let still = 0;
  let before = performance.eventLoopUtilization();
  const monotonicMs = () => real.monotonicMs() + skippedMs;

  const wakeDue = (): boolean => {
    const due = [...sleepers].filter(({ atMs }) => atMs <= monotonicMs());
    for (const sleeper of due) {
      sleepers.delete(sleeper);
      sleeper.wake();
    }
    return due.length > 0;
  };
  const tick = () => {
    ticking = undefined;
    const { utilization } = performance.eventLoopUtilization(before);
    before = performance.eventLoopUtilization();
    still = wakeDue() || utilization > STILL_SHARE ? 0 : still + 1;
    if (still >= STILL_TICKS && sleepers.size > 0) {
      const nextMs = Math.min(...[...sleepers].map(({ atMs }) => atMs));
      skippedMs += Math.max(LEAST_SKIP_MS, nextMs - monotonicMs());
      still = 0;
      wakeDue();
    }
    arm();
  };
  const arm = () => {
    if (sleepers.size > 0) ticking ??= setTimeout(tick, TICK_MS);
  };

  return {
    monotonicMs,
    nowMs: () => real.nowMs() + skippedMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason as Error);
          return;
        }
        const onAbort = () => {
          sleepers.delete(sleeper);
          reject(signal?.reason as Error);
        };
        const sleeper: Sleeper = {
          atMs: monotonicMs() + ms,
          wake: () => {
            signal?.removeEventListener('abort', onAbort);
            resolve();
          },
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        sleepers.add(sleeper);
        arm();
      }),
  };
}
