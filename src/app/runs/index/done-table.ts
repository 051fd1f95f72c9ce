import { hashKey } from '../../../plan/verdicts/key-hash.ts';

const LEAST_CAPACITY = 1024;
/** Share of slots taken before the table doubles. */
const FULL = 0.75;
/** Words of a slot: two of the hash, the second of the success, the run. Hash 0, 0 is an empty slot. */
const WORDS = 4;

/** When a user was last acted on successfully, and by which run of a list. */
export interface Done {
  /** By Okta's clock, rounded up to a whole second (epoch ms). */
  readonly doneMs: number;
  readonly run: number;
}

/**
 * The newest success of each user, over many runs: 21 to 43 bytes per user. Two users are taken for one with the odds of
 * `KeySet`.
 */
export class DoneTable {
  #capacity = LEAST_CAPACITY;
  #slots = new Uint32Array(WORDS * LEAST_CAPACITY);
  #size = 0;
  readonly #hash = new Uint32Array(2);

  get size(): number {
    return this.#size;
  }

  /** Keeps a success where it is the user's newest. */
  add(userId: string, doneMs: number, run: number): void {
    const slot = this.#find(userId);
    const second = Math.max(0, Math.ceil(doneMs / 1000));
    const isNew = this.#isEmpty(slot);
    if (!isNew && second < (this.#slots[slot + 2] ?? 0)) return;
    this.#slots.set(this.#hash, slot);
    this.#slots[slot + 2] = second;
    this.#slots[slot + 3] = run;
    if (!isNew) return;
    this.#size += 1;
    if (this.#size > this.#capacity * FULL) this.#grow();
  }

  get(userId: string): Done | undefined {
    const slot = this.#find(userId);
    if (this.#isEmpty(slot)) return undefined;
    return { doneMs: (this.#slots[slot + 2] ?? 0) * 1000, run: this.#slots[slot + 3] ?? 0 };
  }

  #isEmpty(slot: number): boolean {
    return this.#slots[slot] === 0 && this.#slots[slot + 1] === 0;
  }

  #find(userId: string): number {
    hashKey(userId, this.#hash);
    return this.#slotOf(this.#hash[0] ?? 0, this.#hash[1] ?? 0);
  }

  #slotOf(high: number, low: number): number {
    const mask = this.#capacity - 1;
    for (let at = low & mask; ; at = (at + 1) & mask) {
      const slot = WORDS * at;
      if (this.#isEmpty(slot)) return slot;
      if (this.#slots[slot] === high && this.#slots[slot + 1] === low) return slot;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#capacity *= 2;
    this.#slots = new Uint32Array(WORDS * this.#capacity);
    for (let slot = 0; slot < old.length; slot += WORDS) {
      const high = old[slot] ?? 0;
      const low = old[slot + 1] ?? 0;
      if (high === 0 && low === 0) continue;
      this.#slots.set(old.subarray(slot, slot + WORDS), this.#slotOf(high, low));
    }
  }
}
