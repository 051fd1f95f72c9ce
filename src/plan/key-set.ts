const LEAST_CAPACITY = 1024;
/** Share of slots taken before the table doubles. */
const FULL = 0.75;

/**
 * A set of texts that keeps 64 bits of each: 11 to 21 bytes per text, whatever its length, and no object per text.
 * Two different texts of n are taken for one with odds of n² / 2⁶⁵: 1 in 37 million for a set of a million.
 */
export class KeySet {
  #capacity = LEAST_CAPACITY;
  /** Two words per slot; 0, 0 is an empty slot. */
  #slots = new Uint32Array(2 * LEAST_CAPACITY);
  #size = 0;
  #high = 0;
  #low = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds a text; false if it was there already. */
  add(text: string): boolean {
    this.#hash(text);
    const slot = this.#slotOf(this.#high, this.#low);
    if (this.#slots[slot] !== 0 || this.#slots[slot + 1] !== 0) return false;
    this.#slots[slot] = this.#high;
    this.#slots[slot + 1] = this.#low;
    this.#size += 1;
    if (this.#size > this.#capacity * FULL) this.#grow();
    return true;
  }

  has(text: string): boolean {
    this.#hash(text);
    const slot = this.#slotOf(this.#high, this.#low);
    return this.#slots[slot] !== 0 || this.#slots[slot + 1] !== 0;
  }

  /** Two lanes of 32 bits, each turned after every character so that no bit depends on the low bits alone. */
  #hash(text: string): void {
    let a = 0x9e37_79b9 ^ text.length;
    let b = 0x85eb_ca6b;
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      a = Math.imul(a ^ unit, 0xcc9e_2d51);
      a = (a << 13) | (a >>> 19);
      b = Math.imul(b ^ unit, 0x1b87_3593);
      b = (b << 17) | (b >>> 15);
    }
    a = Math.imul(a ^ (a >>> 16), 0x85eb_ca6b) ^ Math.imul(b ^ (b >>> 15), 0xc2b2_ae35);
    b = Math.imul(b ^ (b >>> 16), 0x85eb_ca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2_ae35);
    this.#high = (a ^ (a >>> 16)) >>> 0;
    this.#low = (b ^ (b >>> 16)) >>> 0;
    if (this.#high === 0 && this.#low === 0) this.#low = 1;
  }

  /** Returns where the slot of a hash begins: its own, or the empty one it would go to. */
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
      if (high === 0 && low === 0) continue;
      const free = this.#slotOf(high, low);
      this.#slots[free] = high;
      this.#slots[free + 1] = low;
    }
  }
}
