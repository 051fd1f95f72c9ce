import type { Random } from '../domain/clock.ts';
import type { BucketLimit } from '../domain/org/org.ts';
import type { BucketTraffic } from '../domain/run/summary.ts';
import { assumeWallClock, fitsWindow, observeDate } from './pacing-clock.ts';
import type { ServerClock } from './pacing-clock.ts';
import { newOwnPace, ownReturned, ownStarted, ownStarts } from './pacing-rate.ts';
import type { OwnPace } from './pacing-rate.ts';
import { newSlots, slotsAnswered, slotsRefused } from './pacing-slots.ts';
import type { RateObservation } from './pacing.ts';
import { advance } from './window.ts';
import { windowLengthMs } from './window-length.ts';
import { planStarts } from './window-plan.ts';
import { newBucket } from './window-state.ts';
import type { BucketState, WindowRules } from './window-state.ts';

export interface PacingOptions {
  /** `--rate-share`: percent of the limit that Okta's headers report, spent per window. */
  readonly ratePercent: number;
  /** `--per-minute`, `--per-hour`: our own pace over all calls of `writeBucket`, its reads and repeats included. */
  readonly perMinute?: number | undefined;
  readonly perHour?: number | undefined;
  /** `--concurrency`: calls in flight over all buckets. */
  readonly maxInFlight: number;
  /** Length of a window where headers do not tell; 60,000 ms by Okta's documents. */
  readonly windowMs?: number | undefined;
  readonly writeBucket: string;
}

export type WaitCause = 'window' | 'throttled' | 'concurrency' | 'own-pace';

/** What a bucket may do now. `cause` undefined: it only waits for one of our own calls to end. */
export interface Verdict {
  readonly start: number;
  /** Like `start`, were there no limit on the calls in flight. */
  readonly budget: number;
  readonly nextAtMs: number;
  readonly ahead: boolean;
  readonly cause: WaitCause | undefined;
}

export interface StartedCall {
  readonly bucket: string;
  readonly sentMs: number;
  /** Calls in flight when it started, itself included. */
  readonly rank: number;
}

/** All buckets of an org with its clock and its slots: no timers, no promises; time comes in with each question. */
export interface PaceBook {
  readonly verdict: (bucket: string, waiting: number, nowMs: number) => Verdict;
  /** Whether all of `waiting` calls may start as soon as calls in flight end, and every connection is of use. */
  readonly isOpen: (bucket: string, waiting: number, nowMs: number) => boolean;
  readonly start: (bucket: string, waiting: number, nowMs: number, ahead: boolean) => StartedCall;
  readonly end: (
    call: StartedCall,
    observation: RateObservation | undefined,
    sent: boolean,
    nowMs: number,
  ) => void;
  /** Says how many more calls of the bucket the run will make; repeats are added by the book. */
  readonly expect: (bucket: string, calls: number) => void;
  readonly waited: (bucket: string, ms: number) => void;
  readonly limits: () => readonly BucketLimit[];
  readonly traffic: () => readonly BucketTraffic[];
  readonly serverClock: () => ServerClock | undefined;
}

const WINDOW_MS = 60_000;

interface Page {
  state: BucketState;
  own: OwnPace;
  left: number | undefined;
  calls: number;
  throttled: number;
  waitedMs: number;
}

