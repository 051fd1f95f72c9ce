import type { AppContext } from '../context.ts';
import { listRuns, type ListedRun } from './list-runs.ts';

/** Older plans and runs are not offered automatically, because users have changed since (`--plan-max-age`). */
const MOST_AGE_MS = 24 * 3_600_000;

/** Tells whether somebody has begun to execute the run. */
export const isInterrupted = ({ lastAt }: ListedRun): boolean => lastAt !== undefined;

/** Counts the rows that have ended. */
export const doneOf = ({ targets, counts, unsettled }: ListedRun): number =>
  targets - counts['not-attempted'] - unsettled;

/**
 * Finds the runs in a folder that wait for somebody: interrupted ones first, newest first, then plans that nobody has
 * executed. Runs that another one has taken up, damaged ones, and those older than a day are left out.
 */
export async function waitingRuns(
  folder: string,
  context: AppContext,
): Promise<readonly ListedRun[]> {
  const { runs } = await listRuns([folder], context);
  const rank = (run: ListedRun) => (isInterrupted(run) ? 0 : 1);
  return runs
    .filter(({ state }) => state !== 'damaged' && state !== 'handed-over')
    .filter((run) => doneOf(run) < run.targets && run.ageMs <= MOST_AGE_MS)
    .sort((a, b) => rank(a) - rank(b) || a.ageMs - b.ageMs);
}
