import { executeRun } from '../../../app/run/execute-run.ts';
import { StopRequest } from '../../../app/run/interrupt.ts';
import type { ExecuteInput } from '../../../app/run/run-at-work.ts';
import { standingAfter } from '../../../app/run/standing.ts';
import type { ExecutedRun } from '../../../app/run/settle.ts';
import { continuationOf, linesAfter } from '../../../config/continuation.ts';
import type { Given } from '../../../config/flags/flag.ts';
import { GUARDS } from '../../../config/guards.ts';
import type { OrgConfig } from '../../../config/org.ts';
import { resolveSecretsPlace, SECRETS } from '../../../config/output.ts';
import { PACE } from '../../../config/pace.ts';
import { AppError } from '../../../domain/codes/app-error.ts';
import { checkTyped } from '../../../domain/plan/confirmation.ts';
import { nextCommands } from '../../../domain/run/next-commands.ts';
import type { RunFile } from '../../../domain/run/run-file.ts';
import { stopText } from '../../../domain/run/stop.ts';
import type { LiveRun, Question } from '../../api/live.ts';
import type { AnswerRequest, StopRequestBody } from '../../api/requests.ts';
import { apiErrorOf, notNow } from '../../refusal.ts';
import { appContext, type ConsoleContext } from '../console-context.ts';
import { nextStepOf } from './listed-run.ts';
import { RunWatch } from './live-run.ts';
import { canaryQuestion, consentQuestion, OpenQuestion } from './questions.ts';
import { Telling } from '../telling.ts';

/** A run that is to be executed or continued. */
export interface Execution {
  readonly id: string;
  readonly dir: string;
  readonly org: OrgConfig;
  /** The run as the page showed it. */
  readonly run: RunFile;
  /** Flags of pace and guards. */
  readonly given: Given;
  /** What was typed for a yes. */
  readonly confirm: string | undefined;
}

interface Work {
  readonly watch: RunWatch;
  readonly telling: Telling;
  readonly drain: AbortController;
  readonly leave: AbortController;
  open: OpenQuestion | undefined;
  isOver: boolean;
}

/** The runs that this process is working on. Each has its lock, like a run in a terminal. */
export class LiveRuns {
  readonly #console: ConsoleContext;
  readonly #works = new Map<string, Work>();
  readonly #onEnd: (dir: string) => Promise<void>;
  #endedMs: number | undefined;

  /** `onEnd` is called with the folder of each run that has ended, before anything else. */
  constructor(console: ConsoleContext, onEnd: (dir: string) => Promise<void>) {
    this.#console = console;
    this.#onEnd = onEnd;
  }

