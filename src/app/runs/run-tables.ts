/** Runs that a page reads row by row, over and over. Each is read once, and again only when it has grown. */
import { sizeOf } from '../../disk/look.ts';
import type { PlannedRow } from '../../domain/plan/plan.ts';
import type { ResultRow } from '../../domain/row/result.ts';
import type { RunFile } from '../../domain/run/run-file.ts';
import type { Replay } from '../../journal/replay.ts';
import type { ReadPlan } from '../../plan/file/read-plan.ts';
import { resultRows } from '../../report/results/result-rows.ts';
import type { AppContext } from '../context.ts';
import { openRun, type OpenRun } from './open-run.ts';

/** A planned row and how it ended. */
export interface SeenRow {
  readonly planned: PlannedRow;
  readonly result: ResultRow;
}

/** A run in the state that it had when it was read. */
export interface RunTable {
  readonly dir: string;
  readonly run: RunFile;
  readonly replay: Replay;
  readonly plan: ReadPlan;
  /** Returns its rows from this one on, in plan order. Rejects with PLAN_CHANGED, RUN_DAMAGED, DISK. */
  readonly rows: (from: number) => AsyncIterable<SeenRow>;
}

interface Kept {
  readonly opened: OpenRun;
  readonly table: RunTable;
  readonly journalBytes: number;
  readonly readMs: number;
  readonly costMs: number;
  users: number;
  isOld: boolean;
}

const MOST_KEPT = 3;
/**
 * A run in progress is read again after this time at the earliest, and only after ten times as long as the reading takes.
 */
const FRESH_MS = 2000;
const COST_FACTOR = 10;

function rowsOf(run: RunFile, plan: ReadPlan, replay: Replay) {
  return async function* rows(from: number): AsyncGenerator<SeenRow> {
    let planned: PlannedRow | undefined;
    async function* noting(): AsyncGenerator<PlannedRow> {
      for await (const row of plan.rowsFrom(from)) {
        planned = row;
        yield row;
      }
    }
    const records = replay.records > 0 || replay.chainState.kind === 'broken' ? replay : undefined;
    for await (const result of resultRows(run, noting(), records))
      if (planned !== undefined) yield { planned, result };
  };
}

/** The runs that are being shown. Must be closed. */
export class RunTables {
  readonly #kept = new Map<string, Kept>();

  /**
   * Reads a run, and keeps what `look` reads open until it is done. What was read of a run in progress a short time ago is
   * recent enough, unless it must be `fresh`. Rejects with RUN_*, PLAN_CHANGED, DISK.
   */
  async with<T>(
    dir: string,
    context: AppContext,
    look: (table: RunTable) => Promise<T>,
    { fresh = false } = {},
  ): Promise<T> {
    const kept = await this.#open(dir, context, fresh);
    kept.users += 1;
    try {
      return await look(kept.table);
    } finally {
      kept.users -= 1;
      await this.#letGo(kept);
    }
  }

  /** Makes the next call read the run again, because it has ended. */
  async forget(dir: string): Promise<void> {
    const kept = this.#kept.get(dir);
    this.#kept.delete(dir);
    if (kept !== undefined) await this.#retire(kept);
  }

  /** Closes every run. One that is being read is closed after that. */
  async close(): Promise<void> {
    for (const kept of this.#kept.values()) await this.#retire(kept);
    this.#kept.clear();
  }

  async #open(dir: string, context: AppContext, fresh: boolean): Promise<Kept> {
    const { clock } = context.host;
    const known = this.#kept.get(dir);
    const nowMs = clock.monotonicMs();
    if (known !== undefined) {
      const bytes = await journalBytes(known.opened);
      const waitMs = Math.max(FRESH_MS, known.costMs * COST_FACTOR);
      if (
        bytes === known.journalBytes ||
        (bytes > known.journalBytes && nowMs < known.readMs + waitMs && !fresh)
      )
        return known;
    }
    const opened = await openRun(dir, context);
    const { run, replay } = opened;
    const bytes = await journalBytes(opened);
    const plan = await opened.plan().catch(async (error: unknown) => {
      await opened[Symbol.asyncDispose]();
      throw error;
    });
    const readMs = clock.monotonicMs();
    const table: RunTable = { dir, run, replay, plan, rows: rowsOf(run, plan, replay) };
    const kept: Kept = {
      opened,
      table,
      journalBytes: bytes,
      readMs,
      costMs: readMs - nowMs,
      users: 0,
      isOld: false,
    };
    const before = this.#kept.get(dir);
    this.#kept.delete(dir);
    this.#kept.set(dir, kept);
    if (before !== undefined) await this.#retire(before);
    const [oldest] = this.#kept;
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) {
      this.#kept.delete(oldest[0]);
      await this.#retire(oldest[1]);
    }
    return kept;
  }

  async #retire(kept: Kept): Promise<void> {
    kept.isOld = true;
    await this.#letGo(kept);
  }

  async #letGo({ opened, users, isOld }: Kept): Promise<void> {
    if (isOld && users === 0) await opened[Symbol.asyncDispose]();
  }
}

async function journalBytes({ place }: OpenRun): Promise<number> {
  return (await sizeOf(place.path('journal')).catch(() => undefined)) ?? 0;
}
