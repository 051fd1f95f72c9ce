import type { Clock } from '../../src/domain/clock.ts';

/** A clock that the test moves. It wakes everyone who sleeps. */
export class HandClock implements Clock {
  #nowMs = 1000;
  #sleepers: { readonly untilMs: number; readonly wake: () => void }[] = [];

  readonly nowMs = () => this.#nowMs + 1_700_000_000_000;
  readonly monotonicMs = () => this.#nowMs;
  readonly sleep = (ms: number) =>
    new Promise<void>((wake) => this.#sleepers.push({ untilMs: this.#nowMs + ms, wake }));

  async move(ms: number): Promise<void> {
    this.#nowMs += ms;
    const due = this.#sleepers.filter(({ untilMs }) => untilMs <= this.#nowMs);
    this.#sleepers = this.#sleepers.filter((sleeper) => !due.includes(sleeper));
    for (const { wake } of due) wake();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
