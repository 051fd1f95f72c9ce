import type { Clock } from '../../src/domain/clock.ts';

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** Time that passes only when nothing else is left to do: hours of waits in milliseconds, in a fixed order. */
export class VirtualClock implements Clock {
  #elapsedMs = 0;
  #sleepers: Sleeper[] = [];
  #pumping = false;
  readonly #startMs = 1_700_000_000_000;

  readonly nowMs = (): number => this.#startMs + this.#elapsedMs;
  readonly monotonicMs = (): number => 5_000 + this.#elapsedMs;

  readonly sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const onAbort = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal?.reason as Error);
      };
      const sleeper: Sleeper = {
        atMs: this.#elapsedMs + Math.max(0, ms),
        wake: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      // After those with the same time: first come, first woken.
      const at = this.#sleepers.findIndex((other) => other.atMs > sleeper.atMs);
      this.#sleepers.splice(at < 0 ? this.#sleepers.length : at, 0, sleeper);
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#pump();
    });

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    // All promises that can settle have settled when an immediate comes.
    setImmediate(() => {
      this.#pumping = false;
      const next = this.#sleepers.shift();
      if (next === undefined) return;
      this.#elapsedMs = Math.max(this.#elapsedMs, next.atMs);
      next.wake();
      if (this.#sleepers.length > 0) this.#pump();
    });
  }
}
