import type { AppContext } from '../../app/context.ts';
import { keptRecipientsOf } from '../../app/runs/kept-recipients.ts';
import type { SecretsFlags } from '../../config/output.ts';
import { producesSecrets, type ActionSpec } from '../../domain/plan/action.ts';

/**
 * Whom a new run over rows of an earlier one seals its secrets to: as flags say, else as the earlier run did (`dir` is
 * its folder, where that is known). Empty where no secret comes. Rejects with RUN_*.
 */
export async function recipientsFor(
  spec: ActionSpec,
  { recipients, plaintext }: SecretsFlags,
  dir: string | undefined,
  context: AppContext,
): Promise<readonly string[]> {
  if (!producesSecrets(spec)) return [];
  if (recipients.length > 0 || plaintext || dir === undefined) return recipients;
  return keptRecipientsOf(dir, context);
}
