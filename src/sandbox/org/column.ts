type Numbers = Uint8Array | Uint32Array | Float64Array;

/** A growing list of numbers that takes little memory: at most eight bytes per value, and no object per row. */
export class Column {
  #values: Numbers;
  #length = 0;

  constructor(values: Numbers) {
    this.#values = values;
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new (this.#values.constructor as new (length: number) => Numbers)(
        Math.max(1024, this.#length * 2),
      );
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  at(index: number): number {
    return this.#values[index] ?? 0;
  }
}
