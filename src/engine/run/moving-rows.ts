/**
 * Counts the rows that continue by themselves (in the queue, calling, or waiting), and wakes those who wait for a
 * change.
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

  /** Something that others might wait for has changed. */
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
