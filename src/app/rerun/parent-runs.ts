/**
 * The tie between a run and the runs whose rows it takes up, which makes sure that only one run at a time has a user.
 *
 * - A plan over rows of another run records how long that run's journal was. If it has grown before the first attempt, the
 *   plan is refused.
 * - Rows that the earlier run left open or not attempted are handed over: its journal says so, durably and under its lock,
 *   before the new run sends anything. From then on it does not continue.
 * - Rows that had ended in it are taken up: its journal says so too, and no third run takes them. It can itself continue.
 * - In both cases its journal is replayed and checked against its hash chain. If that is broken, the new run is refused.
 */
import { relative, resolve } from 'node:path';
import { AppError } from '../../domain/codes/app-error.ts';
import type { HandedOver, JournalRecord, TakenUp } from '../../domain/run/journal-record.ts';
import type { ParentRun, RunFile } from '../../domain/run/run-file.ts';
import { openAppendFile } from '../../disk/append/append-file.ts';
import { openJournal } from '../../journal/journal.ts';
import type { Replay } from '../../journal/replay.ts';
import type { RunDirectory } from '../../journal/directory/run-directory.ts';
import type { AppContext } from '../context.ts';
import type { RunLock } from '../../journal/directory/lock.ts';
import type { TakeOver } from '../../journal/directory/take-over.ts';
import { isUnwritable } from '../../disk/disk-error.ts';
import { Held } from '../run/held.ts';
import { findRunIfAny, type FoundPlan } from '../runs/open-run.ts';
import { replayRun } from '../run/replay-run.ts';
import { takeRunLock } from '../run/run-lock.ts';
import { runName } from '../runs/run-name.ts';
import { VERSION } from '../version.ts';

/** A run whose rows are being read for a plan, in the state that it has at that time. */
export interface ReadParent {
  readonly dir: string;
  readonly records: number;
  /** How many rows were taken so far that it had left open or not attempted. */
  left: number;
  /** How many rows were taken so far that had ended in it, or that it had skipped. */
  taken: number;
}

/** The runs that rows come from, collected while they are read: by id, with the folder if it was found. */
export type ReadParents = Map<string, ReadParent | undefined>;

/** Returns the part of run.json in `dir` that names the runs its rows come from. */
export function parentFields(
  parents: ReadonlyMap<string, ReadParent | undefined>,
  dir: string,
): Pick<RunFile, 'parentRunId' | 'parentRunIds' | 'parents'> {
  const ids = [...parents.keys()];
  const known = [...parents].flatMap(([runId, parent]): ParentRun[] =>
    parent === undefined ? [] : [{ runId, ...parent, dir: relative(dir, parent.dir) }],
  );
  return {
    parentRunId: ids[0],
    ...(ids.length > 1 ? { parentRunIds: ids } : {}),
    ...(known.length > 0 ? { parents: known } : {}),
  };
}

/** Makes the error of a run in `dir` whose remaining rows another run has taken up. */
export function handedOver(
  dir: string,
  { runId, dir: where, rows }: HandedOver,
  left: number,
  cwd: string,
): AppError {
  const heir = runName(resolve(dir, where), cwd);
  const others =
    left > rows
      ? ` It took ${rows} of ${left} rows; for the others make a new plan, without its users: --exclude ${heir}/results.csv`
      : '';
  return new AppError(
    'RUN_HANDED_OVER',
    `Run ${runId} has taken up what this run left. So that nobody is reset twice, this run does not continue. Nothing was sent.`,
    { hint: `okta-reset resume ${heir}${others}` },
  );
}

function overtaken(message: string, hint: string): AppError {
  return new AppError('PLAN_OVERTAKEN', `${message} Nothing was sent.`, {
    hint,
  });
}

/** An earlier run, as it was when the plan was made. */
interface HeldParent extends FoundPlan {
  readonly parent: ParentRun;
  readonly replay: Replay;
  /** This process can write to its journal. */
  readonly isLocked: boolean;
}

/** The earlier runs of a run that is about to begin. */
export interface HeldParents {
  /** Records in each of them that this run has its rows. When it resolves, that is durable and the locks are released. */
  readonly handOver: () => Promise<void>;
  /** Releases the locks that are still held. */
  readonly release: () => Promise<void>;
}

interface Child {
  readonly dir: string;
  readonly run: RunFile;
  readonly takeOver: TakeOver;
}

async function openParent(parent: ParentRun, { dir, run }: Child): Promise<FoundPlan | undefined> {
  const where = resolve(dir, parent.dir);
  const found = await findRunIfAny(where);
  if (found?.run.runId === parent.runId)
    // If it is on another org, nobody can be reset twice.
    return found.run.host === run.host ? found : undefined;
  // Rows that had ended do not change, wherever their run is.
  if (parent.left === 0) return undefined;
  throw overtaken(
    `Run ${parent.runId}, whose rows this plan takes up, is no longer in ${where}, so it is not known whether it has continued.`,
    'Put it back there, or make a new rerun.',
  );
}

