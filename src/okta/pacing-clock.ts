/**
 * What is known of the server's clock: bounds of (server epoch ms − our monotonic ms). Each answer with `Date: D`, sent at
 * s and received at r, says that the server's clock stood in [D, D + 1 s) at a moment in [s, r]; the bounds of
 * many answers intersect, so that ticks of the second narrow them to about a round trip.
 */
export interface ServerClock {
  readonly loMs: number;
  readonly hiMs: number;
  /** Monotonic time of the last answer that agreed. */
  readonly seenMs: number;
  /** Answers in a row that disagreed. */
  readonly doubts: number;
  /** Counts the fresh starts: what was learned in another epoch of the clock holds no more. */
  readonly epoch: number;
}

const SECOND_MS = 1000;
/** Two quartz clocks drift apart by less than this share. */
const DRIFT = 1e-4;
/** A `Date` header may be cached, and so lag, by this much before it counts as another clock. */
const LAG_MS = 250;
/** A wall clock that is set by time servers is right to less than this. */
const WALL_MS = 500;
/** One answer may come from a cache or a proxy; two that disagree in a row mean that a clock has jumped. */
const DOUBTS_TO_RESTART = 2;

/** Folds the `Date` of one answer into what is known; starts afresh when a clock has jumped. */
export function observeDate(
  clock: ServerClock | undefined,
  seen: { readonly sentMs: number; readonly receivedMs: number; readonly dateMs: number },
): ServerClock {
  const loMs = seen.dateMs - seen.receivedMs;
  const hiMs = seen.dateMs + SECOND_MS - seen.sentMs;
  const fresh = { loMs, hiMs, seenMs: seen.receivedMs, doubts: 0 };
  if (clock === undefined) return { ...fresh, epoch: 0 };
  const drift = Math.max(0, seen.receivedMs - clock.seenMs) * DRIFT;
  const oldLo = clock.loMs - drift;
  const oldHi = clock.hiMs + drift;
  if (loMs > oldHi + LAG_MS || hiMs < oldLo - LAG_MS) {
    return clock.doubts + 1 < DOUBTS_TO_RESTART
      ? { ...clock, doubts: clock.doubts + 1 }
      : { ...fresh, epoch: clock.epoch + 1 };
  }
  const lo = Math.max(loMs, oldLo);
  // A Date never runs ahead of its server, but a cached one lags: where they cross, the lower bound is the truth.
  const hi = Math.max(lo, Math.min(hiMs, oldHi));
  return { loMs: lo, hiMs: hi, seenMs: seen.receivedMs, doubts: 0, epoch: clock.epoch };
}

/**
 * Whether a reset header can be that of a documented window which is open at `atMs`, both by one clock. Where it can by our
 * wall clock and not by the answer's own `Date`, it is the `Date` that is not the time: of a cache, or of a proxy.
 */
export function fitsWindow(resetMs: number, atMs: number, windowMs: number): boolean {
  return resetMs > atMs - 2 * SECOND_MS && resetMs < atMs + windowMs + 2 * SECOND_MS;
}

/** The clock of an org that sends no `Date`, or a false one: our own wall clock, as right as time servers make it. */
export function assumeWallClock(nowMs: number, monotonicMs: number): ServerClock {
  const offset = nowMs - monotonicMs;
  return {
    loMs: offset - WALL_MS,
    hiMs: offset + WALL_MS,
    seenMs: monotonicMs,
    doubts: 0,
    epoch: -1,
  };
}

/** When to send the call whose `Date` halves what is unknown of the clock: the monotonic time of the likeliest tick after `fromMs`. */
export function nextTickMs(clock: ServerClock, fromMs: number, roundTripMs: number): number {
  const middle = (clock.loMs + clock.hiMs) / 2;
  const sendOffset = middle + roundTripMs / 2;
  return Math.ceil((fromMs + sendOffset) / SECOND_MS) * SECOND_MS - sendOffset;
}
