import { AppError } from '../domain/app-error.ts';
import { producesSecrets, type ActionSpec } from '../domain/action.ts';
import { EXIT } from '../domain/exit-code.ts';
import type { OutputFlags } from './flags.ts';

/** Where temporary passwords and reset links go. */
export type SecretsPlace =
  | { readonly kind: 'none' }
  | { readonly kind: 'sealed'; readonly recipients: readonly string[] }
  | { readonly kind: 'plaintext' };

/** Resolves where secrets go. Rejects with SECRETS_NO_PLACE when the action brings secrets back and nobody said where to. */
export function resolveSecretsPlace(flags: OutputFlags, spec: ActionSpec): SecretsPlace {
  if (!producesSecrets(spec)) return { kind: 'none' };
  if (flags.secretsRecipient.length > 0)
    return { kind: 'sealed', recipients: flags.secretsRecipient };
  if (flags.secretsPlaintext) return { kind: 'plaintext' };
  const what = spec.action === 'temp-password' ? 'temporary passwords' : 'reset links';
  throw new AppError(
    'SECRETS_NO_PLACE',
    `This action brings back ${what}, and there is no safe place for them.`,
    {
      hint: `Make a key with “okta-reset secrets keygen --out key.txt” and pass the recipient it prints: --secrets-recipient age1… (or, with open eyes, --secrets-plaintext).`,
      exitCode: EXIT.usage,
    },
  );
}
