import { ACTIONS, isSameAction, type ActionSpec } from '../../domain/plan/action.ts';
/**
 * Reruns by a results file. If the file is in its run's folder, everything is known. If it was moved, only what the file
 * says is known.
 */
import { dirname, resolve } from 'node:path';
import { AppError } from '../../domain/codes/app-error.ts';
import type { Row } from '../../domain/row/row.ts';
import type { RunFile } from '../../domain/run/run-file.ts';
import { HALF_DONE, UNSETTLED } from '../../report/results/reasons.ts';
import { readResults, type EarlierRow } from '../../selection/rows/read-results.ts';
import { RowFilter, type WantedRows } from './wanted-rows.ts';
import type { AppContext } from '../context.ts';
import type { ReadParents } from './parent-runs.ts';
import { endChoosing, openSource, restingRun, type Source } from './rerun-rows.ts';
import { findReadableRun } from '../runs/open-run.ts';
import { runName } from '../runs/run-name.ts';
import { filePorts } from '../plan/select-rows.ts';

/**
 * More runs than anybody combines in one file, and more actions than there are. More names than this are not run ids or
 * actions.
 */
const MOST_NAMES = 100;

/** What a results file says about its chosen rows before they are planned. */
export interface EarlierResults {
  readonly path: string;
  /** The run in whose folder the file is, if rows of it are chosen. */
  readonly home: { readonly dir: string; readonly run: RunFile } | undefined;
  /** Whether all of them are rows of that run. */
  readonly isWhole: boolean;
  /** What was done to them, as the file says; undefined if it does not say. */
  readonly actions: ReadonlySet<string | undefined>;
}

/**
 * Reads a results file once to learn whose rows were chosen and what was done to them. Rejects with INPUT_*, with
 * INPUT_NOTHING_SELECTED if no row is chosen, and with RUN_LOCKED if another process is working on the run in its folder.
 */
export async function surveyResults(
  name: string,
  wanted: WantedRows,
  force: boolean,
  context: AppContext,
): Promise<EarlierResults> {
  const runIds = new Set<string | undefined>();
  const actions = new Set<string | undefined>();
  const filter = new RowFilter(wanted, false);
  // Notices about the file are reported later, when its rows are planned.
  const ports = { ...filePorts(context), onNotice: () => undefined };
  for await (const result of readResults(name, ports, context.interrupt.drain)) {
    if (!filter.wants({ ...result, row: result.earlierRow })) continue;
    if (runIds.size < MOST_NAMES) runIds.add(result.runId);
    if (actions.size < MOST_NAMES) actions.add(result.action);
  }
  filter.refuseNone(name);
  const path = resolve(context.host.cwd, name);
  const dir = dirname(path);
  // A file that was moved can be next to anything.
  const run = (await findReadableRun(dir))?.run;
  const home = run !== undefined && runIds.has(run.runId) ? { dir, run } : undefined;
  if (home !== undefined) await restingRun(home.dir, force, context);
  return { path, home, isWhole: home !== undefined && runIds.size === 1, actions };
}

function outdated(name: string, line: number, dir: string, cwd: string): AppError {
  const run = runName(dir, cwd);
  return new AppError(
    'INPUT_CSV',
    `${name}, line ${line}: the run has finished this row since the file was written.`,
    {
      hint: `okta-reset rerun ${run} uses the run itself; okta-reset report ${run} writes its files again. Nothing was sent.`,
    },
  );
}

/** Reasons of unknown rows that a resume would settle. After that, the rows have ended. */
const OPEN: ReadonlySet<string | undefined> = new Set([UNSETTLED, HALF_DONE]);

/**
 * Counts a chosen row of the run. Returns false if it is left out because another run has taken it up. Throws if the journal
 * shows that the row has ended since.
 */
function take(result: EarlierRow, name: string, source: Source, cwd: string): boolean {
  const { runId, outcome, reason, earlierRow } = result;
  if (runId !== source.run.runId) return true;
  const isLeft = outcome === 'not-attempted' || outcome === 'unknown';
  if (isLeft && (earlierRow === undefined || source.replay.stateOf(earlierRow) !== 'ended')) {
    source.takeLeft();
    return true;
  }
  if (outcome === 'not-attempted' || (isLeft && OPEN.has(reason)))
    throw outdated(name, result.row.line, source.dir, cwd);
  return source.takeEnded(result.userId);
}

/**
 * Returns the chosen rows of a results file, even if it was saved by a spreadsheet, and adds the runs that they name to
 * `parents`. Rejects with INPUT_*, RUN_UNSETTLED, RUN_HANDED_OVER if another run has already taken up chosen rows,
 * RUN_DAMAGED.
 */
export async function* rowsOfResults(
  name: string,
  { home }: EarlierResults,
  { wanted, spec }: { readonly wanted: WantedRows; readonly spec: ActionSpec },
  parents: ReadParents,
  context: AppContext,
): AsyncIterable<Row> {
  const { cwd } = context.host;
  const isSame =
    home === undefined
      ? ACTIONS[spec.action].kind === 'password'
      : isSameAction(home.run.spec, spec);
  const filter = new RowFilter(wanted, isSame);
  let chosen = 0;
  const terms = { spec, again: wanted.again };
  const source = home && (await openSource(home.dir, parents, terms, context));
  try {
    for await (const result of readResults(name, filePorts(context), context.interrupt.drain)) {
      if (!filter.wants({ ...result, row: result.earlierRow })) continue;
      const { runId } = result;
      if (source !== undefined && !take(result, name, source, cwd)) continue;
      if (runId !== undefined && !parents.has(runId) && parents.size < MOST_NAMES)
        parents.set(runId, undefined);
      chosen += 1;
      yield result.row;
    }
    endChoosing(filter, name, context);
    source?.end(chosen);
  } finally {
    await source?.replay.close();
  }
}
