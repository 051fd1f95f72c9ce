import type { Clock } from '../../src/domain/clock.ts';

/** Holds the answers of an org, so that what happens meanwhile can be observed without a race. */
export class Gate {
  #left = Infinity;
  readonly #held: (() => void)[] = [];

  /** The org's clock: each answer sleeps twice by it, before it acts and after. */
  clock(clock: Clock): Clock {
    return {
      ...clock,
      sleep: async (ms, signal) => {
        if (this.#left > 0) this.#left -= 1;
        else await new Promise<void>((resolve) => this.#held.push(resolve));
        await clock.sleep(ms, signal);
      },
    };
  }

  /** Lets this many more requests through, and holds those after them. */
  letThrough(requests: number): void {
    this.#left = requests * 2;
  }

  open(): void {
    this.#left = Infinity;
    for (const go of this.#held.splice(0)) go();
  }
}
