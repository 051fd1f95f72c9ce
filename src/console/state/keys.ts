import { join, resolve } from 'node:path';
import { makeKey, recipientsOfIdentity } from '../../app/secrets/open-secrets.ts';
import type { MadeKey } from '../api/answers.ts';
import { appContext, type ConsoleContext } from './console-context.ts';

/**
 * The key files that this console opens secrets with: their paths, and their public halves. No private key is sent to a
 * page.
 */
export class Keys {
  readonly #console: ConsoleContext;
  readonly #paths: string[];
  readonly #recipients: string[] = [];

  constructor(console: ConsoleContext, paths: readonly string[]) {
    this.#console = console;
    this.#paths = paths.map((path) => resolve(console.host.cwd, path));
  }

  get paths(): readonly string[] {
    return this.#paths;
  }

  get recipients(): readonly string[] {
    return this.#recipients;
  }

  /** Reads the named files, so that a wrong one is reported at once. Rejects with SECRETS_IDENTITY. */
  async read(): Promise<void> {
    const context = appContext(this.#console, () => undefined);
    for (const path of this.#paths)
      this.#recipients.push(...(await recipientsOfIdentity(path, context)));
  }

  /** Makes a key in the console's folder, in a new file that only this account can read. Rejects with SECRETS_IDENTITY. */
  async make(): Promise<MadeKey> {
    const { cwd, clock } = this.#console.host;
    const stamp = new Date(clock.nowMs()).toISOString().replace(/[-:]|\.\d+/g, '');
    const path = join(cwd, `okta-reset-key-${stamp}.txt`);
    const recipient = await makeKey(
      path,
      appContext(this.#console, () => undefined),
    );
    this.#paths.push(path);
    this.#recipients.push(recipient);
    return { recipient, path };
  }
}
