import type { PlanInput } from '../../../app/plan/plan-input.ts';
import { planRun } from '../../../app/plan/plan-run.ts';
import { ensureReports } from '../../../app/report/reports.ts';
import type { AppContext } from '../../../app/context.ts';
import type { RunTables } from '../../../app/runs/run-tables.ts';
import type { AppEvent } from '../../../domain/run/event.ts';
import { WAIT_TEXTS } from '../../../domain/run/wait.ts';
import type { Planning } from '../../api/live.ts';
import { apiErrorOf, notFound } from '../../refusal.ts';
import { appContext, newId, type ConsoleContext } from '../console-context.ts';
import type { RunFolder } from '../runs/run-folder.ts';
import { Telling } from '../telling.ts';

/** How many plannings that have ended are still shown. Their plans stay. */
const MOST_KEPT = 50;
const MOST_NOTES = 50;

interface Work {
  told: Planning;
  readonly cancel: AbortController;
}

/** The plans that are being made. None of them sends anything. */
export class Plannings {
  readonly #console: ConsoleContext;
  readonly #runs: RunFolder;
  readonly #tables: RunTables;
  readonly #works = new Map<string, Work>();
  readonly #draftOf = new Map<string, string>();
  /** The newest planning of each draft that has not changed since. */
  readonly #newest = new Map<string, string>();

  constructor(console: ConsoleContext, runs: RunFolder, tables: RunTables) {
    this.#console = console;
    this.#runs = runs;
    this.#tables = tables;
  }

  list(): readonly Planning[] {
    return [...this.#works.values()].map(({ told }) => told);
  }

  /** Throws NOT_FOUND. */
  show(id: string): Planning {
    return this.#of(id).told;
  }

  /** Returns the newest planning of a draft; undefined if the draft was changed since. */
  ofDraft(draft: string): Planning | undefined {
    return this.#works.get(this.#newest.get(draft) ?? '')?.told;
  }

  /** Forgets the newest planning of a draft that was changed. */
  outdate(draft: string): void {
    this.#newest.delete(draft);
  }

  /** Returns the draft that a run was planned from in this process. */
  draftOf(run: string): string | undefined {
    return this.#draftOf.get(run);
  }

  /** Begins to plan what `make` returns. Returns the planning's id. */
  begin(of: Planning['of'], make: (context: AppContext) => Promise<PlanInput>): string {
    const id = newId();
    const cancel = new AbortController();
    const told: Planning = {
      ...{ id, of, state: 'planning', notes: [] },
      ...{ read: undefined, wait: undefined, run: undefined, error: undefined },
    };
    const work: Work = { told, cancel };
    this.#works.set(id, work);
    if (of.kind === 'draft') {
      this.#newest.set(of.draft, id);
      // Another tab that shows the draft shows this planning too.
      this.#console.events.tell({ type: 'draft', draft: of.draft });
    }
    const [oldest] = this.list().filter(({ state }) => state !== 'planning');
    if (this.#works.size > MOST_KEPT && oldest !== undefined) this.#works.delete(oldest.id);
    void this.#console.underWay(this.#plan(work, make));
    return id;
  }

  /** Ends a planning, and forgets what it has read. */
  cancel(id: string): Planning {
    const { cancel, told } = this.#of(id);
    if (told.state === 'planning') cancel.abort(new Error('The planning was canceled.'));
    return told;
  }

  #of(id: string): Work {
    const found = this.#works.get(id);
    if (found === undefined) throw notFound('planning');
    return found;
  }

  async #plan(work: Work, make: (context: AppContext) => Promise<PlanInput>): Promise<void> {
    const { events, host } = this.#console;
    const telling = new Telling(host.clock, () =>
      events.tell({ type: 'planning', planning: work.told }),
    );
    const change = (what: Partial<Planning>, when: 'soon' | 'now') => {
      work.told = { ...work.told, ...what };
      telling[when]();
    };
    const context = appContext(
      this.#console,
      (event) => {
        const what = changeOf(event, work.told, host.clock.nowMs());
        if (what !== undefined) change(what, event.type === 'message' ? 'now' : 'soon');
      },
      { drain: work.cancel.signal },
    );
    telling.now();
    try {
      const planned = await planRun(await make(context), context);
      await ensureReports(planned.dir, planned.run, undefined, context);
      // The page opens the preview next, and its rows should be there at once.
      await this.#tables.with(planned.dir, context, () => Promise.resolve());
      const run = this.#runs.add(planned.dir);
      const { of } = work.told;
      if (of.kind === 'draft') this.#draftOf.set(run, of.draft);
      change({ state: 'planned', run, wait: undefined }, 'now');
      events.tell({ type: 'runs' });
    } catch (error) {
      const isOver = context.interrupt.drain.aborted;
      change(
        isOver
          ? { state: 'cancelled', wait: undefined }
          : { state: 'failed', wait: undefined, error: apiErrorOf(error) },
        'now',
      );
    }
  }
}

function changeOf(event: AppEvent, told: Planning, nowMs: number): Partial<Planning> | undefined {
  switch (event.type) {
    case 'reading':
      return { read: { what: event.what, done: event.done } };
    case 'pause': {
      const { cause, waitMs } = event;
      return { wait: { cause, text: WAIT_TEXTS[cause], untilMs: nowMs + waitMs } };
    }
    case 'message': {
      const { level, text, hint } = event;
      return { notes: [...told.notes, { level, text, hint }].slice(-MOST_NOTES) };
    }
    case 'run-started':
    case 'row':
    case 'settling':
    case 'canary':
    case 'stopping':
    case 'run-ended':
      return undefined;
    default: {
      const never: never = event;
      return never;
    }
  }
}
