import { nextTickMs } from './pacing-clock.ts';
import type { ServerClock } from './pacing-clock.ts';
import { forecast, noLessons } from './window-opening.ts';
import type { Forecast } from './window-opening.ts';
import { DEMAND_MS, edgesOf, rivalRate } from './window-state.ts';
import type { BucketState, Counted, WindowRules } from './window-state.ts';

/** How many calls of a bucket may start now, and if none, when to ask again. */
export interface Plan {
  readonly start: number;
  /** Monotonic; never further off than two windows. Later answers may bring it forward. */
  readonly nextAtMs: number;
  /** The calls start on the forecast that the next window is open. */
  readonly ahead: boolean;
  /** `throttled`: a 429 closed the window; `window`: its share is spent; undefined: the first answer has yet to tell the limit. */
  readonly cause: 'window' | 'throttled' | undefined;
}

/** When a plan is asked for, and how much work there is: calls waiting now, and calls not yet started, if known. */
export interface Moment {
  readonly nowMs: number;
  readonly waiting: number;
  readonly left: number | undefined;
}

/** Without an answer for this long, one more call may go. */
const PATIENCE_MS = 1000;
/** How long one call goes before the rest into a window that is foretold. */
const VANGUARD_MS = 25;
/** Share of a window's calls that may be kept back to look for its end, and their greatest number. */
const KEPT_SHARE = 1 / 12;
const KEPT_MOST = 8;
/** What an answer showed is taken for the present this long, and two round trips. */
const FRESH_MS = 50;
/** The clock is known well enough when its bounds are this close. */
const CLOCK_FINE_MS = 80;

/** The calculator, second half: what a state allows at a moment when `waiting` calls want to start. Pure. */
export function planStarts(
  state: BucketState,
  at: Moment,
  rules: WindowRules,
  clock: ServerClock,
): Plan {
  const { nowMs } = at;
  const cause = state.refused ? 'throttled' : 'window';
  const { counted } = state;
  if (counted === undefined) {
    if (state.refused) return { ...ladder(state, state.refusedAtMs, nowMs, rules), cause };
    return state.met
      ? { start: Infinity, nextAtMs: nowMs, ahead: false, cause }
      : { ...first(state, nowMs), cause: undefined };
  }
  const share = shareOf(counted.limit, rules);
  const free = state.refused ? 0 : freeCalls(state, counted, share, nowMs);
  // Far from the end nothing needs to be foretold; a call that meets the next window is as good.
  if (free > 4 * KEPT_MOST && free * 4 > counted.limit) {
    return { start: free - KEPT_MOST, nextAtMs: nowMs, ahead: false, cause };
  }
  const lessons = state.lessons.epoch === clock.epoch ? state.lessons : noLessons(clock.epoch);
  const ahead =
    counted.resetMs === undefined
      ? undefined
      : forecast(lessons, edgesOf(counted, counted.resetMs), clock);
  if (ahead === undefined) {
    if (free > 0) return { start: free, nextAtMs: nowMs, ahead: false, cause };
    const sinceMs = Math.max(counted.shownAtMs, state.refused ? state.refusedAtMs : -Infinity);
    return { ...ladder(state, sinceMs, nowMs, rules), cause };
  }
  if (nowMs >= ahead.sureMs) {
    return { ...(ahead.proven ? vanguard(state, share, nowMs) : scout(state, free, nowMs)), cause };
  }
  return { ...within(state, counted, free, ahead, at, share, clock), cause };
}

/** The calls of a window that are ours to spend: at least one. */
export function shareOf(limit: number, rules: WindowRules): number {
  return Math.max(1, Math.floor((limit * rules.ratePercent) / 100));
}

/** What is left for us: of the window less what others are likely to have taken since we looked, and of our share. */
function freeCalls(state: BucketState, counted: Counted, share: number, nowMs: number): number {
  const rate = rivalRate(state, nowMs);
  const age = nowMs - counted.shownSentMs + state.roundTripMs;
  const reserve =
    rate > 0 || counted.rivals > 0 ? Math.max(1, Math.ceil(2 * rate * age), state.rivalsAtOnce) : 0;
  const open = state.inFlight + state.lost;
  const left = Math.min(counted.remaining - reserve, share - counted.answered) - open;
  if (rate === 0) return left;
  // Others may take several at once: no more than half of what is left is under way, so that few calls come too late.
  return Math.min(left, Math.max(1, Math.floor(counted.remaining / 2)) - open);
}

/**
 * How many calls may be kept back: a call that is still kept when the window ends is lost, so no more than the last window
 * of the run has to spare.
 */
function mostKept(share: number, free: number, left: number | undefined): number {
  const most = Math.min(KEPT_MOST, Math.floor(share * KEPT_SHARE));
  if (left === undefined) return Math.min(most, KEPT_MOST / 2);
  const later = left - free;
  return later <= 0 ? 0 : Math.min(most, Math.ceil(later / share) * share - later);
}

