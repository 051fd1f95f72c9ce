/**
 * Counts the rows that will continue without another event (in the queue, calling, or waiting), and wakes those who wait for
 * a change.
 */
export class MovingRows {
  #count = 0;
  #watchers: (() => void)[] = [];

  begun(): void {
    this.#count += 1;
  }

  gone(): void {
    this.#count -= 1;
    this.changed();
  }

  /** Wakes everyone who waits for a change. */
  changed(): void {
    const watchers = this.#watchers;
    if (watchers.length === 0) return;
    this.#watchers = [];
    for (const wake of watchers) wake();
  }

  /** Resolves at the next change. */
  change(): Promise<void> {
    return new Promise((resolve) => this.#watchers.push(resolve));
  }

  /** Resolves when no row is in progress. */
  async none(): Promise<void> {
    while (this.#count > 0) await this.change();
  }
}
