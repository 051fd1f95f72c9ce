import type { SecretKind } from './plan/step.ts';
import type { SecretText } from './org/org.ts';

/** A temporary password or reset link on its way to the sealed file. */
export interface SecretRecord {
  readonly row: number;
  readonly userId: string;
  readonly login: string | undefined;
  readonly what: SecretKind;
  /** ISO-8601 in UTC. */
  readonly at: string;
  /** The attempt that brought it. */
  readonly attempt: number;
  readonly secret: SecretText;
}

/** What the journal says in place of a digest where a secret is kept in clear. */
export const KEPT_IN_CLEAR = 'plaintext';

/**
 * Keeps secrets. `put` resolves when the record is on disk, with what the journal says of it: the SHA-256 (hex) of its
 * sealed bytes, never of the secret; `KEPT_IN_CLEAR` where it is not sealed. It rejects if the record cannot be kept.
 */
export interface SecretSink {
  readonly put: (record: SecretRecord) => Promise<string>;
}

/** The secret of a row that holds, as the journal tells it. */
export interface SecretMention {
  /** The attempt that brought it. */
  readonly attempt: number;
  /** What `put` gave; undefined in a journal of version 0.1.0, which did not write it down. */
  readonly kept: string | undefined;
}
