import { after } from './timers.ts';

const STORED = 'okta-reset-console-key';
const CHANNEL = 'okta-reset-console';
const KEY = /^[\w-]{20,200}$/;
/** How long another tab has to pass on the key. */
const ASK_MS = 400;

type Word = { readonly ask: true } | { readonly key: string };

/**
 * The key of every request. The link from the terminal has it after `#`. From there it goes to memory and to this tab's
 * sessionStorage, and is removed from the address. A second tab asks the first one for it.
 */
export class SessionKey {
  readonly #channel = new BroadcastChannel(CHANNEL);
  readonly #heard = new Set<(key: string) => void>();
  #key: string | undefined;

  constructor() {
    const brought = location.hash.slice(1);
    if (KEY.test(brought)) {
      history.replaceState(null, '', location.pathname + location.search);
      this.#keep(brought);
      // Tabs whose session has ended continue with this key.
      this.#say({ key: brought });
    } else {
      this.#key = sessionStorage.getItem(STORED) ?? undefined;
    }
    this.#channel.addEventListener('message', ({ data }: MessageEvent<Word>) => {
      if ('ask' in data) {
        if (this.#key !== undefined) this.#say({ key: this.#key });
        return;
      }
      if (data.key === this.#key || !KEY.test(data.key)) return;
      this.#keep(data.key);
      for (const hear of this.#heard) hear(data.key);
    });
  }

  /** Returns the key, from another tab if needed; undefined if no tab has one. */
  async read(): Promise<string | undefined> {
    if (this.#key !== undefined) return this.#key;
    this.#say({ ask: true });
    return new Promise((resolve) => {
      const hear = (key: string | undefined) => {
        this.#heard.delete(hear);
        late();
        resolve(key);
      };
      const late = after(ASK_MS, () => hear(undefined));
      this.#heard.add(hear);
    });
  }

  /** Forgets the key, because the session has ended and the key is no longer valid. */
  forget(): void {
    this.#key = undefined;
    sessionStorage.removeItem(STORED);
  }

  /** Calls back when a new link has opened a tab. */
  onNew(then: () => void): void {
    this.#heard.add(then);
  }

  #keep(key: string): void {
    this.#key = key;
    sessionStorage.setItem(STORED, key);
  }

  #say(word: Word): void {
    this.#channel.postMessage(word);
  }
}