/** What other runs have recorded in a run. */
function tiesOf({ handedOver, takenUp }: Replay): readonly (HandedOver | TakenUp)[] {
  return handedOver === undefined ? takenUp : [handedOver, ...takenUp];
}

/**
 * Locks an earlier run if it can be written to. An archived run is not, because the runs next to it that took up its rows
 * know which of them had ended.
 */
async function lockParent(
  parent: ParentRun,
  place: RunDirectory,
  child: Child,
  context: AppContext,
): Promise<RunLock | undefined> {
  try {
    return await takeRunLock(place, context, child.takeOver);
  } catch (error) {
    const isArchive = error instanceof AppError && isUnwritable(error.cause);
    if (parent.left > 0 || !isArchive) throw error;
    return undefined;
  }
}

/**
 * Tells whether a plan was never executed although its journal exists: a full disk can have cut off the note to it after the
 * journal was opened.
 */
function isUntouched(parent: ParentRun, replay: Replay): boolean {
  const isBegun = replay.endedCount > 0 || replay.open.size > 0;
  return parent.records === 0 && !isBegun && tiesOf(replay).length === 0;
}

/** Locks one of the runs until `held` releases it; undefined if the run is missing and not needed. */
async function hold(
  parent: ParentRun,
  child: Child,
  held: Held,
  context: AppContext,
): Promise<HeldParent | undefined> {
  const found = await openParent(parent, child);
  if (found === undefined) return undefined;
  const { place, run } = found;
  const lock = await lockParent(parent, place, child, context);
  if (lock !== undefined) held.add(lock.release);
  const replay = await replayRun(place, run, context, context.interrupt.drain);
  held.add(() => replay.close());
  const { records } = replay.head();
  // A process that was killed between the note and its first record begins again.
  const isOwn = tiesOf(replay).some(({ runId }) => runId === child.run.runId);
  // A plan that does something else to the rows takes none of them away.
  const takes = parent.left > 0 || parent.taken !== 0;
  if (!takes || records === parent.records || isOwn || isUntouched(parent, replay))
    return { ...found, parent, replay, isLocked: lock !== undefined };
  const other = replay.handedOver ?? replay.takenUp.at(-1);
  throw overtaken(
    other === undefined
      ? `Run ${parent.runId}, whose rows this plan takes up, has continued since the plan was made.`
      : `Run ${other.runId} has taken up rows of run ${parent.runId} since this plan was made.`,
    `Make a new rerun: okta-reset rerun ${runName(place.dir, context.host.cwd)}`,
  );
}

function tieTo(
  { parent, place, replay }: HeldParent,
  child: Child,
): readonly (HandedOver | TakenUp)[] {
  const { runId } = child.run;
  const tie = { runId, dir: relative(place.dir, child.dir) };
  const ties: (HandedOver | TakenUp)[] = [];
  if (parent.left > 0 && replay.handedOver === undefined)
    ties.push({ kind: 'handed-over', ...tie, rows: parent.left });
  const isTaken = replay.takenUp.some((other) => other.runId === runId);
  if (parent.taken !== undefined && parent.taken > 0 && !isTaken)
    ties.push({ kind: 'taken-up', ...tie, rows: parent.taken });
  return ties;
}

async function mark(held: HeldParent, child: Child, context: AppContext) {
  const { place, run, replay } = held;
  const ties = held.isLocked ? tieTo(held, child) : [];
  if (ties.length === 0) return;
  const { clock, pid, hostname } = context.host;
  const { runId, planDigest } = run;
  const at = new Date(clock.nowMs()).toISOString();
  const notes = ties.map((note): JournalRecord => ({ kind: 'note', at, note }));
  const path = place.path('journal');
  const head = replay.head();
  // A plan that nobody has executed has no journal yet, and every run begins by opening one.
  const records: readonly JournalRecord[] =
    head.records > 0
      ? notes
      : [
          { kind: 'opened', at, runId, planDigest, toolVersion: VERSION, pid, hostname },
          ...notes,
          { kind: 'closed', at },
        ];
  const journal = await openJournal({ file: await openAppendFile(path), head, path });
  try {
    await Promise.all(records.map((record) => journal.append(record)));
  } finally {
    await journal.close();
  }
}

/**
 * Locks the runs whose rows a run takes up, before its first attempt, and checks that they have not changed since it was
 * planned. Rejects with PLAN_OVERTAKEN, RUN_LOCKED, RUN_DAMAGED, DISK.
 */
export async function holdParents(child: Child, context: AppContext): Promise<HeldParents> {
  const held = new Held();
  const parents: HeldParent[] = [];
  try {
    for (const parent of child.run.parents ?? []) {
      const found = await hold(parent, child, held, context);
      if (found !== undefined) parents.push(found);
    }
  } catch (error) {
    await held.release();
    throw error;
  }
  return {
    handOver: async () => {
      for (const parent of parents) await mark(parent, child, context);
      await held.release();
    },
    release: () => held.release(),
  };
}
