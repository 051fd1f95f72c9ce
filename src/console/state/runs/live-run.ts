import type { Clock } from '../../../domain/clock.ts';
import type { AppEvent } from '../../../domain/run/event.ts';
import { RunFigures } from '../../../domain/run/figures/run-figures.ts';
import { WAIT_TEXTS } from '../../../domain/run/wait.ts';
import { BOUNDS } from '../../api/bounds.ts';
import type { LiveRow, LiveRun } from '../../api/live.ts';
import { FailureGroups } from './failure-groups.ts';

const MOST_NOTES = 50;

type Shown = Pick<
  LiveRun,
  | 'total'
  | 'counts'
  | 'resumedFrom'
  | 'callsPerMinute'
  | 'limitPerMinute'
  | 'endsAtMs'
  | 'wait'
  | 'settling'
>;

/** Returns what is known about a run while consent, org and protecting lists are still being checked. */
function nothingYet(targets: number): Shown {
  return {
    total: targets,
    counts: { succeeded: 0, skipped: 0, failed: 0, unknown: 0, 'not-attempted': targets },
    resumedFrom: 0,
    callsPerMinute: undefined,
    limitPerMinute: undefined,
    endsAtMs: undefined,
    wait: undefined,
    settling: undefined,
  };
}

/** Folds the events of a run in progress into what a page shows of it. */
export class RunWatch {
  readonly #clock: Clock;
  readonly #run: string;
  readonly #startedAtMs: number;
  readonly #failures = new FailureGroups();
  readonly #tail: LiveRow[] = [];
  readonly #notes: LiveRun['notes'][number][] = [];
  readonly #targets: number;
  /** Undefined until this invocation was recorded, after which it might have sent something. */
  #figures: RunFigures | undefined;
  #canary: LiveRun['canary'];
  phase: LiveRun['phase'] = 'preparing';
  question: LiveRun['question'];
  error: LiveRun['error'];
  end: LiveRun['end'];

  constructor(run: string, clock: Clock, { targets }: { readonly targets: number }) {
    this.#run = run;
    this.#clock = clock;
    this.#startedAtMs = clock.nowMs();
    this.#targets = targets;
  }

  /** Whether this invocation was recorded, so that it might have sent something. */
  get begun(): boolean {
    return this.#figures !== undefined;
  }

  /** Folds an event. Returns true if it should be sent at once. */
  take(event: AppEvent): boolean {
    switch (event.type) {
      case 'run-started':
        this.#figures = new RunFigures(event, this.#clock.monotonicMs());
        this.phase = 'sending';
        return true;
      case 'row':
        this.#end(event);
        return false;
      case 'pause':
        this.#figures?.pause(event.cause, event.waitMs, this.#clock.monotonicMs());
        return false;
      case 'settling':
        this.#figures?.settle(event.rows, event.untilMs);
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

  /** Returns what a page shows. */
  show(): LiveRun {
    const nowMs = this.#clock.nowMs();
    return {
      run: this.#run,
      phase: this.phase,
      ...this.#shown(nowMs),
      startedAtMs: this.#startedAtMs,
      nowMs,
      canary: this.#canary,
      tail: this.#tail.toReversed(),
      failures: this.#failures.list(),
      question: this.question,
      notes: [...this.#notes],
      error: this.error,
      end: this.end,
    };
  }

  #shown(epochMs: number): Shown {
    const figures = this.#figures;
    if (figures === undefined) return nothingYet(this.#targets);
    const nowMs = this.#clock.monotonicMs();
    figures.mark(nowMs);
    const { total, counts, resumedFrom, limitPerMinute, settling } = figures;
    const leftMs = figures.leftMs(nowMs);
    const wait = figures.wait(nowMs);
    return {
      ...{ total, counts, resumedFrom, limitPerMinute, settling },
      callsPerMinute: figures.callsPerMinute(nowMs),
      endsAtMs: leftMs === undefined ? undefined : epochMs + leftMs,
      wait: wait && {
        cause: wait.cause,
        text: WAIT_TEXTS[wait.cause],
        untilMs: epochMs + wait.leftMs,
      },
    };
  }

  #end(event: Extract<AppEvent, { type: 'row' }>): void {
    const { row, login, userId, outcome, reason, oktaCode: error, message, requestId } = event;
    this.#figures?.end(event);
    if (outcome === 'failed' || outcome === 'unknown') this.#failures.add(event);
    const atMs = this.#clock.nowMs();
    this.#tail.push({ row, login, userId, outcome, reason, error, message, requestId, atMs });
    if (this.#tail.length > BOUNDS.tailRows) this.#tail.shift();
    if (this.#figures?.counts['not-attempted'] === 0) this.phase = 'reporting';
  }
}
