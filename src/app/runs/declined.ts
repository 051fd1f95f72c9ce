import { join } from 'node:path';
import { createOwnFile } from '../../disk/own-file.ts';
import type { Clock } from '../../domain/clock.ts';
import { RUN_FILES } from '../../domain/run/run-file.ts';

/**
 * Waits for a person's answer to a plan. If the answer is no, or the person leaves, that is recorded in the plan's folder,
 * so that `--last` never means this plan. It can still be executed by name. Rejects like the answer.
 */
export async function declinedByNo(
  answer: Promise<void>,
  dir: string,
  clock: Pick<Clock, 'nowMs'>,
): Promise<void> {
  try {
    await answer;
  } catch (error) {
    const mark = `${JSON.stringify({ declinedAt: new Date(clock.nowMs()).toISOString() })}\n`;
    // A plan that was declined before stays declined. If nothing can be written, nothing was begun either.
    await createOwnFile(join(dir, RUN_FILES.declined))
      .then((file) => file.writeFile(mark).finally(() => file.close()))
      .catch(() => undefined);
    throw error;
  }
}
