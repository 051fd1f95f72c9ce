/**
 * The file of temporary passwords and reset links of a run.
 *
 * Invariants:
 * - One JSON line per secret, in which who, what and when are readable. `age` is an armored age file for all recipients: the
 *   secret together with the run, row, user, kind and attempt that it belongs to, so that it fits no other record. If the
 *   admin explicitly chose so, there is an unsealed `secret` instead.
 * - `put` resolves when the line is on disk. A secret whose `put` did not resolve counts as lost.
 */
import { armor, Encrypter } from 'age-encryption';
import type { Appender, OpenLines } from '../domain/append-file.ts';
import { KEPT_IN_CLEAR, type SecretRecord, type SecretSink } from '../domain/secret-sink.ts';
import { boundTextOf } from './bound-text.ts';
import type { Recipient } from './identity.ts';
import { digestOf } from './sealed-line.ts';

/** How secrets are stored. */
export type Protection =
  | { readonly kind: 'sealed'; readonly recipients: readonly [Recipient, ...Recipient[]] }
  | { readonly kind: 'plaintext' };

export interface SealedFile extends SecretSink {
  /** Waits for the records that were put, then closes the file. Rejects if one could not be stored. */
  readonly close: () => Promise<void>;
}

interface Sealed {
  readonly members: object;
  /** What the journal says about it. */
  readonly kept: string;
}

type Seal = (record: SecretRecord) => Promise<Sealed>;

function sealFor(protection: Protection, runId: string): Seal {
  switch (protection.kind) {
    case 'plaintext':
      return (record) =>
        Promise.resolve({ members: { secret: record.secret.reveal() }, kept: KEPT_IN_CLEAR });
    case 'sealed': {
      const encrypter = new Encrypter();
      for (const recipient of protection.recipients) encrypter.addRecipient(recipient);
      const { recipients } = protection;
      return async (record) => {
        const age = armor.encode(await encrypter.encrypt(boundTextOf(runId, record)));
        return { members: { recipients, age }, kept: digestOf(age) };
      };
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
  readonly #puts = new Set<Promise<string>>();

  constructor(appender: Appender, seal: Seal) {
    this.#appender = appender;
    this.#seal = seal;
  }

  async put(record: SecretRecord): Promise<string> {
    const put = this.#put(record);
    this.#puts.add(put);
    try {
      return await put;
    } finally {
      this.#puts.delete(put);
    }
  }

  async close(): Promise<void> {
    // The appender does not have what is still being sealed.
    await Promise.allSettled(this.#puts);
    await this.#appender.close();
  }

  async #put(record: SecretRecord): Promise<string> {
    const { row, userId, login, what, at, attempt } = record;
    const { members, kept } = await this.#seal(record);
    const line = { row, userId, login, what, at, attempt, ...members };
    await this.#appender.append(`${JSON.stringify(line)}\n`);
    return kept;
  }
}

/** Opens secrets.jsonl to add secrets. Those of an earlier invocation stay. Errors: `AppError` DISK. */
export async function openSealedFile(options: {
  readonly path: string;
  /** The run that the secrets belong to. */
  readonly runId: string;
  readonly protection: Protection;
  readonly openLines: OpenLines;
}): Promise<SealedFile> {
  const seal = sealFor(options.protection, options.runId);
  return new Sealer(await options.openLines(options.path), seal);
}
