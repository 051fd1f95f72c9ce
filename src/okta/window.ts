import type { RateObservation } from './pacing.ts';
import type { ServerClock } from './pacing-clock.ts';
import { learn } from './window-opening.ts';
import type { Lessons, Span } from './window-opening.ts';
import { DEMAND_MS, draftOf, edgesOf, rivalRate } from './window-state.ts';
import type { BucketState, Counted, Draft, WindowRules } from './window-state.ts';

export type BucketEvent =
  /** A call starts. `ahead`: on the forecast that the next window is open. */
  | {
      readonly kind: 'started';
      readonly nowMs: number;
      readonly waiting: number;
      readonly ahead: boolean;
    }
  | {
      readonly kind: 'answered';
      readonly nowMs: number;
      readonly sentMs: number;
      readonly observation: RateObservation;
      readonly clock: ServerClock;
    }
  /** Nothing came back; the server may have counted the call. */
  | { readonly kind: 'lost'; readonly nowMs: number; readonly sentMs: number }
  /** The call was never sent. */
  | { readonly kind: 'unsent'; readonly sentMs: number };

/** 429s in a row that claim calls are left, before the refusal is believed rather than the number. */
const REFUSALS_TO_BELIEVE = 3;
/** Calls of ours that follow each other this closely see what others take at once. */
const AT_ONCE_MS = 50;
/** Reset headers of one window may differ by this much: some servers compute them anew for each answer. */
const JITTER_MS = 1000;

/** The calculator, first half: what happened, folded into the state. */
export function advance(state: BucketState, event: BucketEvent, rules: WindowRules): BucketState {
  switch (event.kind) {
    case 'started':
      return started(state, event.nowMs, event.waiting, event.ahead);
    case 'unsent':
      return ended(state, event.sentMs);
    case 'lost': {
      const next = ended(state, event.sentMs);
      next.lost += 1;
      next.lostAtMs = event.nowMs;
      return next;
    }
    case 'answered':
      return answered(state, event, rules);
    default: {
      const never: never = event;
      return never;
    }
  }
}

function started(state: BucketState, nowMs: number, waiting: number, ahead: boolean): BucketState {
  const next = draftOf(state);
  next.inFlight += 1;
  next.lastStartMs = nowMs;
  if (state.firstStartMs === -Infinity) next.firstStartMs = nowMs;
  if (ahead) {
    next.ahead = { sinceMs: state.ahead?.sinceMs ?? nowMs, open: (state.ahead?.open ?? 0) + 1 };
  }
  const wanted = state.inFlight + waiting;
  if (wanted >= state.demand || nowMs - state.demandAtMs > DEMAND_MS) {
    next.demand = wanted;
    next.demandAtMs = nowMs;
  }
  return next;
}

function ended(state: BucketState, sentMs: number): Draft<BucketState> {
  const { ahead } = state;
  const next = draftOf(state);
  next.inFlight -= 1;
  if (ahead !== undefined && sentMs >= ahead.sinceMs) {
    next.ahead = { sinceMs: ahead.sinceMs, open: ahead.open - 1 };
  }
  return next;
}

type Answered = Extract<BucketEvent, { kind: 'answered' }>;

function answered(before: BucketState, event: Answered, rules: WindowRules): BucketState {
  const { nowMs, sentMs, observation, clock } = event;
  const trip = nowMs - sentMs;
  const state = ended(before, sentMs);
  state.met = true;
  state.roundTripMs = before.met ? before.roundTripMs * 0.8 + trip * 0.2 : trip;
  const throttled = observation.status === 429;
  // A concurrency 429 says nothing of the window; its reset is only a suggestion (Okta's rate-limit documents).
  if (throttled && observation.limit === 0) return state;
  state.refusals = throttled ? before.refusals + 1 : 0;
  const { limit, remaining } = observation;
  if (limit === undefined || limit <= 0 || remaining === undefined || remaining < 0) {
    if (throttled) {
      refuse(state, nowMs, sentMs);
    } else if (before.ahead !== undefined && sentMs >= before.ahead.sinceMs) {
      // A window that was only foretold turns out to have no numbers at all: the bucket is free again.
      state.counted = undefined;
      state.refused = false;
      state.ahead = undefined;
    } else if (state.counted !== undefined && !state.refused) {
      // Without numbers the call counts until a later answer has numbers that include it.
      state.lost += 1;
      state.lostAtMs = nowMs;
    } else {
      state.refused = sentMs < state.refusedAtMs && state.refused;
    }
    return state;
  }
  const spent = throttled && (remaining === 0 || state.refusals >= REFUSALS_TO_BELIEVE);
  const left = spent ? 0 : Math.min(remaining, limit);
  fold(state, event, limit, left, plausible(observation, clock, nowMs, rules), throttled);
  if (spent && state.counted?.remaining === 0) refuse(state, nowMs, sentMs);
  return state;
}

/** A reset that lies in the past, or further off than two windows, is no time of this window. */
function plausible(
  observation: RateObservation,
  clock: ServerClock,
  nowMs: number,
  rules: WindowRules,
): number | undefined {
  const { resetMs, serverDateMs } = observation;
  if (resetMs === undefined || !Number.isFinite(resetMs)) return undefined;
  const earliest = serverDateMs ?? nowMs + clock.loMs;
  const latest = serverDateMs === undefined ? nowMs + clock.hiMs : serverDateMs + JITTER_MS;
  if (resetMs + 2 * JITTER_MS <= earliest) return undefined;
  return resetMs <= latest + 2 * rules.windowMs ? resetMs : undefined;
}

