/** How long a write with a lost answer stays in doubt. Milliseconds. */
export interface Patience {
  /** After this time, by the org's clock, an attempt can no longer take effect. */
  readonly effectMs: number;
  /** Reads can show a state this old, so two reads that show nothing must be at least this far apart. */
  readonly readLagMs: number;
}

/** The org's clock is in whole seconds, so an attempt can be younger than it seems. */
const GRAIN_MS = 1000;
const FIRST_LOOK_MS = 2000;
const LONGEST_LOOK_MS = 30_000;

/** Returns the time by the org's clock until which an attempt of `sinceMs` can still take effect. */
export function lastEffectMs(sinceMs: number, patience: Patience): number {
  return sinceMs + patience.effectMs + GRAIN_MS;
}

/** Returns the time by the org's clock at which an attempt of `sinceMs` is settled, if reads can settle it. */
export function settledByMs(sinceMs: number, patience: Patience): number {
  return lastEffectMs(sinceMs, patience) + patience.readLagMs;
}

/**
 * Returns how long to wait before the next read of an attempt that can still take effect: 2 s, then twice as long each
 * time, up to 30 s.
 */
export function nextLookMs(sinceMs: number, nowMs: number, patience: Patience): number {
  const ageMs = nowMs - sinceMs;
  const growingMs = Math.min(LONGEST_LOOK_MS, Math.max(FIRST_LOOK_MS, ageMs));
  // Never later than the end of that time: from then on, reads count.
  return Math.max(1, Math.min(growingMs, lastEffectMs(sinceMs, patience) + 1 - nowMs));
}
