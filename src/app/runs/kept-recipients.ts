import type { AppContext } from '../context.ts';
import { openRun } from './open-run.ts';

/**
 * The age recipients that a run seals its secrets to: those that were named last, when it was planned or executed.
 * Empty where it seals to nobody. Rejects with RUN_NOT_FOUND, RUN_DAMAGED.
 */
export async function keptRecipientsOf(
  dir: string,
  context: AppContext,
): Promise<readonly string[]> {
  await using opened = await openRun(dir, context);
  const { run, replay } = opened;
  return replay.recipients ?? run.recipients ?? [];
}
