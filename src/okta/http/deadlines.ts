import type { Clock } from '../../domain/clock.ts';

/** Something with a time limit. */
export interface Expirable {
  /** On the monotonic clock; set by `watch`. */
  deadlineMs: number;
  readonly expire: () => void;
}

/** Ends whatever takes longer than the time limit that all calls share. One sleep serves any number of calls. */
export interface Deadlines {
  readonly watch: (call: Expirable) => void;
  readonly forget: (call: Expirable) => void;
  readonly close: () => void;
}

/** Makes time limits of `timeoutMs`, counted from the call of `watch`. */
export function createDeadlines(clock: Clock, timeoutMs: number): Deadlines {
  // The limit is the same for all, so they end in the order in which they came.
  const calls = new Set<Expirable>();
  const closing = new AbortController();
  let running = false;

  async function run(): Promise<void> {
    for (;;) {
      // Not `for (const call of calls)`, because an iterator that lives during the sleep keeps everything that was in the
      // set.
      const [call] = calls;
      if (call === undefined) break;
      const leftMs = call.deadlineMs - clock.monotonicMs();
      if (leftMs > 0) {
        await clock.sleep(leftMs, closing.signal);
        if (!calls.has(call)) continue;
      }
      calls.delete(call);
      call.expire();
    }
    running = false;
  }

  return {
    watch: (call) => {
      call.deadlineMs = clock.monotonicMs() + timeoutMs;
      calls.add(call);
      if (running || closing.signal.aborted) return;
      running = true;
      // It was closed during the sleep, so there is nothing left to end.
      run().catch(() => undefined);
    },
    forget: (call) => calls.delete(call),
    close: () => closing.abort(),
  };
}
