import type { SecretText } from './org.ts';

/** A source of API tokens that are not stored. One is requested when it is needed, and all calls share it. */
export interface TokenSource {
  /** The current token; undefined until the first one is requested. */
  readonly held: () => SecretText | undefined;
  /**
   * Returns the current token, and requests one if there is none. Rejects with CONFIG_CREDENTIALS, or with `signal.reason`.
   */
  readonly current: (signal: AbortSignal) => Promise<SecretText>;
  /**
   * Returns the token to continue with after the org rejected this one; undefined if there is no other. Each value is
   * requested once. Rejects only with `signal.reason`.
   */
  readonly after: (rejected: SecretText, signal: AbortSignal) => Promise<SecretText | undefined>;
  /** Every token that was ever in use, so that each can be masked. */
  readonly known: () => readonly SecretText[];
}
