import { performance } from 'node:perf_hooks';
import type { Clock } from '../src/domain/clock.ts';
import { host } from '../src/host.ts';

const TICK_MS = 2;
/** This many ticks in a row in which nothing came and no file was in use: everything waits for the clock. */
const STILL_TICKS = 4;

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** How often the event loop has had something to do, except for timers. */
const eventsSeen = () => performance.nodeTiming.uvMetricsInfo.events;

/** A file or a name is being read: its answer will come, however slow the disk is. */
const isAtWork = (kind: string) => /^(FSReq|CloseReq|GetAddrInfoReq)/.test(kind);
const filesAtWork = () => process.getActiveResourcesInfo().some(isAtWork);

/**
 * A clock that runs at real time while anything happens in this process, and skips to the next waker when nothing does: a
 * wait of minutes takes milliseconds, and a slow disk makes no call late. For okta-reset and the org in one process.
 *
 * It skips at least `leastSkipMs`, because some screens tick each second: a sleep that ends before that ends late.
 */
export function skippingClock({ leastSkipMs = 3000 } = {}): Clock {
  const real = host.clock;
  let skippedMs = 0;
  const sleepers = new Set<Sleeper>();
  let ticking: NodeJS.Timeout | undefined;
  let still = 0;
  let before = eventsSeen();
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
    const events = eventsSeen();
    still = wakeDue() || events !== before || filesAtWork() ? 0 : still + 1;
    before = events;
    if (still >= STILL_TICKS && sleepers.size > 0) {
      const nextMs = Math.min(...[...sleepers].map(({ atMs }) => atMs));
      skippedMs += Math.max(leastSkipMs, nextMs - monotonicMs());
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
