import { type WaitSpan, WaitSpans } from './wait.ts';

const SERIES = ['calls', 'throttled', 'succeeded', 'failed', 'unknown'] as const;

/** What is counted per slot: calls sent, 429 answers, and rows by outcome. */
export type TimelineSeries = (typeof SERIES)[number];

export type TimeSlot = { readonly [name in TimelineSeries]: number } & { readonly atMs: number };

const FIRST_SLOT_MS = 1000;
const MAX_SLOTS = 512;

/**
 * Counts events over time in at most 512 slots. Slots begin at one second and double in length as the run gets longer, so a
 * minute and a week take the same memory. It also records when calls waited.
 */
export class Timeline {
  #slotMs = FIRST_SLOT_MS;
  #startMs: number | undefined;
  #used = 0;
  readonly #waits = new WaitSpans();
  readonly #counts: Readonly<Record<TimelineSeries, number[]>> = {
    calls: [],
    throttled: [],
    succeeded: [],
    failed: [],
    unknown: [],
  };

  /** The length of a slot in milliseconds. */
  get slotMs(): number {
    return this.#slotMs;
  }

  /** Counts `amount` at `atMs` (epoch ms). Times before the first one count in the first slot; NaN is ignored. */
  add(series: TimelineSeries, atMs: number, amount = 1): void {
    if (!Number.isFinite(atMs)) return;
    this.#startMs ??= Math.floor(atMs / FIRST_SLOT_MS) * FIRST_SLOT_MS;
    let slot = Math.max(0, Math.floor((atMs - this.#startMs) / this.#slotMs));
    while (slot >= MAX_SLOTS) {
      this.#coarsen();
      slot = Math.floor((atMs - this.#startMs) / this.#slotMs);
    }
    const counts = this.#counts[series];
    counts[slot] = (counts[slot] ?? 0) + amount;
    this.#used = Math.max(this.#used, slot + 1);
  }

  /** Adds a wait of `waitMs` from `atMs` (epoch ms). Unknown causes are ignored. */
  wait(cause: string, atMs: number, waitMs: number): void {
    this.#waits.add(cause, atMs, waitMs);
  }

  /** Ends the current waits at `atMs` (epoch ms), and extends the slots to that time. Nothing was in progress after it. */
  end(atMs: number): void {
    this.#waits.end(atMs);
    if (this.#startMs !== undefined) this.add('calls', atMs, 0);
  }

  /** Returns when calls waited, and for what. */
  waits(): readonly WaitSpan[] {
    return this.#waits.spans();
  }

  /** Returns the slots from the first event to the last, including empty ones. */
  slots(): readonly TimeSlot[] {
    const startMs = this.#startMs;
    if (startMs === undefined) return [];
    const at = (name: TimelineSeries, slot: number) => this.#counts[name][slot] ?? 0;
    return Array.from({ length: this.#used }, (_, slot) => ({
      atMs: startMs + slot * this.#slotMs,
      calls: at('calls', slot),
      throttled: at('throttled', slot),
      succeeded: at('succeeded', slot),
      failed: at('failed', slot),
      unknown: at('unknown', slot),
    }));
  }

  #coarsen(): void {
    for (const name of SERIES) {
      const counts = this.#counts[name];
      for (let slot = 0; slot < MAX_SLOTS; slot += 1) {
        const left = slot * 2;
        counts[slot] = left < MAX_SLOTS ? (counts[left] ?? 0) + (counts[left + 1] ?? 0) : 0;
      }
    }
    this.#slotMs *= 2;
    this.#used = Math.ceil(this.#used / 2);
  }
}
