import type { RunFile } from '../../domain/run-file.ts';
import type { Replay } from '../../journal/replay.ts';

/** When the plan was last known to be true (epoch ms): when it was made, or when the run last went on from it. */
export function planTimeMs(run: RunFile, replay: Replay): number {
  return Math.max(Date.parse(run.createdAt), Date.parse(replay.lastAt ?? run.createdAt));
}
