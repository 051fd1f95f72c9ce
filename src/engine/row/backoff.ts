import type { Random } from '../../domain/clock.ts';

/** How long to wait between tries: `baseMs`, doubled each time, up to `capMs`. */
export interface Backoff {
  readonly baseMs: number;
  readonly capMs: number;
}

const SECOND_MS = 1000;

/** Connection faults and 5xx: 0.5 s to 30 s, so that five tries cover about 15 seconds. */
export const FAULT: Backoff = { baseMs: 0.5 * SECOND_MS, capMs: 30 * SECOND_MS };
/** Read-only mode and users in transition: Okta speaks of minutes (E0000010, E0000112). */
export const MAINTENANCE: Backoff = { baseMs: 15 * SECOND_MS, capMs: 60 * SECOND_MS };
/** A concurrency 429: a slot is free within a second or two, whatever its reset header says. */
export const CONCURRENCY: Backoff = { baseMs: 1 * SECOND_MS, capMs: 8 * SECOND_MS };
/** Window 429s that continue although the pacing delays the bucket: rate-limit headers are probably missing. */
export const THROTTLE: Backoff = { baseMs: 0.25 * SECOND_MS, capMs: 15 * SECOND_MS };

/**
 * Returns the wait before the next try in milliseconds, of which chance takes away up to half. `tries` is the number of
 * failed tries.
 */
export function backoffMs(backoff: Backoff, tries: number, random: Random): number {
  const fullMs = Math.min(backoff.capMs, backoff.baseMs * 2 ** Math.max(0, tries - 1));
  return Math.round(fullMs * (0.5 + random() / 2));
}
