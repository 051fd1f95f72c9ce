import type { Identifier, Row } from '../domain/row.ts';
import type { ResultRow } from '../domain/result.ts';
import type { RunFile } from '../domain/run-file.ts';
import { parseUserId } from '../domain/user-id.ts';
import { openRunDirectory } from '../journal/run-directory.ts';
import { readRunFile } from '../journal/run-file.ts';
import { replayJournal, type Replay } from '../journal/replay.ts';
import { readPlan } from '../plan/read-plan.ts';
import { resultRows } from '../report/result-rows.ts';
import { readResults } from '../selection/read-results.ts';
import { Choosing, type RerunChoice } from './choice.ts';
import type { AppContext } from './context.ts';
import { handedOver, type ReadParents } from './parent-runs.ts';
import { refuseRunning } from './run-lock.ts';
import { filePorts } from './select-rows.ts';

function identifierOf(result: ResultRow): Identifier {
  const id = parseUserId(result.userId ?? '');
  if (id !== undefined) return { kind: 'id', value: id };
  const name = (result.login ?? result.input).trim();
  return name === ''
    ? { kind: 'invalid', value: name, problem: 'The row names no user.' }
    : { kind: 'login', value: name };
}

/** Refuses to take up a row that another run has taken up already. */
function refuseHandedOver(dir: string, run: RunFile, replay: Replay, { host }: AppContext): void {
  if (replay.handedOver === undefined) return;
  throw handedOver(dir, replay.handedOver, run.targets - replay.endedCount, host.cwd);
}

/**
 * The chosen rows of a run directory, as its plan and journal tell them; the run is added to `parents`. Rejects with
 * RUN_LOCKED where another process works on it, with RUN_HANDED_OVER where another run has chosen rows already, with
 * RUN_DAMAGED for a broken journal, with INPUT_NOTHING_SELECTED where none is chosen.
 */
export async function* rowsOfRun(
  dir: string,
  choice: RerunChoice,
  parents: ReadParents,
  context: AppContext,
): AsyncIterable<Row> {
  const place = await openRunDirectory(dir);
  const run = await readRunFile(place.path('run'));
  const replay = await replayJournal(place.path('journal'), run, context.interrupt.drain);
  try {
    // A broken journal does not know who was done; starting over those rows could reset people twice.
    const { records } = replay.head();
    const parent = { dir, records, left: 0 };
    parents.set(run.runId, parent);
    const plan = await readPlan(place.path('plan'));
    const choosing = new Choosing(choice);
    for await (const result of resultRows(run, plan.rows, replay)) {
      if (!choosing.wants(result.outcome, result.oktaErrorCode)) continue;
      if (replay.stateOf(result.row) !== 'ended' && result.outcome !== 'skipped') {
        refuseHandedOver(dir, run, replay, context);
        parent.left += 1;
      }
      yield {
        source: `run ${run.runId}`,
        line: result.row,
        identifier: identifierOf(result),
        columns: result.columns,
      };
    }
    choosing.refuseNone(`Run ${run.runId}`);
  } finally {
    await replay.close();
  }
}

/** More runs than anybody merges into one file: what stands there is no run id then. */
const MOST_PARENTS = 100;

/**
 * The chosen rows of a results.csv, also of one that was saved in a spreadsheet; the runs that they name are added to
 * `parents`. Rejects with INPUT_*, INPUT_NOTHING_SELECTED where none is chosen.
 */
export async function* rowsOfResults(
  path: string,
  choice: RerunChoice,
  parents: ReadParents,
  context: AppContext,
): AsyncIterable<Row> {
  const choosing = new Choosing(choice);
  for await (const result of readResults(path, filePorts(context), context.interrupt.drain)) {
    if (!choosing.wants(result.outcome, result.oktaErrorCode)) continue;
    const { runId } = result;
    if (runId !== undefined && !parents.has(runId) && parents.size < MOST_PARENTS)
      parents.set(runId, undefined);
    yield result.row;
  }
  choosing.refuseNone(path);
}

/** What a run was: its action and policy are what a rerun does unless flags say otherwise. */
export async function runFileOf(dir: string): Promise<RunFile> {
  const place = await openRunDirectory(dir);
  return readRunFile(place.path('run'));
}

/** What a run was that no other process works on: its rows can be taken up again. Rejects with RUN_LOCKED. */
export async function restingRun(
  dir: string,
  force: boolean,
  context: AppContext,
): Promise<RunFile> {
  await refuseRunning(await openRunDirectory(dir), context, force);
  return runFileOf(dir);
}
