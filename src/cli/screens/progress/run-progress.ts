import { formatDuration } from '../../../domain/duration.ts';
import { count } from '../../../domain/counted.ts';
import type { AppEvent } from '../../../domain/run/event.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { Text } from '../../../text/styled.ts';
import { WAIT_TEXTS } from '../../../domain/run/wait.ts';
import { RunScreen } from './run-screen.ts';

const REDRAW_MS = 200;
const LINE_EVERY_MS = 5000;
const TICK_MS = 1000;

const READING = {
  selection: 'Rows read',
  lookup: 'Users looked up',
  export: 'Users exported',
  admins: 'Admins read',
  results: 'Result rows read',
} as const;

/** Shows a run in progress: on a terminal in one place that is redrawn, elsewhere as a plain line every few seconds. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #ended = new AbortController();
  #run: RunScreen | undefined;
  /** How many lines are on the screen now, to be drawn over. */
  #drawn = 0;
  #isHeld = false;
  #lastMs = 0;
  #written: Promise<void> = Promise.resolve();

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  event(event: AppEvent): void {
    const nowMs = this.#terminal.host.clock.monotonicMs();
    switch (event.type) {
      case 'run-started':
        this.#run = new RunScreen(event, nowMs);
        this.#tick('soon');
        void this.#keepTicking();
        return;
      case 'reading':
        this.#read(`${READING[event.what]}: ${count(event.done)}`);
        return;
      case 'row':
        this.#run?.end(event);
        this.#tick();
        return;
      case 'pause':
        if (this.#run === undefined) this.#wait(WAIT_TEXTS[event.cause], event.waitMs);
        this.#run?.figures.pause(event.cause, event.waitMs, nowMs);
        this.#tick('soon');
        return;
      case 'settling':
        this.#run?.figures.settle(event.rows, event.untilMs);
        this.#tick('soon');
        return;
      case 'stopping':
        this.#run?.stop(event.inFlight);
        this.#tick('now');
        return;
      case 'run-ended':
        this.end();
        return;
      case 'message':
      case 'canary':
        return;
      default: {
        const never: never = event;
        return never;
      }
    }
  }

  /** Removes the redrawn lines, so that other text can follow. */
  async clear(): Promise<void> {
    if (this.#drawn > 0) this.#redraw([]);
    await this.#written;
  }

  /** Removes the redrawn lines, and draws nothing more until it is released. */
  async hold(on: boolean): Promise<void> {
    this.#isHeld = on;
    if (on) await this.clear();
    else this.#tick('soon');
  }

  /** Ends the display for good. */
  end(): void {
    this.#ended.abort();
  }

  /** Shows the run, unless it was shown a moment ago. `soon`: shows it in any case if it is redrawn. */
  #tick(when?: 'soon' | 'now'): void {
    const { animated, quiet, json, host, style } = this.#terminal;
    if (this.#run === undefined || quiet || json || this.#isHeld) return;
    const isDue = when === 'now' || (when === 'soon' && animated);
    if (!isDue && !this.#isLater(animated ? REDRAW_MS : LINE_EVERY_MS)) return;
    const nowMs = host.clock.monotonicMs();
    this.#lastMs = nowMs;
    this.#run.figures.mark(nowMs);
    if (animated) this.#redraw(this.#run.lines(nowMs, host.stderr.size().columns, style));
    else this.#write(this.#run.line(nowMs));
  }

  /** While a run waits for a window nothing happens, but the screen must count down. */
  async #keepTicking(): Promise<void> {
    const { clock } = this.#terminal.host;
    const { signal } = this.#ended;
    for (;;) {
      await clock.sleep(TICK_MS, signal).catch(() => undefined);
      if (signal.aborted) return;
      this.#tick();
    }
  }

  #read(text: string): void {
    const { animated, quiet, host, style } = this.#terminal;
    if (!animated || quiet || !this.#isLater(REDRAW_MS)) return;
    this.#lastMs = host.clock.monotonicMs();
    this.#redraw([style.dim(text)]);
  }

  /** Reads wait too, when there is no run to show yet. */
  #wait(text: string, waitMs: number): void {
    const { animated, quiet, json, host } = this.#terminal;
    const told = `Waiting ${formatDuration(waitMs)}: ${text}`;
    if (animated) {
      this.#read(told);
      return;
    }
    if (quiet || json || (this.#lastMs !== 0 && !this.#isLater(LINE_EVERY_MS))) return;
    this.#lastMs = host.clock.monotonicMs();
    this.#write(`${told}\n`);
  }

  #isLater(byMs: number): boolean {
    return this.#terminal.host.clock.monotonicMs() - this.#lastMs >= byMs;
  }

  #write(text: Text): void {
    this.#written = this.#written.then(() => this.#terminal.err(text));
  }

  #redraw(lines: readonly Text[]): void {
    const over = this.#drawn;
    this.#written = this.#written.then(() => this.#terminal.errWriter.redraw(lines, over));
    this.#drawn = lines.length;
  }
}
