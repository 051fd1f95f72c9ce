/**
 * The file of temporary passwords and reset links of a run.
 *
 * Invariants:
 * - One JSON line per secret. Who, what and when stand in clear; the secret itself stands in `age` as an armoured age
 *   file for all recipients, or in `secret` in clear where that was chosen in so many words.
 * - `put` resolves when the line is on disk. A secret whose `put` did not resolve counts as lost.
 */
import { armor, Encrypter } from 'age-encryption';
import type { Appender, OpenLines } from '../domain/append-file.ts';
import type { SecretRecord, SecretSink } from '../domain/secret-sink.ts';
import type { Recipient } from './identity.ts';

/** How secrets are kept. */
export type Protection =
  | { readonly kind: 'sealed'; readonly recipients: readonly [Recipient, ...Recipient[]] }
  | { readonly kind: 'plaintext' };

export interface SealedFile extends SecretSink {
  /** Waits for what was put, then closes the file. Rejects if anything was not kept. */
  readonly close: () => Promise<void>;
}

type Seal = (record: SecretRecord) => Promise<object>;

function sealFor(protection: Protection): Seal {
  switch (protection.kind) {
    case 'plaintext':
      return (record) => Promise.resolve({ secret: record.secret.reveal() });
    case 'sealed': {
      const encrypter = new Encrypter();
      for (const recipient of protection.recipients) encrypter.addRecipient(recipient);
      return async (record) => ({
        age: armor.encode(await encrypter.encrypt(record.secret.reveal())),
      });
    }
    default: {
      const never: never = protection;
      return never;
    }
  }
}

class Sealer implements SealedFile {
  readonly #appender: Appender;
  readonly #seal: Seal;
  readonly #puts = new Set<Promise<void>>();

  constructor(appender: Appender, seal: Seal) {
    this.#appender = appender;
    this.#seal = seal;
  }

  async put(record: SecretRecord): Promise<void> {
    const put = this.#put(record);
    this.#puts.add(put);
    try {
      await put;
    } finally {
      this.#puts.delete(put);
    }
  }

  async close(): Promise<void> {
    // What is being sealed is not yet with the appender.
    await Promise.allSettled(this.#puts);
    await this.#appender.close();
  }

  async #put(record: SecretRecord): Promise<void> {
    const { row, userId, login, what, at, attempt } = record;
    const line = { row, userId, login, what, at, attempt, ...(await this.#seal(record)) };
    await this.#appender.append(`${JSON.stringify(line)}\n`);
  }
}

/** Opens secrets.jsonl for more secrets; those of an earlier sitting stay. Errors: `AppError` DISK. */
export async function openSealedFile(options: {
  readonly path: string;
  readonly protection: Protection;
  readonly openLines: OpenLines;
}): Promise<SealedFile> {
  const seal = sealFor(options.protection);
  return new Sealer(await options.openLines(options.path), seal);
}
