import { eventFrames } from './event-frames.ts';
import { type Known, NOTHING_KNOWN, withEvent, withState } from './known.ts';
import { Requests } from './requests.ts';
import { SessionKey } from './session-key.ts';
import { nowMs, pause } from './timers.ts';

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 5000;

/** The page's side of the console: requests, and what answers and events have shown. */
export class Client {
  readonly requests: Requests;
  readonly #key = new SessionKey();
  readonly #listeners = new Set<() => void>();
  #known: Known = NOTHING_KNOWN;
  #lastEvent = 0;

  constructor() {
    this.requests = new Requests(this.#key, () =>
      this.#set({ ...this.#known, link: { kind: 'no-session' } }),
    );
    this.#key.onNew(() => {
      if (this.#known.link.kind === 'no-session') location.reload();
    });
  }

  get known(): Known {
    return this.#known;
  }

  /** Calls back after each change. Returns the function that stops this. */
  listen(then: () => void): () => void {
    this.#listeners.add(then);
    return () => void this.#listeners.delete(then);
  }

  /** Removes a message from the page. */
  dismiss(id: number): void {
    const messages = this.#known.messages.filter((message) => message.id !== id);
    this.#set({ ...this.#known, messages });
  }

  /** Reads the state, then follows the events until the page is closed. */
  async follow(signal: AbortSignal): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (!signal.aborted) {
      if (await this.#readState(signal)) {
        retryMs = FIRST_RETRY_MS;
        await this.#readEvents(signal);
      }
      if (this.#hasNoSession()) return;
      this.#set({ ...this.#known, link: { kind: 'lost' } });
      await pause(retryMs, signal);
      retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
    }
  }

  #hasNoSession(): boolean {
    return this.#known.link.kind === 'no-session';
  }

  async #readState(signal: AbortSignal): Promise<boolean> {
    const answer = await this.requests.get('/api/state', {}, signal);
    if (answer.kind !== 'ok') return false;
    const isSame = this.#known.state?.instance === answer.value.instance;
    if (!isSame) this.#lastEvent = answer.value.lastEvent;
    this.#set(withState(this.#known, answer.value, nowMs()));
    return true;
  }

  async #readEvents(signal: AbortSignal): Promise<void> {
    const answer = await this.requests.events(this.#lastEvent, signal);
    if (answer.kind !== 'ok' || answer.value === null) return;
    try {
      for await (const { id, event } of eventFrames(answer.value)) {
        if (id !== undefined) this.#lastEvent = id;
        this.#set(withEvent(this.#known, event, this.#lastEvent));
      }
    } catch {
      // The stream was interrupted, and is opened again from where it ended.
    }
  }

  #set(known: Known): void {
    if (known === this.#known) return;
    this.#known = known;
    for (const listen of this.#listeners) listen();
  }
}
