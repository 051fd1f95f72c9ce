import type { BucketLimit } from '../domain/org/org.ts';
import type { RateObservation } from '../domain/org/pacing.ts';
import type { WaitCause } from '../domain/run/wait.ts';
import { LIMITS } from './limits.ts';
import { folded, isMet, opened, shareOf, turnOf, UNLIMITED, UNMET, timeOf } from './window.ts';
import type { BucketCall, Moment, Numbers, Window, WindowTime } from './window.ts';

/** How much of the windows of an org can be used, by the admin's flags and Okta's documents. */
export interface BucketRules {
  /** The percentage of the stated limit that can be used in a window. */
  readonly ratePercent: number;
  /** The documented length of a window. */
  readonly windowMs: number;
}

/** What can start now. If nothing can: when to ask again, and for what reason if it is more than a missing answer. */
export interface Room {
  readonly calls: number;
  readonly untilMs: number;
  readonly cause: WaitCause | undefined;
}

/** One of Okta's rate-limit counters. It has no timers: each question includes the time, in monotonic milliseconds. */
export class Bucket {
  readonly #name: string;
  readonly #rules: BucketRules;
  #window: Window = UNMET;
  /** Whether others used calls of the window before this one. */
  #sharedBefore = false;
  /** Whether a window was observed to its end. */
  #endSeen = false;
  #inFlight = 0;
  #probes = 0;
  #probedMs = -Infinity;
  /** How much later than stated the windows have ended. */
  readonly #lateMs = { length: 0, header: 0 };
  #lengthMs: number | undefined;
  /** How many 429s came in a row, and when the last of them closed the bucket. */
  #refusals = 0;
  #refusedMs = -Infinity;

  constructor(name: string, rules: BucketRules) {
    this.#name = name;
    this.#rules = rules;
  }

