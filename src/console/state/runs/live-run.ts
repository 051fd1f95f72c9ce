import { CallRate } from '../../../domain/run/call-rate.ts';
import type { AppEvent } from '../../../domain/run/event.ts';
import { Forecast, type Standing } from '../../../domain/run/forecast.ts';
import { WAIT_TEXTS } from '../../../domain/run/wait.ts';
import { DEFAULTS } from '../../../config/defaults.ts';
import type { Clock } from '../../../domain/clock.ts';
import { BOUNDS } from '../../api/bounds.ts';
import type { LiveRow, LiveRun, Wait } from '../../api/live.ts';
import { FailureGroups } from './failure-groups.ts';

const MOST_NOTES = 50;
const MINUTE_MS = 60_000;

type Counts = Record<keyof LiveRun['counts'], number>;

/** Folds the events of a run under way into what a page shows of it. */
export class RunWatch {
  readonly #clock: Clock;
  readonly #run: string;
  readonly #startedAtMs: number;
  readonly #failures = new FailureGroups();
  readonly #tail: LiveRow[] = [];
  readonly #notes: LiveRun['notes'][number][] = [];
  readonly #counts: Counts;
  #total: number;
  #resumedFrom = 0;
  #callsPerRow = 1;
  #limitPerMinute: number | undefined;
  #rate: CallRate;
  #forecast: Forecast;
  #wait: Wait | undefined;
  #settling: LiveRun['settling'];
  #canary: LiveRun['canary'];
  phase: LiveRun['phase'] = 'preparing';
  question: LiveRun['question'];
  error: LiveRun['error'];
  end: LiveRun['end'];

  constructor(run: string, clock: Clock, { targets }: { readonly targets: number }) {
    this.#run = run;
    this.#clock = clock;
    this.#startedAtMs = clock.nowMs();
    this.#total = targets;
    this.#counts = { succeeded: 0, skipped: 0, failed: 0, unknown: 0, 'not-attempted': targets };
    this.#rate = new CallRate(clock.monotonicMs(), DEFAULTS.windowMs);
    this.#forecast = new Forecast(clock.monotonicMs(), undefined, DEFAULTS.windowMs);
  }

  /** This invocation was written down: from then on it may have sent something. */
  begun = false;

  get #done(): number {
    return this.#total - this.#counts['not-attempted'];
  }

  #standing(): Standing {
    return {
      nowMs: this.#clock.monotonicMs(),
      here: this.#done - this.#resumedFrom,
      left: this.#counts['not-attempted'],
    };
  }

  /** Takes an event. True where it should be told at once. */
  take(event: AppEvent): boolean {
    switch (event.type) {
      case 'run-started':
        this.#start(event);
        return true;
      case 'row':
        this.#end(event);
        return false;
      case 'pause': {
        const { cause, waitMs } = event;
        const untilMs = this.#clock.nowMs() + waitMs;
        this.#wait = { cause, text: WAIT_TEXTS[cause], untilMs };
        this.#forecast.pause(this.#standing(), this.#clock.monotonicMs() + waitMs);
        return false;
      }
      case 'settling':
        this.#settling =
          event.rows === 0 ? undefined : { rows: event.rows, untilMs: event.untilMs };
        return false;
      case 'canary':
        this.#canary = event.phase;
        return true;
      case 'stopping':
        this.phase = 'stopping';
        return true;
      case 'message': {
        const { level, text, hint } = event;
        this.#notes.push({ level, text, hint });
        if (this.#notes.length > MOST_NOTES) this.#notes.shift();
        return true;
      }
      case 'reading':
      case 'run-ended':
        return false;
      default: {
        const never: never = event;
        return never;
      }
    }
  }

  /** What a page shows. */
  show(): LiveRun {
    const nowMs = this.#clock.nowMs();
    const monotonicMs = this.#clock.monotonicMs();
    const calls = this.#done * this.#callsPerRow;
    this.#rate.mark(monotonicMs, calls);
    const leftMs =
      this.#settling === undefined ? this.#forecast.leftMs(this.#standing()) : undefined;
    const isWaiting = this.#wait !== undefined && this.#wait.untilMs > nowMs;
    return {
      run: this.#run,
      phase: this.phase,
      total: this.#total,
      done: this.#done,
      counts: { ...this.#counts },
      resumedFrom: this.#resumedFrom,
      startedAtMs: this.#startedAtMs,
      nowMs,
      callsPerMinute: this.#rate.perMinute(monotonicMs, calls),
      limitPerMinute: this.#limitPerMinute,
      endsAtMs: leftMs === undefined ? undefined : nowMs + leftMs,
      wait: isWaiting ? this.#wait : undefined,
      settling: this.#settling,
      canary: this.#canary,
      tail: this.#tail.toReversed(),
      failures: this.#failures.list(),
      question: this.question,
      notes: [...this.#notes],
      error: this.error,
      end: this.end,
    };
  }

  #start(event: Extract<AppEvent, { type: 'run-started' }>): void {
    const { total, resumedFrom, earlier, limitPerWindow, windowMs, callsPerRow } = event;
    this.begun = true;
    this.phase = 'sending';
    this.#total = total;
    this.#resumedFrom = resumedFrom;
    Object.assign(this.#counts, earlier, { 'not-attempted': Math.max(0, total - resumedFrom) });
    this.#callsPerRow = callsPerRow;
    this.#limitPerMinute =
      limitPerWindow === undefined ? undefined : (limitPerWindow * MINUTE_MS) / windowMs;
    const nowMs = this.#clock.monotonicMs();
    this.#forecast = new Forecast(nowMs, limitPerWindow, windowMs);
    this.#rate = new CallRate(nowMs, windowMs);
  }

  #end(event: Extract<AppEvent, { type: 'row' }>): void {
    const { row, login, userId, outcome, reason, oktaCode: error, message, requestId } = event;
    this.#counts[outcome] += 1;
    this.#counts['not-attempted'] = Math.max(0, this.#counts['not-attempted'] - 1);
    if (outcome === 'failed' || outcome === 'unknown') this.#failures.add(event);
    const atMs = this.#clock.nowMs();
    this.#tail.push({ row, login, userId, outcome, reason, error, message, requestId, atMs });
    if (this.#tail.length > BOUNDS.tailRows) this.#tail.shift();
    if (this.#counts['not-attempted'] === 0) this.phase = 'reporting';
  }
}
