import { DEFAULTS } from '../../../config/defaults.ts';
import { formatDuration } from '../../../domain/duration.ts';
import type { AppEvent } from '../../../domain/run/event.ts';
import type { WaitCause } from '../../../domain/run/wait.ts';
import { fit } from '../../../text/layout.ts';
import { plain } from '../../../text/safe.ts';
import { Forecast, type Standing } from './forecast.ts';
import { CallRate } from './call-rate.ts';
import { settlingText } from './settling-text.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { count, plural } from '../words.ts';
import type { Text } from '../../../text/styled.ts';

const REDRAW_MS = 200;
const LINE_EVERY_MS = 5000;
const TICK_MS = 1000;

interface State {
  total: number;
  done: number;
  resumedFrom: number;
  succeeded: number;
  failed: number;
  unknown: number;
  limitPerWindow: number | undefined;
  forecast: Forecast;
  wait: { text: string; untilMs: number } | undefined;
  settling: string | undefined;
  stopping: string | undefined;
  callsPerRow: number;
  windowMs: number;
  rate: CallRate;
  readonly errors: Map<string, { rows: number; readonly text: string }>;
}

/** Shows a run while it goes on: one place redrawn on a terminal, a plain line every few seconds elsewhere. */
export interface Progress {
  readonly event: (event: AppEvent) => void;
  /** Removes what is redrawn, so that other text can follow. */
  readonly clear: () => Promise<void>;
  /** Removes what is redrawn, and draws nothing more until it is let go of. */
  readonly hold: (on: boolean) => Promise<void>;
  /** Ends the display for good. */
  readonly end: () => void;
}

const READING = {
  selection: 'Rows read',
  lookup: 'Users looked up',
  export: 'Users exported',
  admins: 'Admins read',
  results: 'Result rows read',
} as const;

const PAUSES: Readonly<Record<WaitCause, string>> = {
  window: 'window spent, waiting for the next',
  throttled: 'Okta said 429, waiting for its clock',
  concurrency: 'too many at once for the org, slowing down',
  'own-pace': 'holding the pace you asked for',
  'org-unavailable': 'the org does not answer, trying again',
};

function bar(share: number, width: number): string {
  const full = Math.round(Math.max(0, Math.min(1, share)) * width);
  return `${'█'.repeat(full)}${'░'.repeat(width - full)}`;
}

/** Whole seconds: tenths would only flicker. */
function seconds(ms: number): string {
  return formatDuration(Math.ceil(ms / 1000) * 1000);
}

function standing(state: State, nowMs: number): Standing {
  return { nowMs, here: state.done - state.resumedFrom, left: state.total - state.done };
}

/** Undefined while rows wait for a time that is shown: the pace so far says nothing of them. */
function timeLeftMs(state: State, nowMs: number): number | undefined {
  return state.settling === undefined ? state.forecast.leftMs(standing(state, nowMs)) : undefined;
}

function speed(state: State, nowMs: number): string {
  const rate = state.rate.perMinute(nowMs, state.done * state.callsPerRow);
  if (rate === undefined) return '';
  const limit =
    state.limitPerWindow === undefined
      ? ''
      : ` (limit ${count(Math.round((state.limitPerWindow * 60_000) / state.windowMs))})`;
  return `${count(Math.round(rate))} calls a minute${limit}`;
}

function screen(state: State, nowMs: number, terminal: Terminal): readonly Text[] {
  const { style } = terminal;
  const width = Math.max(40, terminal.host.stderr.size().columns - 1);
  const leftMs = timeLeftMs(state, nowMs);
  const head = `${count(state.done)} of ${count(state.total)}`;
  const tail = leftMs === undefined ? '' : ` · about ${seconds(leftMs)} left`;
  const room = Math.max(10, Math.min(40, width - head.length - tail.length - 3));
  const counts = [
    `${count(state.succeeded)} done`,
    `${count(state.failed)} failed`,
    `${count(state.unknown)} unknown`,
    speed(state, nowMs),
  ]
    .filter((part) => part !== '')
    .join(' · ');
  const wait =
    state.stopping ??
    (state.wait !== undefined && state.wait.untilMs > nowMs
      ? `${state.wait.text} (${seconds(state.wait.untilMs - nowMs)})`
      : '');
  const errors = [...state.errors.values()]
    .sort((a, b) => b.rows - a.rows)
    .slice(0, 3)
    .map((error) => fit(`${count(error.rows)} × ${error.text}`, width));
  return [
    fit(`${bar(state.done / Math.max(1, state.total), room)} ${head}${tail}`, width),
    fit(counts, width),
    ...(wait === '' ? [] : [style.yellow(fit(wait, width))]),
    ...(state.settling === undefined || state.stopping !== undefined
      ? []
      : [fit(state.settling, width)]),
    ...errors.map((line) => style.red(line)),
  ];
}

