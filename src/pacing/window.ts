import type { RateObservation } from '../domain/org/pacing.ts';
import { LIMITS } from './limits.ts';

/** One moment by all clocks. */
export interface Moment {
  readonly monotonicMs: number;
  /** This machine's wall clock, epoch milliseconds. */
  readonly wallMs: number;
  /** The earliest time that Okta's clock can show, epoch milliseconds; undefined before the first `Date`. */
  readonly serverMs: number | undefined;
}

/** What an answer says about the time of its window. */
export interface WindowTime {
  readonly resetMs: number;
  /** The time until the end by the reset header, never too short if the clock is right. */
  readonly endsInMs: number;
  /** The time from the second of the answer to the end, which is the length of the window if the call opened it. */
  readonly lengthMs: number;
}

const SECOND_MS = 1000;

/**
 * Returns what the reset header says about its window; undefined if it is missing, or cannot be a time of this window. If a
 * reset is wrong by Okta's `Date` but right by our wall clock, a cache or a proxy wrote the `Date`.
 */
export function timeOf(
  { resetMs, serverDateMs }: RateObservation,
  { wallMs, serverMs }: Moment,
  windowMs: number,
): WindowTime | undefined {
  if (resetMs === undefined || !Number.isFinite(resetMs)) return undefined;
  const within = (nowMs: number, mostMs: number) =>
    resetMs >= nowMs - LIMITS.resetSlackMs && resetMs <= nowMs + mostMs;
  const fits = (nowMs: number) => within(nowMs, windowMs + LIMITS.resetSlackMs);
  const leastMs = wallMs - LIMITS.wallClockMs;
  const byServer = serverMs !== undefined && (fits(serverMs) || !fits(leastMs));
  const nowMs = byServer ? serverMs : leastMs;
  if (!within(nowMs, LIMITS.resetMostWindows * windowMs)) return undefined;
  const secondMs = Math.floor(wallMs / SECOND_MS) * SECOND_MS;
  const dateMs = byServer ? (serverDateMs ?? secondMs) : secondMs;
  const lengthMs = resetMs - dateMs;
  // The header is in whole seconds, rounded down or up.
  const documented = lengthMs >= windowMs && lengthMs <= windowMs + SECOND_MS;
  return { resetMs, endsInMs: resetMs - nowMs, lengthMs: documented ? windowMs : lengthMs };
}

/** What answers have shown of a bucket's window, as a value. Times are monotonic milliseconds, except `resetMs`. */
export interface Window {
  /** Infinity if the org shows no limit. */
  readonly limit: number;
  /** The smallest number shown, less the calls since then that no number has counted. */
  readonly remaining: number;
  /** How many of our own calls ended in it. */
  readonly spent: number;
  readonly endMs: number;
  /** What `endMs` is based on: the length, if our own call opened the window, else the time in the header. */
  readonly endBy: 'length' | 'header';
  readonly resetMs: number | undefined;
  /** Others use it too. */
  readonly shared: boolean;
  /** A 429 closed it. */
  readonly refused: boolean;
}

/** A call in flight. A probe asks whether the next window is open. */
export interface BucketCall {
  readonly sentMs: number;
  readonly probe: boolean;
}

/** The numbers of an answer. */
export interface Numbers extends BucketCall {
  readonly nowMs: number;
  readonly accepted: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Undefined if the reset header is missing or cannot be right. */
  readonly time: WindowTime | undefined;
}

/** The state before the first answer: a window that is over. */
export const UNMET: Window = {
  ...{ limit: 0, remaining: 0, spent: 0, shared: false, refused: false },
  ...{ endMs: -Infinity, endBy: 'header', resetMs: undefined },
};

/** The window of a bucket whose answers show no limit. */
export const UNLIMITED: Window = {
  ...{ ...UNMET, limit: Infinity, remaining: Infinity, endMs: Infinity },
};

/** Tells whether answers have shown numbers. */
export function isMet({ limit }: Window): boolean {
  return limit > 0 && limit < Infinity;
}

/** Returns how many calls of a window we can use, at least one. */
export function shareOf(limit: number, ratePercent: number): number {
  return Math.max(1, Math.floor((limit * ratePercent) / 100));
}

/** Tells whether an answer belongs to this window, to the next one, or to an earlier one. */
export function turnOf(window: Window, seen: Numbers): 'same' | 'next' | 'stale' {
  if (!isMet(window)) return 'next';
  const proves = seen.probe && seen.accepted;
  if (seen.time === undefined || window.resetMs === undefined) return proves ? 'next' : 'same';
  const stepMs = seen.time.resetMs - window.resetMs;
  if (stepMs > LIMITS.resetJitterMs || (stepMs > 0 && proves)) return 'next';
  return stepMs >= -LIMITS.resetJitterMs ? 'same' : proves ? 'next' : 'stale';
}

/** Returns the window that begins with this answer. */
export function opened(old: Window, seen: Numbers, inFlight: number, windowMs: number): Window {
  const { nowMs, limit, remaining, accepted, time } = seen;
  const spent = accepted ? 1 : 0;
  const lengthMs = accepted && remaining === limit - 1 ? time?.lengthMs : undefined;
  // The first call of a window on a grid looks like one that opens a shorter window.
  const isShort = isMet(old) && lengthMs !== undefined && lengthMs < windowMs - LIMITS.resetSlackMs;
  const opens = lengthMs === windowMs || isShort;
  return {
    ...{ limit, remaining, spent, shared: limit - remaining > spent + inFlight, refused: false },
    endMs: nowMs + ((opens ? lengthMs : time?.endsInMs) ?? windowMs),
    endBy: opens ? 'length' : 'header',
    resetMs: time?.resetMs,
  };
}

/** Returns the window after another of its answers. */
export function folded(window: Window, seen: Numbers, inFlight: number): Window {
  const { nowMs, accepted, time } = seen;
  const remaining = Math.min(window.remaining, seen.remaining);
  const spent = window.spent + (accepted ? 1 : 0);
  const endMs = time !== undefined && window.endBy === 'header' ? nowMs + time.endsInMs : Infinity;
  return {
    ...window,
    remaining,
    spent,
    endMs: Math.min(window.endMs, endMs),
    resetMs: window.resetMs ?? time?.resetMs,
    shared: window.shared || window.limit - remaining > spent + inFlight,
  };
}