  room(nowMs: number): Room {
    if (this.#isProbing(nowMs)) {
      const sinceMs = this.#probes === 0 ? nowMs : this.#probedMs;
      const calls = 1 + Math.floor((nowMs - sinceMs) / LIMITS.probePatienceMs) - this.#probes;
      return { calls, untilMs: sinceMs + this.#probes * LIMITS.probePatienceMs, cause: undefined };
    }
    const budget = this.#budget();
    const cause = this.#window.refused ? 'throttled' : 'window';
    const untilMs = this.#overMs();
    return { calls: budget - this.#inFlight, untilMs, cause: budget > 0 ? undefined : cause };
  }

  started(nowMs: number): BucketCall {
    const probe = this.#isProbing(nowMs);
    if (probe && this.#probes === 0) this.#probedMs = nowMs;
    if (probe) this.#probes += 1;
    this.#inFlight += 1;
    return { sentMs: nowMs, probe };
  }

  /** Records that a call ended without being sent. */
  unsent(call: BucketCall): void {
    this.#inFlight -= 1;
    if (call.probe) this.#probes -= 1;
  }

  /** Records that a call got no answer. The server might have counted it. */
  lost(call: BucketCall): void {
    this.unsent(call);
    this.#spendOne();
  }

  answered(call: BucketCall, seen: RateObservation, at: Moment): void {
    this.unsent(call);
    const { status, limit, remaining } = seen;
    const accepted = status !== 429;
    // A concurrency 429 says nothing about the window. Its reset is only a suggestion (Okta's rate-limit documents).
    if (!accepted && limit === 0) return;
    // Calls in flight when the bucket closed are refused too. Together they are one refusal.
    if (!accepted && call.sentMs < this.#refusedMs) return;
    this.#refusals = accepted ? 0 : this.#refusals + 1;
    const nowMs = at.monotonicMs;
    const time = timeOf(seen, at, this.#rules.windowMs);
    if (limit === undefined || limit <= 0 || remaining === undefined || remaining < 0) {
      if (!accepted) this.#refuse(nowMs, time);
      else if (call.probe) this.#window = UNLIMITED;
      else this.#spendOne();
      return;
    }
    const believed = accepted || this.#refusals < LIMITS.refusalsToBelieve;
    const left = believed ? Math.min(remaining, limit) : 0;
    const { sentMs, probe } = call;
    this.#count({ sentMs, probe, nowMs, accepted, limit, remaining: left, time });
    if (!accepted && left === 0) this.#refuse(nowMs, undefined);
  }

  /** The window as headers have shown it; undefined if they have not. */
  limit(): BucketLimit | undefined {
    const { limit, remaining, resetMs } = this.#window;
    if (resetMs === undefined) return undefined;
    const free = Math.max(0, remaining - this.#inFlight);
    return { bucket: this.#name, limit, remaining: free, resetMs, windowMs: this.#lengthMs };
  }

  #budget(): number {
    const { limit, remaining, spent, endBy } = this.#window;
    // Others might use several calls at once, so half of what is left can be in flight, and the last call is theirs. Until
    // a window was observed to end when its headers say, one call is left for the probe, which can fall into either one.
    const probe = this.#endSeen || endBy === 'length' ? 0 : 1;
    const left = this.#isShared() ? Math.floor(remaining / 2) : remaining - probe;
    return Math.min(left, shareOf(limit, this.#rules.ratePercent) - spent);
  }

  #isShared(): boolean {
    return this.#window.shared || this.#sharedBefore;
  }

  #overMs(): number {
    return this.#window.endMs + this.#lateMs[this.#window.endBy] + LIMITS.afterEndMs;
  }

  /** Tells whether the window is over and what is left of its budget is not better than the next one's. */
  #isProbing(nowMs: number): boolean {
    return nowMs >= this.#overMs() && (this.#isShared() || this.#budget() <= this.#inFlight);
  }

  #spendOne(): void {
    const { remaining, spent } = this.#window;
    this.#window = { ...this.#window, remaining: Math.max(0, remaining - 1), spent: spent + 1 };
  }

  #count(seen: Numbers): void {
    const { windowMs } = this.#rules;
    if (seen.accepted && seen.remaining === seen.limit - 1 && seen.time !== undefined) {
      const { lengthMs } = seen.time;
      const told = Math.abs(lengthMs - windowMs) <= LIMITS.resetSlackMs ? windowMs : lengthMs;
      this.#lengthMs = Math.max(this.#lengthMs ?? 0, told);
    }
    switch (turnOf(this.#window, seen)) {
      case 'stale':
        this.#spendOne();
        return;
      case 'next':
        this.#endSeen ||= isMet(this.#window);
        this.#sharedBefore = this.#window.shared;
        this.#window = opened(this.#window, seen, this.#inFlight, windowMs);
        return;
      case 'same':
        this.#window = folded(this.#window, seen, this.#inFlight);
    }
    if (seen.probe) this.#outlived(seen.sentMs);
  }

  /** Records that the window accepted a call after its end, so it will accept others. */
  #outlived(sentMs: number): void {
    const { endMs, endBy } = this.#window;
    const untilMs = sentMs + this.#againMs();
    const lateMs = Math.max(this.#lateMs[endBy], untilMs - endMs);
    this.#lateMs[endBy] = Math.min(this.#rules.windowMs, lateMs);
    this.#endAt(Math.max(endMs, untilMs - this.#lateMs[endBy]));
  }

  /** Closes the bucket until its window ends; if the end is not known or has passed, for a time that grows. */
  #refuse(nowMs: number, time: WindowTime | undefined): void {
    this.#refusedMs = nowMs;
    const known = isMet(this.#window) ? this.#window : UNMET;
    this.#window = { ...known, remaining: 0, refused: true };
    if (time !== undefined) this.#endAt(nowMs + time.endsInMs);
    if (nowMs >= this.#overMs()) this.#endAt(nowMs + this.#againMs() - this.#lateMs[known.endBy]);
  }

  #endAt(endMs: number): void {
    this.#window = { ...this.#window, endMs };
  }

  #againMs(): number {
    const doublings = Math.max(0, this.#refusals - 2);
    return Math.min(this.#rules.windowMs, LIMITS.probeAgainMs * 2 ** doublings);
  }
}