/** Makes the progress display that suits the terminal. */
export function makeProgress(terminal: Terminal): Progress {
  const clock = terminal.host.clock;
  const state: State = {
    total: 0,
    done: 0,
    resumedFrom: 0,
    succeeded: 0,
    failed: 0,
    unknown: 0,
    limitPerWindow: undefined,
    forecast: new Forecast(clock.monotonicMs(), undefined, DEFAULTS.windowMs),
    wait: undefined,
    settling: undefined,
    stopping: undefined,
    callsPerRow: 1,
    windowMs: DEFAULTS.windowMs,
    rate: new CallRate(clock.monotonicMs(), DEFAULTS.windowMs),
    errors: new Map(),
  };
  let drawn = 0;
  let held = false;
  let lastMs = 0;
  let lines: Promise<void> = Promise.resolve();
  const write = (text: Text) => {
    lines = lines.then(() => terminal.err(text));
  };
  const redraw = (all: readonly Text[]) => {
    const over = drawn;
    lines = lines.then(() => terminal.errWriter.redraw(all, over));
    drawn = all.length;
  };
  const draw = (nowMs: number) => {
    redraw(screen(state, nowMs, terminal));
  };
  const line = (nowMs: number) => {
    const rate = speed(state, nowMs);
    const leftMs = timeLeftMs(state, nowMs);
    write(
      `${count(state.done)} of ${count(state.total)}: ${count(state.succeeded)} done, ${count(state.failed)} failed, ${count(state.unknown)} unknown` +
        `${rate === '' ? '' : `, ${rate}`}${leftMs === undefined ? '' : `, about ${seconds(leftMs)} left`}${state.wait !== undefined && state.wait.untilMs > nowMs ? `, ${state.wait.text}` : ''}${state.settling === undefined ? '' : `, ${state.settling}`}\n`,
    );
  };
  const reading = (text: string) => {
    if (!terminal.animated || terminal.quiet) return;
    const nowMs = clock.monotonicMs();
    if (nowMs - lastMs < REDRAW_MS) return;
    lastMs = nowMs;
    redraw([terminal.style.dim(text)]);
  };
  // Reads wait too, and then there is no run to show.
  const waiting = (text: string, waitMs: number) => {
    const told = `Waiting ${formatDuration(waitMs)}: ${text}`;
    if (terminal.animated) reading(told);
    else if (!terminal.quiet && !terminal.json) {
      const nowMs = clock.monotonicMs();
      if (lastMs !== 0 && nowMs - lastMs < LINE_EVERY_MS) return;
      lastMs = nowMs;
      write(`${told}\n`);
    }
  };
  const tick = (force = false) => {
    if (terminal.quiet || terminal.json || held) return;
    const nowMs = clock.monotonicMs();
    if (!force && nowMs - lastMs < (terminal.animated ? REDRAW_MS : LINE_EVERY_MS)) return;
    lastMs = nowMs;
    state.rate.mark(nowMs, state.done * state.callsPerRow);
    if (terminal.animated) draw(nowMs);
    else line(nowMs);
  };

  // While a window is waited for nothing happens, and the screen must still count down.
  const ended = new AbortController();
  const keepTicking = async () => {
    for (;;) {
      await clock.sleep(TICK_MS, ended.signal).catch(() => undefined);
      if (ended.signal.aborted) return;
      tick();
    }
  };

  const clear = async () => {
    if (drawn > 0) redraw([]);
    await lines;
  };
  return {
    end: () => ended.abort(),
    event: (event) => {
      if (event.type === 'run-started') {
        state.total = event.total;
        state.done = event.resumedFrom;
        state.resumedFrom = event.resumedFrom;
        state.succeeded = event.earlier.succeeded;
        state.failed = event.earlier.failed + event.earlier.skipped;
        state.unknown = event.earlier.unknown;
        state.limitPerWindow = event.limitPerWindow;
        state.windowMs = event.windowMs;
        state.callsPerRow = event.callsPerRow;
        state.forecast = new Forecast(clock.monotonicMs(), event.limitPerWindow, event.windowMs);
        state.rate = new CallRate(clock.monotonicMs(), event.windowMs);
        state.rate.mark(clock.monotonicMs(), state.done * state.callsPerRow);
        tick(terminal.animated);
        void keepTicking();
      } else if (event.type === 'run-ended') {
        ended.abort();
      } else if (event.type === 'reading') {
        reading(`${READING[event.what]}: ${count(event.done)}`);
      } else if (event.type === 'row') {
        state.done += 1;
        if (event.outcome === 'succeeded') state.succeeded += 1;
        else if (event.outcome === 'unknown') state.unknown += 1;
        else state.failed += 1;
        if (event.outcome !== 'succeeded') {
          const key = event.oktaCode ?? event.reason ?? String(event.status ?? '');
          const known = state.errors.get(key);
          if (known === undefined) {
            state.errors.set(key, {
              rows: 1,
              text: plain(`${key} ${event.message ?? event.reason ?? ''}`.trim()),
            });
          } else known.rows += 1;
        }
        tick();
      } else if (event.type === 'pause') {
        state.wait = {
          text: PAUSES[event.cause],
          untilMs: clock.monotonicMs() + event.waitMs,
        };
        state.forecast.pause(standing(state, clock.monotonicMs()), state.wait.untilMs);
        if (state.total === 0) waiting(state.wait.text, event.waitMs);
        else tick(terminal.animated);
      } else if (event.type === 'settling') {
        state.settling = settlingText(event.rows, event.untilMs);
        tick(terminal.animated);
      } else if (event.type === 'stopping') {
        state.stopping = `Stopping: ${plural(event.inFlight, 'call')} in flight are being settled. Ctrl-C again leaves at once.`;
        tick(true);
      }
    },
    clear,
    hold: async (on) => {
      held = on;
      if (on) await clear();
      else tick(terminal.animated);
    },
  };
}
