import type { SecretsFlags } from '../../config/output.ts';
import { producesSecrets, type ActionSpec } from '../../domain/plan/action.ts';
import type { AppContext } from '../context.ts';
import { openRun } from '../runs/open-run.ts';

/**
 * Returns the recipients that a new run seals its secrets to: from flags, else the latest ones of the earlier run whose rows
 * it takes up (in `dir`, if there is one). Empty if there will be no secrets. Rejects with RUN_*.
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
