import type { TokenSource } from '../domain/org/token-source.ts';
import type { Secret } from '../secrets/secret.ts';

/** Waits for work that others wait for too, until it is done or the signal aborts. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

export interface CommandTokensPorts {
  /** Runs the command once and checks its output. Rejects with CONFIG_CREDENTIALS, or with `signal.reason`. */
  readonly run: (signal: AbortSignal) => Promise<Secret>;
  /** Called with the reason why a rejected token could not be replaced. */
  readonly failed: (error: unknown) => void;
}

/**
 * The tokens that a command prints. The command runs when the first call needs a token, and again when the org has rejected
 * the current one: once for each value, however many calls were rejected. Tokens are kept only in memory.
 */
export class CommandTokens implements TokenSource {
  readonly #ports: CommandTokensPorts;
  readonly #rejected = new Set<string>();
  readonly #known: Secret[] = [];
  #held: Secret | undefined;
  #running: { readonly token: Promise<Secret>; readonly signal: AbortSignal } | undefined;

  constructor(ports: CommandTokensPorts) {
    this.#ports = ports;
  }

  readonly held = () => this.#held;
  readonly known = (): readonly Secret[] => this.#known;

  readonly current = async (signal: AbortSignal): Promise<Secret> =>
    this.#held ?? (await this.#run(signal));

  readonly after = async (
    rejected: { readonly reveal: () => string },
    signal: AbortSignal,
  ): Promise<Secret | undefined> => {
    const value = rejected.reveal();
    // Another call has already replaced it.
    if (this.#held?.reveal() !== value) return this.#held;
    if (this.#running === undefined && this.#rejected.has(value)) return undefined;
    this.#rejected.add(value);
    try {
      const next = await this.#run(signal);
      return next.reveal() === value ? undefined : next;
    } catch (error) {
      signal.throwIfAborted();
      this.#ports.failed(error);
      return undefined;
    }
  };

  async #run(signal: AbortSignal): Promise<Secret> {
    for (;;) {
      const running = (this.#running ??= { token: this.#start(signal), signal });
      try {
        return await orAborted(running.token, signal);
      } catch (error) {
        // The call that started it was abandoned. This one was not, and starts it again.
        if (signal.aborted || !running.signal.aborted) throw error;
      }
    }
  }

  async #start(signal: AbortSignal): Promise<Secret> {
    try {
      // Not before the caller has stored this promise.
      await Promise.resolve();
      signal.throwIfAborted();
      const token = await this.#ports.run(signal);
      this.#held = token;
      if (this.#known.every((each) => each.reveal() !== token.reveal())) this.#known.push(token);
      return token;
    } finally {
      this.#running = undefined;
    }
  }
}
