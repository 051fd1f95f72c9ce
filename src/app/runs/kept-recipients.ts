import { openRunDirectory } from '../../journal/run-directory.ts';
import { readRunFile } from '../../journal/run-file.ts';
import type { AppContext } from '../context.ts';
import { replayRun } from '../run/replay-run.ts';

/**
 * The age recipients that a run seals its secrets to: those that were named last, when it was planned or executed.
 * Empty where it seals to nobody. Rejects with RUN_NOT_FOUND, RUN_DAMAGED.
 */
export async function keptRecipientsOf(
  dir: string,
  context: AppContext,
): Promise<readonly string[]> {
  const place = await openRunDirectory(dir);
  const run = await readRunFile(place.path('run'));
  const replay = await replayRun(place, run, context, context.interrupt.drain);
  await replay.close();
  return replay.recipients ?? run.recipients ?? [];
}