  /** The number of runs in progress. */
  get busy(): number {
    return [...this.#works.values()].filter(({ isOver }) => !isOver).length;
  }

  /** Until when a run was in progress, in monotonic milliseconds: now if one is. Undefined if there was none. */
  get busyUntilMs(): number | undefined {
    return this.busy > 0 ? this.#console.host.clock.monotonicMs() : this.#endedMs;
  }

  isLive(id: string): boolean {
    return this.#works.get(id)?.isOver === false;
  }

  list(): readonly LiveRun[] {
    return [...this.#works.values()].map(({ watch }) => watch.show());
  }

  show(id: string): LiveRun | undefined {
    return this.#works.get(id)?.watch.show();
  }

  /** Begins to execute a run. Events show the progress. Throws NOT_NOW, CONFIRM_MISMATCH. */
  execute(execution: Execution): void {
    const { id, run, given } = execution;
    if (this.isLive(id)) throw notNow('This run is under way already.', 'Look at it.');
    // Read now, so that an invalid flag is reported at once.
    for (const group of [GUARDS, PACE, SECRETS]) group.read(given);
    const { host, events } = this.#console;
    const watch = new RunWatch(id, host.clock, run);
    const work: Work = {
      watch,
      telling: new Telling(host.clock, () => events.tell({ type: 'run', run: watch.show() })),
      drain: new AbortController(),
      leave: new AbortController(),
      open: undefined,
      isOver: false,
    };
    this.#works.delete(id);
    this.#works.set(id, work);
    work.telling.now();
    events.tell({ type: 'runs' });
    void this.#console.underWay(this.#execute(execution, work));
  }

  /** Answers what a run asks. Throws NOT_NOW, CONFIRM_*. */
  answer(id: string, request: AnswerRequest): void {
    const open = this.#works.get(id)?.open;
    if (open === undefined) throw notNow('This run has no question now.', 'Reload the page.');
    open.answer(request);
  }

  /** Stops a run, by draining it, or at once after that. Throws NOT_NOW. */
  stop(id: string, { phase }: StopRequestBody): void {
    const work = this.#works.get(id);
    if (work === undefined || work.isOver)
      throw notNow('This run is not under way here.', 'Reload the page.');
    if (phase === 'leave' && !work.drain.signal.aborted)
      throw notNow('The run has not been asked to stop yet.', 'Stop it safely first.');
    (phase === 'drain' ? work.drain : work.leave).abort(new StopRequest('console'));
    if (work.watch.phase !== 'asking') work.watch.phase = 'stopping';
    work.telling.now();
  }

  async #execute(execution: Execution, work: Work): Promise<void> {
    const { watch, telling } = work;
    const ticking = this.#keepTelling(work);
    try {
      const ended = await executeRun(this.#inputOf(execution, work), this.#contextOf(work));
      watch.phase = 'ended';
      watch.end = endOf(ended, execution.given);
    } catch (error) {
      watch.error =
        error instanceof StopRequest
          ? apiErrorOf(
              new AppError('INTERRUPTED', 'Stopped before anything was sent this time.', {
                hint: 'The run is kept as it is.',
              }),
            )
          : apiErrorOf(error);
      watch.phase = watch.begun ? 'ended' : 'refused';
    } finally {
      await this.#onEnd(execution.dir);
      work.isOver = true;
      this.#endedMs = this.#console.host.clock.monotonicMs();
      work.open = undefined;
      watch.question = undefined;
      ticking.abort();
      telling.now();
      this.#console.events.tell({ type: 'runs' });
    }
  }

  /** While a run waits for a window nothing happens, but a page must show that it is alive and what it waits for. */
  #keepTelling({ telling }: Work): AbortController {
    const over = new AbortController();
    const { clock } = this.#console.host;
    const keep = async () => {
      for (;;) {
        await clock.sleep(5000, over.signal);
        telling.soon();
      }
    };
    void keep().catch(() => undefined);
    return over;
  }

  #contextOf({ watch, telling, drain, leave }: Work) {
    return appContext(
      this.#console,
      (event) => {
        if (watch.take(event)) telling.now();
        else telling.soon();
      },
      { drain: drain.signal, leave: leave.signal },
    );
  }

  #inputOf({ dir, org, run, given, confirm }: Execution, work: Work): ExecuteInput {
    const { drain } = this.#contextOf(work).interrupt;
    const flags = SECRETS.read(given);
    let typed = confirm;
    return {
      ...{ dir, org, agreed: run },
      hooks: [],
      pace: PACE.read(given),
      guards: GUARDS.read(given),
      secrets: (of, kept) => resolveSecretsPlace(flags, of.spec, kept),
      continuation: continuationOf(given),
      ask: async (asked) => {
        const question = consentQuestion(asked);
        if (typed !== undefined && asked.unread.length === 0) {
          checkTyped(typed, question);
          typed = undefined;
          return;
        }
        if (await this.#ask(question, work, drain)) return;
        throw new AppError('CONFIRM_MISMATCH', 'Not confirmed. Nothing was sent.', {
          hint: 'The plan is kept: it can be executed later.',
        });
      },
      askToGoOn: (seen, signal) => this.#ask(canaryQuestion(seen), work, signal),
    };
  }

  async #ask(question: Question, work: Work, signal: AbortSignal): Promise<boolean> {
    const { watch, telling } = work;
    const before = watch.phase;
    work.open = new OpenQuestion(question, signal);
    watch.question = question;
    watch.phase = 'asking';
    telling.now();
    try {
      return await work.open.answered;
    } finally {
      work.open = undefined;
      watch.question = undefined;
      watch.phase = before;
      telling.now();
    }
  }
}

function endOf(ended: ExecutedRun, given: Given): LiveRun['end'] {
  const { left, exitCode, name } = ended;
  const { stop } = ended.summary;
  return {
    stop: stop && { kind: stop.kind, text: stopText(stop) },
    left,
    exitCode,
    next: nextCommands(name, standingAfter(ended), linesAfter(stop, given)).map((next) =>
      nextStepOf(next, () => undefined),
    ),
  };
}
