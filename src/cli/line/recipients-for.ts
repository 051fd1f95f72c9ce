import type { AppContext } from '../../app/context.ts';
import { keptRecipientsOf } from '../../app/runs/kept-recipients.ts';
import { recipientsAfter } from '../../config/output.ts';
import { producesSecrets, type ActionSpec } from '../../domain/plan/action.ts';
import { outputFlags, type Parsed } from './flags/typed-flags.ts';

/**
 * Whom a new run over rows of an earlier one seals its secrets to: as flags say, else as the earlier run did (`dir` is
 * its folder, where that is known). Empty where no secret comes. Rejects with RUN_*.
 */
export async function recipientsFor(
  run: { readonly parsed: Parsed; readonly spec: ActionSpec; readonly dir: string | undefined },
  context: AppContext,
): Promise<readonly string[]> {
  if (!producesSecrets(run.spec)) return [];
  const flags = outputFlags(run.parsed);
  const isNamed = flags.secretsRecipient.length > 0 || flags.secretsPlaintext;
  const earlier =
    isNamed || run.dir === undefined ? undefined : await keptRecipientsOf(run.dir, context);
  return recipientsAfter(flags, earlier);
}
