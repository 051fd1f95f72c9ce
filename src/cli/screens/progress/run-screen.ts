import { formatDuration } from '../../../domain/duration.ts';
import { count, counted } from '../../../domain/counted.ts';
import type { AppEvent } from '../../../domain/run/event.ts';
import { RunFigures } from '../../../domain/run/figures/run-figures.ts';
import { WAIT_TEXTS } from '../../../domain/run/wait.ts';
import { fit } from '../../../text/layout.ts';
import { plain } from '../../../text/safe.ts';
import type { Text } from '../../../text/styled.ts';
import type { Style } from '../../terminal/style.ts';
import { bar } from './bar.ts';
import { settlingText } from './settling-text.ts';

type Started = Extract<AppEvent, { type: 'run-started' }>;
type RowEnded = Extract<AppEvent, { type: 'row' }>;

const MOST_ERRORS = 3;

/** Whole seconds, because tenths would only flicker. */
const seconds = (ms: number) => formatDuration(Math.ceil(ms / 1000) * 1000);

/** How a run in progress is shown in a terminal. Times are from the monotonic clock, in milliseconds. */
export class RunScreen {
  readonly figures: RunFigures;
  readonly #errors = new Map<string, { rows: number; readonly text: string }>();
  #stopping: string | undefined;

  constructor(started: Started, nowMs: number) {
    this.figures = new RunFigures(started, nowMs);
  }

  /** Counts a row that ended. */
  end(event: RowEnded): void {
    this.figures.end(event);
    const { outcome, oktaCode, reason, status, message } = event;
    if (outcome !== 'failed' && outcome !== 'unknown') return;
    const key = oktaCode ?? reason ?? String(status ?? '');
    const known = this.#errors.get(key);
    const why = reason === key ? undefined : reason;
    const text = `${key} ${message ?? why ?? ''}`.trim();
    if (known === undefined) this.#errors.set(key, { rows: 1, text: plain(text) });
    else known.rows += 1;
  }

  stop(inFlight: number): void {
    this.#stopping = `Stopping: ${counted(inFlight, 'call')} under way. Ctrl-C again leaves at once.`;
  }

  /** Returns the run in one line, for outputs that are not redrawn. */
  line(nowMs: number): string {
    const wait = this.figures.wait(nowMs);
    const parts = [
      ...this.#counts(),
      this.#speed(nowMs),
      this.#left(nowMs),
      wait === undefined ? '' : WAIT_TEXTS[wait.cause],
      this.#settling(),
    ];
    return `${this.#head()}: ${parts.filter((part) => part !== '').join(', ')}\n`;
  }

  /** Returns the run as lines of a terminal. */
  lines(nowMs: number, columns: number, style: Style): readonly Text[] {
    const width = Math.max(40, columns - 1);
    const left = this.#left(nowMs);
    const tail = `${this.#head()}${left === '' ? '' : ` · ${left}`}`;
    const room = Math.max(10, Math.min(40, width - tail.length - 3));
    const now = this.#stopping ?? this.#waiting(nowMs);
    const settling = this.#stopping === undefined ? this.#settling() : '';
    const errors = [...this.#errors.values()].sort((a, b) => b.rows - a.rows);
    const told = [...this.#counts(), this.#speed(nowMs)].filter((part) => part !== '');
    const { done, total } = this.figures;
    return [
      fit(`${bar(done / Math.max(1, total), room)} ${tail}`, width),
      fit(told.join(' · '), width),
      ...(now === '' ? [] : [style.yellow(fit(now, width))]),
      ...(settling === '' ? [] : [fit(settling, width)]),
      ...errors
        .slice(0, MOST_ERRORS)
        .map((error) => style.red(fit(`${count(error.rows)} × ${error.text}`, width))),
    ];
  }

  #head(): string {
    return `${count(this.figures.done)} of ${count(this.figures.total)}`;
  }

  #counts(): readonly string[] {
    const { succeeded, failed, unknown, skipped } = this.figures.counts;
    return [
      `${count(succeeded)} done`,
      `${count(failed)} failed`,
      `${count(unknown)} unknown`,
      ...(skipped === 0 ? [] : [`${count(skipped)} skipped`]),
    ];
  }

  #waiting(nowMs: number): string {
    const wait = this.figures.wait(nowMs);
    return wait === undefined ? '' : `${WAIT_TEXTS[wait.cause]} (${seconds(wait.leftMs)})`;
  }

  #settling(): string {
    const { settling } = this.figures;
    return settling === undefined ? '' : settlingText(settling.rows, settling.untilMs);
  }

  #left(nowMs: number): string {
    const leftMs = this.figures.leftMs(nowMs);
    return leftMs === undefined ? '' : `about ${seconds(leftMs)} left`;
  }

  #speed(nowMs: number): string {
    const rate = this.figures.callsPerMinute(nowMs);
    if (rate === undefined) return '';
    const said = `${count(Math.round(rate))} calls a minute`;
    const limit = this.figures.limitPerMinute;
    return limit === undefined ? said : `${said} (limit ${count(Math.round(limit))})`;
  }
}
