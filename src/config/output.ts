import { AppError } from '../domain/codes/app-error.ts';
import { producesSecrets, type ActionSpec } from '../domain/plan/action.ts';
import type { OutputFlags } from './flags.ts';
import { usage } from './option.ts';

/** Where temporary passwords and reset links go. */
export type SecretsPlace =
  | { readonly kind: 'none' }
  | { readonly kind: 'sealed'; readonly recipients: readonly string[] }
  | { readonly kind: 'plaintext' };

/**
 * Resolves where secrets go: to the recipients that flags name, else to those that the run keeps (`kept`). Throws
 * SECRETS_NO_PLACE when the action brings secrets back and nobody said where to, USAGE where a run that seals its
 * secrets is to write them in clear.
 */
export function resolveSecretsPlace(
  flags: OutputFlags,
  spec: ActionSpec,
  kept: readonly string[] = [],
): SecretsPlace {
  if (!producesSecrets(spec)) return { kind: 'none' };
  if (flags.secretsRecipient.length > 0)
    return { kind: 'sealed', recipients: flags.secretsRecipient };
  if (kept.length > 0 && flags.secretsPlaintext) {
    throw usage(
      'This run seals its secrets; it does not write them in clear.',
      `It seals them to ${kept.join(', ')}. Leave --secrets-plaintext out.`,
    );
  }
  if (kept.length > 0) return { kind: 'sealed', recipients: kept };
  if (flags.secretsPlaintext) return { kind: 'plaintext' };
  const what = spec.action === 'temp-password' ? 'temporary passwords' : 'reset links';
  throw new AppError(
    'SECRETS_NO_PLACE',
    `This action brings back ${what}, and there is no safe place for them.`,
    {
      hint: `Make a key with “okta-reset secrets keygen --out key.txt” and pass the recipient it prints: --secrets-recipient age1… (or, with open eyes, --secrets-plaintext).`,
    },
  );
}

/** The recipients of a new run over rows of an earlier one: those that flags name, else those of the earlier run. */
export function recipientsAfter(
  flags: OutputFlags,
  earlier: readonly string[] | undefined,
): readonly string[] {
  if (flags.secretsRecipient.length > 0) return flags.secretsRecipient;
  return flags.secretsPlaintext ? [] : (earlier ?? []);
}
