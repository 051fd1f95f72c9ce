import type { SecretText } from './org.ts';

/** A source of API tokens that are not stored: one is requested when it is needed, and shared by all calls. */
export interface TokenSource {
  /** The token in use; undefined until the first one is requested. */
  readonly held: () => SecretText | undefined;
  /**
   * Returns the token in use, and requests one if there is none. Rejects with CONFIG_CREDENTIALS, or with
   * `signal.reason`.
   */
  readonly current: (signal: AbortSignal) => Promise<SecretText>;
  /**
   * Returns the token to continue with after the org has rejected this one; undefined if there is no other. Each value
   * is requested once. Rejects with `signal.reason` only.
   */
  readonly after: (rejected: SecretText, signal: AbortSignal) => Promise<SecretText | undefined>;
  /** Every token that was in use, so that each can be masked. */
  readonly known: () => readonly SecretText[];
}
