import { AppError, usage } from '../domain/codes/app-error.ts';
import { producesSecrets, type ActionSpec } from '../domain/plan/action.ts';
import { group, many, off, on, one, type Values } from './flags/flag.ts';
import { anyText, filled } from './flags/kinds.ts';

/** The flags of every command. */
export const OUTPUT = group('Output', {
  json: on('json', 'write events as NDJSON to standard output'),
  quiet: on('quiet', 'print only warnings and results', 'q'),
  verbose: on('verbose', 'print more, and log every call to run.log', 'v'),
  color: off('no-color', 'no colors, no animation (also with NO_COLOR)'),
  input: off('no-input', 'never ask; refuse if a question would be needed'),
});

/** Where a run is. */
export const OUT = group('Output', {
  out: one('out', 'DIR', 'run directory (reports/<run-id>)', anyText),
});

/** Who is told about a run. */
export const HOOKS = group('Hooks', {
  hook: many(
    'hook',
    'COMMAND',
    'run this command when the run is started, paused, at a canary, stopped, finished; the event is JSON on its standard input (repeatable)',
    filled,
  ),
});

export const SECRETS = group('Secrets', {
  recipients: many(
    'secrets-recipient',
    'age1…',
    'encrypt temporary passwords and links to this key (repeatable)',
    anyText,
  ),
  plaintext: on(
    'secrets-plaintext',
    'write them unencrypted; anyone who reads the file can take over the accounts',
  ),
});

export type SecretsFlags = Values<typeof SECRETS.flags>;

/** Where temporary passwords and reset links are stored. */
export type SecretsPlace =
  | { readonly kind: 'none' }
  | { readonly kind: 'sealed'; readonly recipients: readonly string[] }
  | { readonly kind: 'plaintext' };

/**
 * Resolves where secrets are stored: for the recipients that flags name, else for those of the run (`kept`). Throws
 * SECRETS_NO_PLACE if the action returns secrets and no place was named, and USAGE if a run that seals its secrets is told
 * to write them unsealed.
 */
export function resolveSecretsPlace(
  flags: SecretsFlags,
  spec: ActionSpec,
  kept: readonly string[] = [],
): SecretsPlace {
  if (!producesSecrets(spec)) return { kind: 'none' };
  if (flags.recipients.length > 0) return { kind: 'sealed', recipients: flags.recipients };
  if (kept.length > 0 && flags.plaintext) {
    throw usage(
      'This run encrypts its secrets and does not write them in plain text.',
      `It encrypts them to ${kept.join(', ')}. Leave --secrets-plaintext out.`,
    );
  }
  if (kept.length > 0) return { kind: 'sealed', recipients: kept };
  if (flags.plaintext) return { kind: 'plaintext' };
  const what = spec.action === 'temp-password' ? 'temporary passwords' : 'reset links';
  throw new AppError(
    'SECRETS_NO_PLACE',
    `This action creates ${what}, and no safe place for them is set.`,
    {
      hint: `Make a key with “okta-reset secrets keygen --out key.txt” and pass the recipient it prints: --secrets-recipient age1… (or --secrets-plaintext, which writes them unencrypted).`,
    },
  );
}
