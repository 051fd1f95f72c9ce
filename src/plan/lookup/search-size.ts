import type { SearchTerm } from './search-term.ts';

/** The search for the limit ends when it is known to this many characters, which is about one id clause. */
const CLOSE_ENOUGH_CHARS = 48;

/** How many terms the next search has, and how many characters they take. */
export interface Portion {
  readonly count: number;
  readonly chars: number;
  /** The portion is as large as allowed, and not smaller because no terms are left. */
  readonly full: boolean;
}

/**
 * Learns how large a search can be. It begins with the most terms at once. If URLs are refused for their length, it
 * approaches the limit by halving, counted in characters, so that what was learned applies to ids and long logins alike.
 */
export class SearchSize {
  #mostTerms: number;
  /** The longest expression accepted so far, and the shortest one refused. */
  #taken = 0;
  #refused = Infinity;
  #settled = false;

  constructor(mostTerms: number) {
    this.#mostTerms = mostTerms;
  }

  /** Nothing more will be learned, so several searches can be sent at once. */
  get settled(): boolean {
    return this.#settled;
  }

  get #roomChars(): number {
    if (this.#refused - this.#taken <= CLOSE_ENOUGH_CHARS) return this.#taken;
    return Math.floor((this.#taken + this.#refused) / 2);
  }

  /** Tells whether one more term fits in a search. The first one always does. */
  fits(terms: number, chars: number, next: SearchTerm): boolean {
    return terms === 0 || (terms < this.#mostTerms && chars + next.chars <= this.#roomChars);
  }

  /** Returns the terms, from `start` on, that fit in one search; at least one. */
  portion(terms: readonly SearchTerm[], start: number): Portion {
    let chars = 0;
    let count = 0;
    for (const term of terms.slice(start)) {
      if (!this.fits(count, chars, term)) return { count, chars, full: true };
      count += 1;
      chars += term.chars;
    }
    return { count, chars, full: count >= this.#mostTerms };
  }

  /** Learns that the org accepted a search of this size. */
  take(portion: Portion): void {
    // A full portion that is no longer than an earlier one cannot teach more, because the terms are too long for the gap.
    if (this.#refused === Infinity || (portion.full && portion.chars <= this.#taken)) {
      this.#settled = true;
    }
    this.#taken = Math.max(this.#taken, portion.chars);
    if (this.#refused <= this.#taken) this.#refused = Infinity;
    if (this.#refused - this.#taken <= CLOSE_ENOUGH_CHARS) this.#settled = true;
  }

  /** Learns that the org, or a proxy before it, refused a search for its length. */
  refuseLength(portion: Portion): void {
    this.#refused = Math.min(this.#refused, portion.chars);
    // What was accepted before contradicts it (two proxies, for example), so neither counts, and learning begins again.
    if (this.#taken >= this.#refused) this.#taken = 0;
    this.#settled = false;
  }

  /** Learns that searches with more terms than this are refused, although each single term is accepted. */
  refuseCount(most: number): void {
    this.#mostTerms = Math.min(this.#mostTerms, most);
  }
}