/** Before the first answer one call goes ahead; if it hangs, one more each second. */
function first(state: BucketState, nowMs: number): Omit<Plan, 'cause'> {
  if (state.inFlight === 0) return { start: 1, nextAtMs: nowMs, ahead: false };
  const allowed = 1 + Math.floor((nowMs - state.firstStartMs) / PATIENCE_MS);
  return {
    start: Math.max(0, allowed - state.inFlight),
    nextAtMs: state.firstStartMs + PATIENCE_MS * state.inFlight,
    ahead: false,
  };
}

/** No header helps: one call at a time, at growing distances up to a window. */
function ladder(
  state: BucketState,
  sinceMs: number,
  nowMs: number,
  rules: WindowRules,
): Omit<Plan, 'cause'> {
  const stepMs = Math.max(1000, rules.windowMs / 32) * 2 ** Math.min(10, state.refusals);
  const atMs = sinceMs + Math.min(rules.windowMs, stepMs);
  if (nowMs < atMs) return { start: 0, nextAtMs: atMs, ahead: true };
  return scout(state, 0, nowMs);
}

/**
 * The window is open by all that is known: one call goes first, and the rest as soon as it is answered, or a little later. A server
 * that turns its windows by a timer is late by as much.
 */
function vanguard(state: BucketState, share: number, nowMs: number): Omit<Plan, 'cause'> {
  const { ahead } = state;
  if (ahead === undefined) return { start: 1, nextAtMs: nowMs, ahead: true };
  const restAtMs = ahead.sinceMs + VANGUARD_MS;
  if (nowMs < restAtMs) return { start: 0, nextAtMs: restAtMs, ahead: true };
  return { start: share - state.inFlight, nextAtMs: nowMs + PATIENCE_MS, ahead: true };
}

/** The window should be open, but nothing has proved it: one call, and its answer opens the rest. */
function scout(state: BucketState, free: number, nowMs: number): Omit<Plan, 'cause'> {
  const { ahead } = state;
  if (ahead === undefined) return { start: Math.max(1, free), nextAtMs: nowMs, ahead: true };
  const allowed = 1 + Math.floor((nowMs - ahead.sinceMs) / PATIENCE_MS);
  return {
    start: Math.max(0, allowed - ahead.open),
    nextAtMs: ahead.sinceMs + PATIENCE_MS * Math.max(1, ahead.open),
    ahead: true,
  };
}

/**
 * Inside a window: all calls go at once but a few, which are kept back as long as there is more work than calls. They
 * go at the moments that tell most of the server's clock, and then of the window's end: real calls, within the
 * budget whichever window they meet.
 */
function within(
  state: BucketState,
  counted: Counted,
  free: number,
  ahead: Forecast,
  at: Moment,
  share: number,
  clock: ServerClock,
): Omit<Plan, 'cause'> {
  const { nowMs } = at;
  const tries = ahead.tries.filter((moment) => moment.atMs > state.lastStartMs);
  const dueTry = tries.find((moment) => moment.due);
  if (free <= 0) {
    // The header's own instant has passed: the advertised budget is no longer known to be spent, and one call may ask.
    const askMs = dueTry?.atMs ?? ahead.sureMs;
    if (nowMs >= askMs && state.ahead === undefined)
      return { start: 1, nextAtMs: nowMs, ahead: true };
    return { start: 0, nextAtMs: nowMs >= askMs ? ahead.sureMs : askMs, ahead: false };
  }
  const moments = tries.map((moment) => moment.atMs);
  const width = clock.hiMs - clock.loMs;
  const fine = Math.max(CLOCK_FINE_MS, state.roundTripMs);
  let ticks = 0;
  if (width > fine && clock.epoch >= 0 && free > tries.length) {
    const tickMs = nextTickMs(
      clock,
      Math.max(state.lastStartMs, counted.shownAtMs) + 1,
      state.roundTripMs,
    );
    if (tickMs + state.roundTripMs < (moments[0] ?? ahead.sureMs)) {
      ticks = Math.ceil(Math.log2(width / fine));
      moments.unshift(tickMs);
    }
  }
  const lately = nowMs - state.demandAtMs < DEMAND_MS ? state.demand : 0;
  const demand = Math.max(lately, at.waiting + state.inFlight);
  const rivals = rivalRate(state, nowMs) > 0;
  // A clock better known may tell two tries apart that look like one.
  const wanted = tries.length + (ticks > 0 ? ticks + 1 : 0);
  const kept = rivals ? 0 : Math.min(wanted, demand - 1, mostKept(share, free, at.left));
  // Others may have spent what an older answer showed: one call looks before the rest follow.
  const fresh = nowMs - counted.shownAtMs < FRESH_MS + 2 * state.roundTripMs;
  const most = fresh || free * 4 > counted.limit ? Infinity : Math.max(0, 1 - state.inFlight);
  if (free > kept && most > 0) {
    return { start: Math.min(free - kept, most), nextAtMs: nowMs, ahead: false };
  }
  const nextMs = moments[0] ?? ahead.sureMs;
  if (nextMs <= nowMs) return { start: 1, nextAtMs: nowMs, ahead: false };
  const calmMs = lately > at.waiting + state.inFlight ? state.demandAtMs + DEMAND_MS : Infinity;
  return { start: 0, nextAtMs: Math.min(nextMs, ahead.sureMs, calmMs), ahead: false };
}
