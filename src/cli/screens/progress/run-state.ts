import { formatDuration } from '../../../domain/duration.ts';
import { count, counted } from '../../../domain/counted.ts';
import type { AppEvent } from '../../../domain/run/event.ts';
import { WAIT_TEXTS, type WaitCause } from '../../../domain/run/wait.ts';
import { fit } from '../../../text/layout.ts';
import { plain } from '../../../text/safe.ts';
import type { Text } from '../../../text/styled.ts';
import type { Style } from '../../terminal/style.ts';
import { bar } from './bar.ts';
import { CallRate } from '../../../domain/run/call-rate.ts';
import { Forecast } from '../../../domain/run/forecast.ts';
import { settlingText } from './settling-text.ts';

type Started = Extract<AppEvent, { type: 'run-started' }>;
type RowEnded = Extract<AppEvent, { type: 'row' }>;

/** Whole seconds: tenths would only flicker. */
const seconds = (ms: number) => formatDuration(Math.ceil(ms / 1000) * 1000);

/** How far a run is, folded from its events, and how that reads. Times are of the monotonic clock, in milliseconds. */
export class RunState {
  readonly #started: Started;
  readonly #forecast: Forecast;
  readonly #rate: CallRate;
  readonly #errors = new Map<string, { rows: number; readonly text: string }>();
  #done: number;
  #succeeded: number;
  #failed: number;
  #unknown: number;
  #wait = { text: '', untilMs: 0 };
  #settling: string | undefined;
  #stopping: string | undefined;

  constructor(started: Started, nowMs: number) {
    const { earlier, limitPerWindow, windowMs } = started;
    this.#started = started;
    this.#forecast = new Forecast(nowMs, limitPerWindow, windowMs);
    this.#rate = new CallRate(nowMs, windowMs);
    this.#done = started.resumedFrom;
    this.#succeeded = earlier.succeeded;
    this.#failed = earlier.failed + earlier.skipped;
    this.#unknown = earlier.unknown;
    this.mark(nowMs);
  }

  /** Takes down how many calls were made by now. */
  mark(nowMs: number): void {
    this.#rate.mark(nowMs, this.#done * this.#started.callsPerRow);
  }

  /** A row ended. */
  end({ outcome, oktaCode, reason, status, message }: RowEnded): void {
    this.#done += 1;
    if (outcome === 'succeeded') {
      this.#succeeded += 1;
      return;
    }
    if (outcome === 'unknown') this.#unknown += 1;
    else this.#failed += 1;
    const key = oktaCode ?? reason ?? String(status ?? '');
    const known = this.#errors.get(key);
    const text = `${key} ${message ?? reason ?? ''}`.trim();
    if (known === undefined) this.#errors.set(key, { rows: 1, text: plain(text) });
    else known.rows += 1;
  }

  pause(cause: WaitCause, waitMs: number, nowMs: number): void {
    this.#wait = { text: WAIT_TEXTS[cause], untilMs: nowMs + waitMs };
    this.#forecast.pause(this.#standing(nowMs), this.#wait.untilMs);
  }

  settle(rows: number, untilMs: number): void {
    this.#settling = settlingText(rows, untilMs);
  }

  stop(inFlight: number): void {
    this.#stopping = `Stopping: ${counted(inFlight, 'call')} in flight are being settled. Ctrl-C again leaves at once.`;
  }

  /** The run in one line, for what is not redrawn. */
  line(nowMs: number): string {
    const { text, untilMs } = this.#wait;
    const left = this.#leftText(nowMs);
    const parts = [
      ...this.#counts(),
      this.#speed(nowMs),
      left,
      untilMs > nowMs ? text : '',
      this.#settling ?? '',
    ];
    return `${this.#head()}: ${parts.filter((part) => part !== '').join(', ')}\n`;
  }

  /** The run as lines of a terminal. */
  screen(nowMs: number, columns: number, style: Style): readonly Text[] {
    const width = Math.max(40, columns - 1);
    const left = this.#leftText(nowMs);
    const tail = `${this.#head()}${left === '' ? '' : ` · ${left}`}`;
    const room = Math.max(10, Math.min(40, width - tail.length - 3));
    const { text, untilMs } = this.#wait;
    const waiting = untilMs > nowMs ? `${text} (${seconds(untilMs - nowMs)})` : '';
    const wait = this.#stopping ?? waiting;
    const settling = this.#stopping === undefined ? this.#settling : undefined;
    const errors = [...this.#errors.values()].sort((a, b) => b.rows - a.rows).slice(0, 3);
    const figures = [...this.#counts(), this.#speed(nowMs)].filter((part) => part !== '');
    const { total } = this.#started;
    return [
      fit(`${bar(this.#done / Math.max(1, total), room)} ${tail}`, width),
      fit(figures.join(' · '), width),
      ...(wait === '' ? [] : [style.yellow(fit(wait, width))]),
      ...(settling === undefined ? [] : [fit(settling, width)]),
      ...errors.map((error) => style.red(fit(`${count(error.rows)} × ${error.text}`, width))),
    ];
  }

  #head(): string {
    return `${count(this.#done)} of ${count(this.#started.total)}`;
  }

  #counts(): readonly string[] {
    return [
      `${count(this.#succeeded)} done`,
      `${count(this.#failed)} failed`,
      `${count(this.#unknown)} unknown`,
    ];
  }

  #standing(nowMs: number) {
    const { resumedFrom, total } = this.#started;
    return { nowMs, here: this.#done - resumedFrom, left: total - this.#done };
  }

  /** Empty while rows wait for a time that is shown: the pace so far says nothing of them. */
  #leftText(nowMs: number): string {
    if (this.#settling !== undefined) return '';
    const leftMs = this.#forecast.leftMs(this.#standing(nowMs));
    return leftMs === undefined ? '' : `about ${seconds(leftMs)} left`;
  }

  #speed(nowMs: number): string {
    const { callsPerRow, limitPerWindow, windowMs } = this.#started;
    const rate = this.#rate.perMinute(nowMs, this.#done * callsPerRow);
    if (rate === undefined) return '';
    const said = `${count(Math.round(rate))} calls a minute`;
    if (limitPerWindow === undefined) return said;
    return `${said} (limit ${count(Math.round((limitPerWindow * 60_000) / windowMs))})`;
  }
}
