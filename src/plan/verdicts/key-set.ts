import { hashKey } from './key-hash.ts';

const LEAST_CAPACITY = 1024;
/** The share of slots in use at which the table doubles. */
const FULL = 0.75;

/**
 * A set of texts that stores 64 bits of each: 11 to 21 bytes per text whatever its length, and no object per text. The odds
 * that two of n different texts are confused are n² / 2⁶⁵: 1 in 37 million for a set of a million.
 */
export class KeySet {
  #capacity = LEAST_CAPACITY;
  /** Two words per slot. An empty slot is 0, 0. */
  #slots = new Uint32Array(2 * LEAST_CAPACITY);
  #size = 0;
  readonly #hash = new Uint32Array(2);

  get size(): number {
    return this.#size;
  }

  /** Adds a text; false if it was there already. */
  add(text: string): boolean {
    const slot = this.#find(text);
    if (this.#slots[slot] !== 0 || this.#slots[slot + 1] !== 0) return false;
    this.#slots.set(this.#hash, slot);
    this.#size += 1;
    if (this.#size > this.#capacity * FULL) this.#grow();
    return true;
  }

  has(text: string): boolean {
    const slot = this.#find(text);
    return this.#slots[slot] !== 0 || this.#slots[slot + 1] !== 0;
  }

  #find(text: string): number {
    hashKey(text, this.#hash);
    return this.#slotOf(this.#hash[0] ?? 0, this.#hash[1] ?? 0);
  }

  /** Returns the slot of a hash: the one it is in, or the empty one that it would go to. */
  #slotOf(high: number, low: number): number {
    const mask = this.#capacity - 1;
    for (let at = low & mask; ; at = (at + 1) & mask) {
      const slot = 2 * at;
      const a = this.#slots[slot];
      const b = this.#slots[slot + 1];
      if ((a === high && b === low) || (a === 0 && b === 0)) return slot;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#capacity *= 2;
    this.#slots = new Uint32Array(2 * this.#capacity);
    for (let slot = 0; slot < old.length; slot += 2) {
      const high = old[slot] ?? 0;
      const low = old[slot + 1] ?? 0;
      const free = this.#slotOf(high, low);
      this.#slots[free] = high;
      this.#slots[free + 1] = low;
    }
  }
}
