import type { OutcomeCounts } from '../../row/outcome.ts';
import { CallRate } from './call-rate.ts';
import type { AppEvent } from '../event.ts';
import { Forecast, type Standing } from './forecast.ts';
import type { WaitCause } from '../wait.ts';

const MINUTE_MS = 60_000;

type Started = Extract<AppEvent, { readonly type: 'run-started' }>;
type RowEnded = Extract<AppEvent, { readonly type: 'row' }>;

/**
 * The state of a run in progress: counts, rate, what it waits for and when it will end, folded from its events. Each face
 * shows these figures. Times are from the monotonic clock, in milliseconds.
 */
export class RunFigures {
  readonly #started: Started;
  readonly #counts: { -readonly [outcome in keyof OutcomeCounts]: number };
  readonly #forecast: Forecast;
  readonly #rate: CallRate;
  #wait: { readonly cause: WaitCause; readonly untilMs: number } | undefined;
  #settling: { readonly rows: number; readonly untilMs: number } | undefined;

  constructor(started: Started, nowMs: number) {
    const { earlier, total, resumedFrom, limitPerWindow, windowMs } = started;
    this.#started = started;
    this.#counts = { ...earlier, 'not-attempted': Math.max(0, total - resumedFrom) };
    this.#forecast = new Forecast(nowMs, limitPerWindow, windowMs);
    this.#rate = new CallRate(nowMs, windowMs);
    this.mark(nowMs);
  }

  /** Counts a row that ended. */
  end({ outcome }: RowEnded): void {
    this.#counts[outcome] += 1;
    this.#counts['not-attempted'] = Math.max(0, this.#counts['not-attempted'] - 1);
  }

  /** All calls wait for `waitMs`. */
  pause(cause: WaitCause, waitMs: number, nowMs: number): void {
    this.#wait = { cause, untilMs: nowMs + waitMs };
    this.#forecast.pause(this.#standing(nowMs), nowMs + waitMs);
  }

  /** `untilMs`: epoch ms by the org's clock. */
  settle(rows: number, untilMs: number): void {
    this.#settling = rows === 0 ? undefined : { rows, untilMs };
  }

  /** Records how many calls were made by now. The rate is counted between such marks. */
  mark(nowMs: number): void {
    this.#rate.mark(nowMs, this.#calls);
  }

  get counts(): OutcomeCounts {
    return { ...this.#counts };
  }

  get total(): number {
    return this.#started.total;
  }

  /** Rows that have ended, including those of earlier invocations. */
  get done(): number {
    return this.total - this.#counts['not-attempted'];
  }

  /** Rows that had ended before this invocation. */
  get resumedFrom(): number {
    return this.#started.resumedFrom;
  }

  /** Rows that wait to see whether a call without an answer took effect, and until when at most. */
  get settling(): { readonly rows: number; readonly untilMs: number } | undefined {
    return this.#settling;
  }

  /** What all calls currently wait for, and for how much longer. */
  wait(nowMs: number): { readonly cause: WaitCause; readonly leftMs: number } | undefined {
    if (this.#wait === undefined || this.#wait.untilMs <= nowMs) return undefined;
    return { cause: this.#wait.cause, leftMs: this.#wait.untilMs - nowMs };
  }

  /** Undefined until the calls of one window are known. */
  callsPerMinute(nowMs: number): number | undefined {
    return this.#rate.perMinute(nowMs, this.#calls);
  }

  /** How many calls Okta allowed the credential when the run was planned; undefined if not known. */
  get limitPerMinute(): number | undefined {
    const { limitPerWindow, windowMs } = this.#started;
    return limitPerWindow === undefined ? undefined : (limitPerWindow * MINUTE_MS) / windowMs;
  }

  /**
   * Undefined if there is no estimate. That includes the time in which rows wait until a time that is shown, because the
   * pace says nothing about them.
   */
  leftMs(nowMs: number): number | undefined {
    return this.#settling === undefined ? this.#forecast.leftMs(this.#standing(nowMs)) : undefined;
  }

  get #calls(): number {
    return this.done * this.#started.callsPerRow;
  }

  #standing(nowMs: number): Standing {
    const left = this.#counts['not-attempted'];
    return { nowMs, here: this.done - this.resumedFrom, left };
  }
}
