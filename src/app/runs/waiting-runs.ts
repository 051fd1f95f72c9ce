import type { RunFile } from '../../domain/run/run-file.ts';
import { runsIn } from './run-folder.ts';
import { readRunIndex } from './index/run-index.ts';

/** A run that somebody can go on with. */
export interface WaitingRun {
  readonly kind: 'interrupted' | 'planned';
  readonly dir: string;
  readonly run: RunFile;
  /** Rows that have ended. */
  readonly done: number;
  /** When it was planned, or last worked on; ISO 8601. */
  readonly at: string;
}

/** Plans and runs that are older are not offered by themselves: users have changed since (`--plan-max-age`). */
const MOST_AGE_MS = 24 * 3_600_000;

/**
 * Finds the runs in a folder that wait for somebody: those that were interrupted, newest first, then the plans that nobody
 * has executed. Runs that another one has taken up, that are damaged or a day old are left out.
 */
export async function waitingRuns(
  folder: string,
  nowMs: number,
  signal: AbortSignal,
): Promise<readonly WaitingRun[]> {
  const waiting: WaitingRun[] = [];
  for await (const found of runsIn(folder)) {
    if (found.kind !== 'run' || found.run.targets === 0) continue;
    const { place, run } = found;
    const { checkpoint, isBroken } = await readRunIndex(place, run.runId, { signal });
    const { counts, invocations, handedOver, lastAt } = checkpoint;
    const done = counts.succeeded + counts.skipped + counts.failed + counts.unknown;
    const at = lastAt ?? run.createdAt;
    if (isBroken || handedOver !== undefined || done >= run.targets) continue;
    if (nowMs - Date.parse(at) > MOST_AGE_MS) continue;
    const kind = invocations > 0 ? 'interrupted' : 'planned';
    waiting.push({ kind, dir: place.dir, run, done, at });
  }
  const rank = ({ kind }: WaitingRun) => (kind === 'interrupted' ? 0 : 1);
  return waiting.sort((a, b) => rank(a) - rank(b) || b.at.localeCompare(a.at));
}
