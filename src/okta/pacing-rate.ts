/** The admin's own pace over the calls of one bucket, spread evenly: no span of a minute (an hour) holds more than its number. */
export interface OwnPace {
  readonly spacings: readonly Spacing[];
}

interface Spacing {
  readonly everyMs: number;
  /** Calls that may start together after a rest. */
  readonly burst: number;
  /** When the schedule is next free. */
  readonly freeAtMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Calls closer together than this are started in small bursts: timers are no finer. */
const FINEST_MS = 100;

export function newOwnPace(limits: {
  readonly perMinute?: number | undefined;
  readonly perHour?: number | undefined;
}): OwnPace {
  const spacings: Spacing[] = [];
  if (limits.perMinute !== undefined) spacings.push(spacing(limits.perMinute, MINUTE_MS));
  if (limits.perHour !== undefined) spacings.push(spacing(limits.perHour, HOUR_MS));
  return { spacings };
}

function spacing(most: number, spanMs: number): Spacing {
  const burst = Math.max(1, Math.ceil((FINEST_MS * most) / spanMs));
  // A burst and the even flow after it stay within the number together.
  const everyMs = spanMs / Math.max(1, most - burst + 1);
  return { everyMs, burst, freeAtMs: -Infinity };
}

/** How many calls may start now, and when the next one may. */
export function ownStarts(
  pace: OwnPace,
  nowMs: number,
): { readonly start: number; readonly nextAtMs: number } {
  let start = Infinity;
  let nextAtMs = nowMs;
  for (const { everyMs, burst, freeAtMs } of pace.spacings) {
    const credit = burst * everyMs - Math.max(0, freeAtMs - nowMs);
    const free = Math.max(0, Math.floor(credit / everyMs + 1e-9));
    start = Math.min(start, free);
    if (free === 0) nextAtMs = Math.max(nextAtMs, freeAtMs - (burst - 1) * everyMs);
  }
  return { start, nextAtMs };
}

/** Folds the start of one call. */
export function ownStarted(pace: OwnPace, nowMs: number): OwnPace {
  if (pace.spacings.length === 0) return pace;
  return {
    spacings: pace.spacings.map((each) => ({
      ...each,
      freeAtMs: Math.max(each.freeAtMs, nowMs) + each.everyMs,
    })),
  };
}

/** Gives back the place of a call that was not sent. */
export function ownReturned(pace: OwnPace): OwnPace {
  return {
    spacings: pace.spacings.map((each) => ({ ...each, freeAtMs: each.freeAtMs - each.everyMs })),
  };
}

/** The least time that the own pace gives `calls` calls. */
export function ownSpanMs(pace: OwnPace, calls: number): number {
  return pace.spacings.reduce(
    (most, { everyMs, burst }) => Math.max(most, Math.max(0, calls - burst) * everyMs),
    0,
  );
}
