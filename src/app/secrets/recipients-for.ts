import type { SecretsFlags } from '../../config/output.ts';
import { producesSecrets, type ActionSpec } from '../../domain/plan/action.ts';
import type { AppContext } from '../context.ts';
import { openRun } from '../runs/open-run.ts';

/**
 * Whom a new run seals its secrets to: as flags say, else those that the earlier run whose rows it takes up (in `dir`, where
 * there is one) was given last, when it was planned or executed. Empty where no secret comes. Rejects with RUN_*.
 */
export async function recipientsFor(
  spec: ActionSpec,
  { recipients, plaintext }: SecretsFlags,
  dir: string | undefined,
  context: AppContext,
): Promise<readonly string[]> {
  if (!producesSecrets(spec)) return [];
  if (recipients.length > 0 || plaintext || dir === undefined) return recipients;
  await using earlier = await openRun(dir, context);
  return earlier.replay.recipients ?? earlier.run.recipients ?? [];
}