/** Opens the book of an org. `wallMs` is asked while the org has sent no true `Date`, and to tell whether one is. */
export function createPaceBook(
  options: PacingOptions,
  ports: { readonly random: Random; readonly wallMs: () => number },
): PaceBook {
  const rules: WindowRules = {
    ratePercent: options.ratePercent,
    windowMs: options.windowMs ?? WINDOW_MS,
  };
  const pages = new Map<string, Page>();
  let slots = newSlots(options.maxInFlight);
  let inFlight = 0;
  let clock: ServerClock | undefined;
  /** The `Date` headers are not by the clock that the windows go by. */
  let falseDates = false;

  /** Takes what an answer says of the time, and returns the answer without a `Date` that is false. */
  const timed = (seen: RateObservation, sentMs: number, nowMs: number): RateObservation => {
    const { serverDateMs: dateMs, resetMs, limit } = seen;
    if (dateMs === undefined || !Number.isFinite(dateMs)) return seen;
    clock = observeDate(clock, { sentMs, receivedMs: nowMs, dateMs });
    // The reset of a concurrency 429 is no end of a window.
    if (!falseDates && resetMs !== undefined && limit !== 0) {
      const fits = (atMs: number) => fitsWindow(resetMs, atMs, rules.windowMs);
      falseDates = !fits(dateMs) && fits(ports.wallMs());
    }
    return falseDates ? { ...seen, serverDateMs: undefined } : seen;
  };

  const pageOf = (bucket: string): Page => {
    const known = pages.get(bucket);
    if (known !== undefined) return known;
    const own = newOwnPace(bucket === options.writeBucket ? options : {});
    const page: Page = {
      state: newBucket(),
      own,
      left: undefined,
      calls: 0,
      throttled: 0,
      waitedMs: 0,
    };
    pages.set(bucket, page);
    return page;
  };
  const clockAt = (nowMs: number) =>
    clock === undefined || falseDates ? assumeWallClock(ports.wallMs(), nowMs) : clock;

  const planAt = (page: Page, waiting: number, nowMs: number) =>
    planStarts(page.state, { nowMs, waiting, left: page.left }, rules, clockAt(nowMs));

  return {
    verdict: (bucket, waiting, nowMs) => {
      const page = pageOf(bucket);
      const plan = planAt(page, waiting, nowMs);
      const own = ownStarts(page.own, nowMs);
      const budget = Math.max(0, Math.min(plan.start, own.start));
      if (budget === 0) {
        const byPlan = plan.start <= 0 && (own.start > 0 || plan.nextAtMs >= own.nextAtMs);
        return {
          start: 0,
          budget,
          nextAtMs: byPlan ? plan.nextAtMs : own.nextAtMs,
          ahead: false,
          cause: byPlan ? plan.cause : 'own-pace',
        };
      }
      const closed = nowMs < slots.closedUntilMs;
      const room = closed ? 0 : slots.cap - inFlight;
      return {
        start: Math.max(0, Math.min(budget, room)),
        budget,
        nextAtMs: closed ? slots.closedUntilMs : Infinity,
        ahead: plan.ahead,
        cause: closed ? 'concurrency' : undefined,
      };
    },
    isOpen: (bucket, waiting, nowMs) => {
      if (slots.cap < slots.most || nowMs < slots.closedUntilMs) return false;
      const page = pageOf(bucket);
      return (
        ownStarts(page.own, nowMs).start >= waiting && planAt(page, waiting, nowMs).start >= waiting
      );
    },
    start: (bucket, waiting, nowMs, ahead) => {
      const page = pageOf(bucket);
      page.state = advance(page.state, { kind: 'started', nowMs, waiting, ahead }, rules);
      page.own = ownStarted(page.own, nowMs);
      page.calls += 1;
      if (page.left !== undefined) page.left = Math.max(0, page.left - 1);
      inFlight += 1;
      return { bucket, sentMs: nowMs, rank: inFlight };
    },
    end: ({ bucket, sentMs, rank }, observation, sent, nowMs) => {
      const page = pageOf(bucket);
      if (!sent) {
        page.state = advance(page.state, { kind: 'unsent', sentMs }, rules);
        page.own = ownReturned(page.own);
        page.calls -= 1;
      } else if (observation === undefined) {
        page.state = advance(page.state, { kind: 'lost', nowMs, sentMs }, rules);
      } else {
        const seen = timed(observation, sentMs, nowMs);
        page.state = advance(
          page.state,
          { kind: 'answered', nowMs, sentMs, observation: seen, clock: clockAt(nowMs) },
          rules,
        );
        if (observation.status === 429) {
          page.throttled += 1;
          if (page.left !== undefined) page.left += 1;
        }
        slots =
          observation.status === 429 && observation.limit === 0
            ? slotsRefused(slots, Math.max(rank, inFlight), nowMs, ports.random)
            : slotsAnswered(slots, rank, nowMs);
      }
      inFlight -= 1;
    },
    expect: (bucket, calls) => {
      pageOf(bucket).left = calls;
    },
    waited: (bucket, ms) => {
      pageOf(bucket).waitedMs += ms;
    },
    limits: () =>
      [...pages].flatMap(([bucket, { state }]) => {
        const { counted } = state;
        if (counted?.resetMs === undefined) return [];
        const { limit, resetMs } = counted;
        const remaining = Math.max(0, counted.remaining - state.inFlight);
        const { firstCall } = state.lessons;
        const windowMs = windowLengthMs(counted, firstCall, rules);
        return [{ bucket, limit, remaining, resetMs, windowMs }];
      }),
    traffic: () =>
      [...pages].map(([bucket, { calls, throttled, waitedMs }]) => ({
        bucket,
        calls,
        throttled,
        waitedMs: Math.round(waitedMs),
      })),
    serverClock: () => clock,
  };
}
