import type { SecretKind } from './plan/step.ts';
import type { SecretText } from './org/org.ts';

/** A temporary password or reset link that is to be written to the sealed file. */
export interface SecretRecord {
  readonly row: number;
  readonly userId: string;
  readonly login: string | undefined;
  readonly what: SecretKind;
  /** ISO-8601 in UTC. */
  readonly at: string;
  /** The attempt that returned it. */
  readonly attempt: number;
  readonly secret: SecretText;
}

/** What the journal contains instead of a digest if a secret is not sealed. */
export const KEPT_IN_CLEAR = 'plaintext';

/**
 * Stores secrets. `put` resolves when the record is on disk, with what the journal says about it: the SHA-256 (hex) of its
 * sealed bytes, never of the secret; or `KEPT_IN_CLEAR` if it is not sealed. It rejects if the record cannot be stored.
 */
export interface SecretSink {
  readonly put: (record: SecretRecord) => Promise<string>;
}

/** The valid secret of a row, as the journal names it. */
export interface SecretMention {
  /** The attempt that returned it. */
  readonly attempt: number;
  /** What `put` returned; undefined in a journal of 0.1.0, which did not record it. */
  readonly kept: string | undefined;
}