function refuse(state: Draft<BucketState>, nowMs: number, sentMs: number): void {
  // A refusal of a call sent before the window changed says nothing of the new one.
  if (state.counted !== undefined && sentMs < state.counted.heldMs && state.counted.remaining > 0) {
    return;
  }
  state.refused = true;
  state.refusedAtMs = nowMs;
  state.ahead = undefined;
}

type Turn = 'same' | 'next' | 'stale';

function turnOf(
  counted: Counted,
  sentMs: number,
  left: number,
  resetMs: number | undefined,
  awaited: boolean,
): Turn {
  const rise = left > counted.remaining && sentMs > counted.shownAtMs;
  if (resetMs === undefined || counted.resetMs === undefined) {
    return rise || (resetMs !== undefined && sentMs > counted.shownAtMs) ? 'next' : 'same';
  }
  const step = resetMs - counted.resetMs;
  if (step > JITTER_MS) return 'next';
  // An answer overtaken by others shows more left, but never a later reset.
  if (step > 0 && (awaited || left > counted.remaining)) return 'next';
  // Sent after this window had shown itself, and yet of an earlier one: the headers contradict; the later call is believed.
  if (step < -JITTER_MS) return sentMs > counted.firstSeenMs ? 'next' : 'stale';
  return 'same';
}

/** Folds an answer with numbers into the draft of its state. */
function fold(
  state: Draft<BucketState>,
  event: Answered,
  limit: number,
  left: number,
  resetMs: number | undefined,
  throttled: boolean,
): void {
  const { nowMs, sentMs, clock } = event;
  const { counted } = state;
  const awaited = state.ahead !== undefined && sentMs >= state.ahead.sinceMs;
  const turn = counted === undefined ? 'next' : turnOf(counted, sentMs, left, resetMs, awaited);
  if (turn === 'stale') return;
  const mine = throttled ? 0 : 1;
  if (sentMs >= state.lostAtMs) state.lost = 0;
  // The first call of a window says when it was opened, if windows open with their first call.
  const opens = left === limit - 1 && !throttled;
  if (counted === undefined || turn === 'next') {
    const taken = Math.max(0, limit - left - mine - (counted === undefined ? 0 : state.inFlight));
    if (counted === undefined) {
      state.rivalsPerMs = 0;
    } else {
      state.lessons = lessonsOf(state, counted, clock, resetMs, nowMs);
      state.rivalsPerMs = rivalRate(state, nowMs);
    }
    state.ahead = undefined;
    state.refused = false;
    state.counted = {
      limit,
      remaining: left,
      shownSentMs: sentMs,
      shownAtMs: nowMs,
      resetMs,
      opened: opens
        ? { loMs: Math.max(sentMs, counted?.heldMs ?? sentMs), hiMs: nowMs }
        : counted && { loMs: counted.heldMs, hiMs: nowMs },
      openedDateMs: opens ? event.observation.serverDateMs : undefined,
      heldMs: sentMs,
      firstSeenMs: nowMs,
      answered: mine,
      rivals: taken,
      rivalsBefore: taken,
    };
    return;
  }
  const lower = left < counted.remaining;
  const remaining = Math.min(left, counted.remaining);
  const own = counted.answered + mine;
  if (awaited) state.ahead = undefined;
  const rivals = Math.max(counted.rivals, limit - remaining - own - state.inFlight - state.lost);
  // What was taken during a pause of ours was not taken at once.
  if (sentMs - counted.shownAtMs < AT_ONCE_MS) {
    state.rivalsAtOnce = Math.max(state.rivalsAtOnce, rivals - counted.rivals);
  }
  state.counted = {
    limit,
    remaining,
    shownSentMs: lower ? sentMs : counted.shownSentMs,
    shownAtMs: lower ? nowMs : counted.shownAtMs,
    resetMs: later(counted.resetMs, resetMs),
    opened: opens && counted.opened ? narrow(counted.opened, sentMs) : counted.opened,
    openedDateMs: counted.openedDateMs,
    heldMs: Math.max(counted.heldMs, sentMs),
    firstSeenMs: counted.firstSeenMs,
    answered: own,
    rivals,
    rivalsBefore: counted.rivalsBefore,
  };
}

function later(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.max(a, b);
}

function narrow(opened: Span, sentMs: number): Span {
  return { loMs: Math.min(opened.hiMs, Math.max(opened.loMs, sentMs)), hiMs: opened.hiMs };
}

/** What the end of the counted window teaches; nothing, where one of the two resets is unknown. */
function lessonsOf(
  state: BucketState,
  counted: Counted,
  clock: ServerClock,
  resetMs: number | undefined,
  nowMs: number,
): Lessons {
  if (counted.resetMs === undefined || resetMs === undefined || resetMs < counted.resetMs) {
    return state.lessons;
  }
  return learn(state.lessons, edgesOf(counted, counted.resetMs), clock, nowMs);
}
