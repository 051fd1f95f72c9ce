import { noLessons } from './window-opening.ts';
import type { Edges, Lessons, Span } from './window-opening.ts';

/** How a bucket may be used, from the admin and from Okta's documents. */
export interface WindowRules {
  /** Share of the advertised limit that may be spent in a window, percent. */
  readonly ratePercent: number;
  /** Length of a window where the headers do not tell: 60,000 ms (Okta's rate-limit documents). */
  readonly windowMs: number;
}

/** The current window, as its answers tell it. Times are monotonic unless they end in `resetMs`. */
export interface Counted {
  readonly limit: number;
  /** The smallest `remaining` an answer has shown. */
  readonly remaining: number;
  /** When the call that showed it was sent, and when it was answered. */
  readonly shownSentMs: number;
  readonly shownAtMs: number;
  /** Undefined where the header is missing, or cannot be a time of this window. */
  readonly resetMs: number | undefined;
  readonly opened: Span | undefined;
  /** The `Date` of the answer to the call that opened it, where that is known. */
  readonly openedDateMs: number | undefined;
  readonly heldMs: number;
  readonly firstSeenMs: number;
  /** Our calls answered by this window. */
  readonly answered: number;
  /** Calls that others took, as far as the numbers prove it, and how many of them before we looked. */
  readonly rivals: number;
  readonly rivalsBefore: number;
}

/** The state of one bucket: a value; `advance` makes the next one. */
export interface BucketState {
  readonly counted: Counted | undefined;
  readonly lessons: Lessons;
  readonly inFlight: number;
  /** Calls without an answer that may have been counted after the last answer; forgotten when a later call is answered. */
  readonly lost: number;
  readonly lostAtMs: number;
  readonly lastStartMs: number;
  readonly firstStartMs: number;
  /** Any answer came at all: the bucket's headers, or their absence, are known. */
  readonly met: boolean;
  /** Calls started in a window that is only foretold, and since when. */
  readonly ahead: { readonly sinceMs: number; readonly open: number } | undefined;
  /** 429s in a row, and the time of the last: what is left to go by where no header helps. */
  readonly refusals: number;
  readonly refusedAtMs: number;
  /** Refused by a window: nothing may start before the next one opens. */
  readonly refused: boolean;
  readonly roundTripMs: number;
  readonly rivalsPerMs: number;
  /** The most that others took between two answers, of late. */
  readonly rivalsAtOnce: number;
  /** How many calls were wanted at once lately: those in flight come back as waiting ones. */
  readonly demand: number;
  readonly demandAtMs: number;
}

/** A value that its maker may still change. */
export type Draft<T> = { -readonly [Field in keyof T]: T[Field] };

/**
 * A copy of a state that its maker may still change. Field by field: spreading a state this wide costs microseconds, and
 * each call makes several.
 */
export function draftOf(state: BucketState): Draft<BucketState> {
  return {
    counted: state.counted,
    lessons: state.lessons,
    inFlight: state.inFlight,
    lost: state.lost,
    lostAtMs: state.lostAtMs,
    lastStartMs: state.lastStartMs,
    firstStartMs: state.firstStartMs,
    met: state.met,
    ahead: state.ahead,
    refusals: state.refusals,
    refusedAtMs: state.refusedAtMs,
    refused: state.refused,
    roundTripMs: state.roundTripMs,
    rivalsPerMs: state.rivalsPerMs,
    rivalsAtOnce: state.rivalsAtOnce,
    demand: state.demand,
    demandAtMs: state.demandAtMs,
  };
}

/** How long the number of workers seen lately counts as demand. */
export const DEMAND_MS = 150;

export function newBucket(): BucketState {
  return {
    counted: undefined,
    lessons: noLessons(-1),
    inFlight: 0,
    lost: 0,
    lostAtMs: -Infinity,
    lastStartMs: -Infinity,
    firstStartMs: -Infinity,
    met: false,
    ahead: undefined,
    refusals: 0,
    refusedAtMs: -Infinity,
    refused: false,
    roundTripMs: 0,
    rivalsPerMs: 0,
    rivalsAtOnce: 0,
    demand: 0,
    demandAtMs: -Infinity,
  };
}

export function edgesOf(counted: Counted, resetMs: number): Edges {
  return { resetMs, opened: counted.opened, heldMs: counted.heldMs };
}

/** How fast others have been spending from this bucket, calls per millisecond. */
export function rivalRate(state: BucketState, nowMs: number): number {
  const { counted } = state;
  if (counted === undefined) return state.rivalsPerMs;
  const seen = counted.rivals - counted.rivalsBefore;
  return Math.max(state.rivalsPerMs / 2, seen / Math.max(250, nowMs - counted.firstSeenMs));
}
