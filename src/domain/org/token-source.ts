import type { SecretText } from './org.ts';

/** Where API tokens come from when they do not stand anywhere: one is asked for when it is needed, and shared by all calls. */
export interface TokenSource {
  /** The token in use; undefined before the first was asked for. */
  readonly held: () => SecretText | undefined;
  /** The token in use, asked for where there is none. Rejects with CONFIG_CREDENTIALS, or with `signal.reason`. */
  readonly current: (signal: AbortSignal) => Promise<SecretText>;
  /**
   * The token to go on with after the org has rejected this one; undefined where there is no other. Each value is asked
   * about once. Rejects with `signal.reason` only.
   */
  readonly after: (rejected: SecretText, signal: AbortSignal) => Promise<SecretText | undefined>;
  /** Every token that was in use, so that each can be masked. */
  readonly known: () => readonly SecretText[];
}
