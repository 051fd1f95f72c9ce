import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { withPrivateFile } from '../disk/private-file.ts';
import { AppError, usage } from '../domain/codes/app-error.ts';

const PRIVATE = /AGE-SECRET-KEY-/i;

declare const brand: unique symbol;

/** A checked age recipient (`age1…`): a public key, not a secret. */
export type Recipient = string & { readonly [brand]: 'Recipient' };

function identityError(message: string, hint: string, cause?: unknown): AppError {
  return new AppError('SECRETS_IDENTITY', message, { hint, cause });
}

function parseRecipient(text: string): Recipient {
  if (PRIVATE.test(text)) {
    throw usage(
      'This is a private key, and a recipient (the public key) is expected.',
      'Give the public key, `age1…`: it is in the key file after `# public key:`. The private key was on the command line, so make a new one with `okta-reset secrets keygen`.',
    );
  }
  try {
    new Encrypter().addRecipient(text);
  } catch {
    throw usage(
      `\`${text.slice(0, 80)}\` is not an age recipient.`,
      'Recipients start with `age1`: copy the whole line. `okta-reset secrets keygen --out FILE` makes a key and prints its recipient. SSH keys and plugins are not supported.',
    );
  }
  return text as Recipient;
}

/** Checks recipients, ignoring spaces around them, and returns each once. Errors: `AppError` USAGE. */
export function parseRecipients(texts: readonly string[]): readonly Recipient[] {
  return [...new Set(texts.map((text) => parseRecipient(text.trim())))];
}

/**
 * Makes a key pair and writes it as an age identity file (0600), without replacing another file. Returns the recipient.
 * `createdAt` is ISO 8601. Errors: `AppError` SECRETS_IDENTITY if the file exists or cannot be written.
 */
export async function keygen(options: {
  readonly out: string;
  readonly createdAt: string;
}): Promise<Recipient> {
  const { out, createdAt } = options;
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const text = `# created: ${createdAt}\n# public key: ${recipient}\n${identity}\n`;
  await withPrivateFile(out, (file) => file.write(text)).catch((error: unknown) => {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'USAGE')
      throw identityError(
        `${out} already exists, and a key never overwrites a file.`,
        'Choose a file that does not exist yet, or use the key that is there.',
      );
    throw identityError(error.message, error.hint, error.cause);
  });
  return recipient as Recipient;
}

/** The private keys of an identity file, ready to open what is sealed to them. */
export type Identity = Decrypter;

function keysIn(text: string): readonly string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** Returns the public halves of the keys in an identity file. Rejects with SECRETS_IDENTITY. */
export async function recipientsIn(text: string): Promise<readonly Recipient[]> {
  parseIdentities(text);
  const recipients = await Promise.all(keysIn(text).map((key) => identityToRecipient(key)));
  return recipients.map((recipient) => recipient as Recipient);
}

/**
 * Makes a decrypter from the text of an age identity file (comments, one key per line). Errors: `AppError` SECRETS_IDENTITY.
 */
export function parseIdentities(text: string): Identity {
  const lines = keysIn(text);
  const decrypter = new Decrypter();
  try {
    for (const line of lines) decrypter.addIdentity(line);
  } catch {
    // The library's message can repeat the key, so it is not passed on.
    throw identityError(
      'The identity file contains something that is not an age identity.',
      'It must have lines that start with `AGE-SECRET-KEY-`, as `okta-reset secrets keygen` or `age-keygen` write them. A file locked with a passphrase must be opened with `age -d` first.',
    );
  }
  if (lines.length === 0) {
    throw identityError(
      'The identity file has no key.',
      'Name the file that `okta-reset secrets keygen --out FILE` wrote: it has a line `AGE-SECRET-KEY-…`.',
    );
  }
  return decrypter;
}
