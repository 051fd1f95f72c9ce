import type { Random } from '../domain/clock.ts';
import { LIMITS } from './limits.ts';

/**
 * How many calls can be in flight in the whole org. The cap starts small and grows with the answers. A concurrency 429
 * lowers it below the rank that was refused. After a rest, which grows with each refusal, one more is tried.
 */
export class Slots {
  readonly #most: number;
  readonly #random: Random;
  #inFlight = 0;
  #cap: number;
  /** The rank that was last refused; Infinity if none was, or if it has been accepted since. */
  #wall = Infinity;
  #restMs: number = LIMITS.restMs;
  #restUntilMs = -Infinity;
  /** How many calls of the highest rank were accepted since the cap changed. */
  #accepted = 0;
  #refused = false;
  #closedMs: number = LIMITS.slotsClosedMs;
  /** Until this time nothing can start, because others use all slots. */
  closedUntilMs = -Infinity;

  constructor(most: number, random: Random) {
    this.#most = most;
    this.#random = random;
    this.#cap = Math.min(most, LIMITS.slotsAtStart);
  }

  isFree(): boolean {
    return this.#inFlight < this.#cap;
  }

  /** Records that a call starts, and returns its rank. */
  start(): number {
    this.#inFlight += 1;
    return this.#inFlight;
  }

  /** Records that a call has ended, whatever happened to it. */
  end(): void {
    this.#inFlight -= 1;
  }

  /** Tells whether the cap is at its maximum and no slot is closed. */
  isWide(nowMs: number): boolean {
    return this.#cap === this.#most && nowMs >= this.closedUntilMs;
  }

  /** Records that a call was answered without a concurrency 429. */
  accepted(startRank: number, nowMs: number): void {
    const rank = Math.min(startRank, this.#inFlight + 1);
    this.#closedMs = LIMITS.slotsClosedMs;
    // Only a full pool shows that more slots would help, except at the start.
    if (this.#cap >= this.#most || (this.#refused && rank < this.#cap)) return;
    this.#accepted += 1;
    if (rank >= this.#wall) this.#wall = Infinity;
    if (nowMs < this.#restUntilMs || this.#accepted < (this.#refused ? this.#cap : 2)) return;
    this.#cap += 1;
    this.#accepted = 0;
  }

  /** Records that a call was refused with a concurrency 429. */
  refused(startRank: number, nowMs: number): void {
    this.#refused = true;
    // Calls overtake each other, so a later one might have taken the last slot.
    const rank = Math.max(startRank, this.#inFlight + 1);
    // Calls of one burst are refused together, and the first of them has already lowered the cap.
    if (rank > this.#cap) return;
    const jitter = 0.75 + this.#random() / 2;
    const stands = rank === this.#wall && this.#accepted === 0;
    const restMs = stands ? this.#restMs * LIMITS.restGrowth : LIMITS.restMs;
    this.#restMs = Math.min(LIMITS.restMostMs, restMs);
    this.#restUntilMs = nowMs + this.#restMs * jitter;
    this.#wall = rank;
    this.#cap = Math.max(1, rank - 1);
    this.#accepted = 0;
    if (rank > 1) return;
    this.#restUntilMs = -Infinity;
    this.closedUntilMs = nowMs + this.#closedMs * jitter;
    this.#closedMs = Math.min(LIMITS.slotsClosedMostMs, this.#closedMs * 2);
  }
}
