/** Releases what was taken, in reverse order. */
export class Held implements AsyncDisposable {
  readonly #releases: (() => Promise<void>)[] = [];

  add(release: () => Promise<void>): void {
    this.#releases.push(release);
  }

  async release(): Promise<void> {
    for (const release of this.#releases.splice(0).reverse()) await release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}
