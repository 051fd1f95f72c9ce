/** Row numbers, stored and shown as ranges: `3, 5–9`. They take little memory if neighbors are added together. */
export class RowRanges {
  readonly #ranges: [number, number][] = [];
  #count = 0;

  /** How many rows were added. */
  get count(): number {
    return this.#count;
  }

  /** Adds a row. */
  add(row: number): void {
    this.#count += 1;
    const last = this.#ranges.at(-1);
    if (last?.[1] === row - 1) last[1] = row;
    else this.#ranges.push([row, row]);
  }

  /** Returns the rows in words, with at most `most` ranges: `row 3`, `rows 3, 5–9 and 12 more`. */
  text(most: number): string {
    const shown = this.#merged().slice(0, most);
    const told = shown.reduce((sum, [from, to]) => sum + to - from + 1, 0);
    const words = shown.map(([from, to]) => (from === to ? String(from) : `${from}–${to}`));
    const more = this.#count > told ? ` and ${this.#count - told} more` : '';
    return `${this.#count === 1 ? 'row' : 'rows'} ${words.join(', ')}${more}`;
  }

  /** The ranges in ascending order, with neighbors combined. */
  #merged(): readonly (readonly [number, number])[] {
    const merged: [number, number][] = [];
    for (const [from, to] of this.#ranges.toSorted(([a], [b]) => a - b)) {
      const last = merged.at(-1);
      if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
      else merged.push([from, to]);
    }
    return merged;
  }
}
