import type { SecretsPlace } from '../../config/output.ts';
import { openLines } from '../../disk/append/append-file.ts';
import type { OpenedRecord } from '../../domain/run/journal-record.ts';
import type { Protection, SealedFile } from '../../secrets/sealed-file.ts';

/** Checks recipients, even if there will be no secrets. Rejects with USAGE for an invalid one. */
export async function checkRecipients(texts: readonly string[]): Promise<void> {
  const { parseRecipients } = await import('../../secrets/identity.ts');
  parseRecipients(texts);
}

/** Checks where secrets are to be stored. Rejects with USAGE for an invalid recipient. */
export async function protectionOf(place: SecretsPlace): Promise<Protection | undefined> {
  switch (place.kind) {
    case 'none':
      return undefined;
    case 'plaintext':
      return { kind: 'plaintext' };
    case 'sealed': {
      const { parseRecipients } = await import('../../secrets/identity.ts');
      const [first, ...others] = parseRecipients(place.recipients);
      return first === undefined ? undefined : { kind: 'sealed', recipients: [first, ...others] };
    }
    default: {
      const never: never = place;
      return never;
    }
  }
}

/** Returns what the journal must record about the recipients, so that a resume seals to the same ones. */
export function recipientsToKeep(
  place: SecretsPlace,
  kept: readonly string[],
): Pick<OpenedRecord, 'recipients'> | undefined {
  if (place.kind !== 'sealed') return undefined;
  const recipients = place.recipients.map((recipient) => recipient.trim());
  return recipients.join() === kept.join() ? undefined : { recipients };
}

/** Opens the place for secrets, if the action returns any. Rejects with DISK. */
export async function openSecretSink(
  protection: Protection | undefined,
  run: { readonly path: string; readonly runId: string },
): Promise<SealedFile | undefined> {
  if (protection === undefined) return undefined;
  const { openSealedFile } = await import('../../secrets/sealed-file.ts');
  return openSealedFile({ ...run, protection, openLines });
}
