/** Rows by number, kept and told as ranges: `3, 5–9`. Takes little memory where neighbours share a fate. */
export class RowRanges {
  readonly #ranges: [number, number][] = [];
  #count = 0;

  /** How many rows were added. */
  get count(): number {
    return this.#count;
  }

  /** Adds a row; those that come in ascending order are told in the fewest words. */
  add(row: number): void {
    this.#count += 1;
    const last = this.#ranges.at(-1);
    if (last?.[1] === row - 1) last[1] = row;
    else this.#ranges.push([row, row]);
  }

  /** The rows in words, at most `most` ranges of them: `row 3`, `rows 3, 5–9 and 12 more`. */
  text(most: number): string {
    const shown = this.#ranges.slice(0, most);
    const told = shown.reduce((sum, [from, to]) => sum + to - from + 1, 0);
    const words = shown.map(([from, to]) => (from === to ? String(from) : `${from}–${to}`));
    const more = this.#count > told ? ` and ${this.#count - told} more` : '';
    return `${this.#count === 1 ? 'row' : 'rows'} ${words.join(', ')}${more}`;
  }
}
