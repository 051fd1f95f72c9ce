import { isSameAction, type ActionSpec } from '../../domain/plan/action.ts';
import type { Identifier, Row } from '../../domain/row/row.ts';
import type { ResultRow } from '../../domain/row/result.ts';
import type { RunFile } from '../../domain/run/run-file.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import { parseUserId } from '../../domain/org/user-id.ts';
import { openRunDirectory } from '../../journal/directory/run-directory.ts';
import type { Replay } from '../../journal/replay.ts';
import { readAgreedPlan } from '../../plan/file/binding.ts';
import { resultRows } from '../../report/results/result-rows.ts';
import { withoutSecrets } from '../../selection/layout/left-out.ts';
import { RowFilter, type WantedRows } from './wanted-rows.ts';
import type { AppContext } from '../context.ts';
import { findRun, openRun } from '../runs/open-run.ts';
import { handedOver, type ReadParents } from './parent-runs.ts';
import { refuseRunning } from '../run/run-lock.ts';
import { runName } from '../runs/run-name.ts';
import { takenRows } from './taken-rows.ts';

function identifierOf(result: ResultRow): Identifier {
  const id = parseUserId(result.userId ?? '');
  if (id !== undefined) return { kind: 'id', value: id };
  const name = (result.login ?? result.input).trim();
  return name === ''
    ? { kind: 'invalid', value: name, problem: 'The row names no user.' }
    : { kind: 'login', value: name };
}

/** A run whose rows are being taken up, as it is on disk. */
export interface Source {
  readonly dir: string;
  readonly run: RunFile;
  readonly replay: Replay;
  /**
   * Counts a row that the run had left. Throws RUN_UNSETTLED if the run has attempts that are not settled yet, and
   * RUN_HANDED_OVER if another run has already taken up the row.
   */
  readonly takeLeft: () => void;
  /**
   * Counts a row that had ended in the run, or that it skipped. Returns false if another run has the row, which is then left
   * out.
   */
  readonly takeEnded: (userId: string | undefined) => boolean;
  /** Reports which rows were left out, after all were taken. Throws RUN_HANDED_OVER if no row was `chosen`. */
  readonly end: (chosen: number) => void;
}

/**
 * Makes the error of a run with unsettled rows. A rerun would send again what might have taken effect, and only the run
 * itself knows what to compare with.
 */
function unsettledRun(dir: string, rows: number, cwd: string): AppError {
  const name = runName(dir, cwd);
  return new AppError(
    'RUN_UNSETTLED',
    `${rows === 1 ? 'A call' : `${rows} calls`} of this run might have taken effect, and this has not been checked yet. Nothing was sent.`,
    {
      hint: `okta-reset resume ${name} checks, and continues. For finished rows only: okta-reset rerun ${name} --only failed`,
    },
  );
}

/**
 * Replays a run whose rows are taken up, and adds it to `parents`. The caller must close its replay. Rejects with
 * RUN_DAMAGED.
 */
export async function openSource(
  dir: string,
  parents: ReadParents,
  { spec, again }: { readonly spec: ActionSpec; readonly again: boolean },
  context: AppContext,
): Promise<Source> {
  const { host } = context;
  const opened = await openRun(dir, context);
  const { run, replay } = opened;
  try {
    // A broken journal does not show who was acted on, so to start over with those rows could reset people twice.
    const parent = { dir, records: replay.head().records, left: 0, taken: 0 };
    parents.set(run.runId, parent);
    // Something else is done to the rows, so nobody gets the same action twice, and the run can continue.
    if (!isSameAction(run.spec, spec))
      return {
        dir,
        run,
        replay,
        takeLeft: () => undefined,
        takeEnded: () => true,
        end: () => undefined,
      };
    const unsettled = [...replay.open.values()].filter(({ pending }) => pending !== undefined);
    const takeLeft = () => {
      if (unsettled.length > 0) throw unsettledRun(dir, unsettled.length, host.cwd);
      if (replay.handedOver !== undefined)
        throw handedOver(dir, replay.handedOver, run.targets - replay.endedCount, host.cwd);
      parent.left += 1;
    };
    const taken = await takenRows(dir, { ties: again ? [] : replay.takenUp, spec }, context);
    const takeEnded = (userId: string | undefined) => {
      if (taken.has(userId)) return false;
      parent.taken += 1;
      return true;
    };
    return { dir, run, replay, takeLeft, takeEnded, end: taken.end };
  } catch (error) {
    await replay.close();
    throw error;
  }
}

/** Reports which rows were left out and what is dangerous about the others. Throws if none was chosen. */
export function endChoosing(filter: RowFilter, source: string, { emit }: AppContext): void {
  filter.refuseNone(source);
  const { unknown } = filter;
  if (unknown > 0) {
    emit({
      type: 'message',
      level: 'warning',
      text: `${source}: it is not known whether ${unknown === 1 ? 'the call for 1 unknown row' : `the calls for ${unknown} unknown rows`} took effect. Acting on ${unknown === 1 ? 'it' : 'them'} again might reset ${unknown === 1 ? 'this user' : 'some of these users'} a second time.`,
      hint: 'Look these users up in Okta and in its System Log before you say yes.',
    });
  }
  const text = filter.stayedOut(source);
  if (text !== undefined) emit({ type: 'message', level: 'info', text });
}

/**
 * Returns the chosen rows of a run directory, from its plan and journal, and adds the run to `parents`. Rejects with
 * RUN_UNSETTLED if a call of the run is not settled, RUN_HANDED_OVER if another run has already taken up chosen rows,
 * RUN_DAMAGED for a broken journal, INPUT_NOTHING_SELECTED if none is chosen.
 */
export async function* rowsOfRun(
  dir: string,
  { wanted, spec }: { readonly wanted: WantedRows; readonly spec: ActionSpec },
  parents: ReadParents,
  context: AppContext,
): AsyncIterable<Row> {
  const source = await openSource(dir, parents, { spec, again: wanted.again }, context);
  const { run, replay } = source;
  try {
    const { drain } = context.interrupt;
    const plan = await readAgreedPlan(run, (await openRunDirectory(dir)).path('plan'), drain);
    const filter = new RowFilter(wanted, isSameAction(run.spec, spec));
    let chosen = 0;
    for await (const result of resultRows(run, plan.rows, replay)) {
      drain.throwIfAborted();
      if (!filter.wants(result)) continue;
      if (result.outcome !== 'skipped' && replay.stateOf(result.row) !== 'ended') source.takeLeft();
      else if (!source.takeEnded(result.userId)) continue;
      chosen += 1;
      yield {
        source: `run ${run.runId}`,
        line: result.row,
        identifier: identifierOf(result),
        columns: run.format === 1 ? withoutSecrets(result.columns) : result.columns,
      };
    }
    endChoosing(filter, `Run ${run.runId}`, context);
    source.end(chosen);
  } finally {
    await replay.close();
  }
}

/**
 * Returns what a run was, if no other process is working on it, so that its rows can be taken up. Rejects with RUN_LOCKED.
 */
export async function restingRun(
  dir: string,
  force: boolean,
  context: AppContext,
): Promise<RunFile> {
  const { place, run } = await findRun(dir);
  await refuseRunning(place, context, force);
  return run;
}
