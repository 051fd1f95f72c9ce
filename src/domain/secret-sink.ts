import type { SecretText } from './org.ts';

/** A temporary password or reset link on its way to the sealed file. */
export interface SecretRecord {
  readonly row: number;
  readonly userId: string;
  readonly login: string | undefined;
  readonly what: 'temp-password' | 'reset-link';
  /** ISO-8601 in UTC. */
  readonly at: string;
  /** The attempt that brought it; of several records of a row the one with the highest attempt is valid. */
  readonly attempt: number;
  readonly secret: SecretText;
}

/** Keeps secrets. `put` resolves when the record is on disk, sealed; it rejects if it cannot be kept. */
export interface SecretSink {
  readonly put: (record: SecretRecord) => Promise<void>;
}
