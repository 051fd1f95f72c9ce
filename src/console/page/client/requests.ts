import type { Gets, Posts } from '../../api.ts';
import { type Answer, errorOf, GONE } from './answer.ts';
import type { SessionKey } from './session-key.ts';

type ParamNames<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamNames<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

type Params<Path extends string> = [ParamNames<Path>] extends [never]
  ? object
  : { readonly params: Readonly<Record<ParamNames<Path>, string | number>> };

/** What a GET asks for. */
export type GetAsk<Path extends keyof Gets> = Params<Path> & {
  readonly query?: Gets[Path]['query'];
};

/** What a POST says. */
export type PostAsk<Path extends keyof Posts> = Params<Path> & {
  readonly body: Posts[Path]['body'];
};

function addressOf(path: string, ask: object): string {
  const params = 'params' in ask ? (ask.params as Readonly<Record<string, string | number>>) : {};
  const query =
    'query' in ask ? (ask.query as Readonly<Record<string, string | undefined>> | undefined) : {};
  const filled = path.replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(String(params[name] ?? '')),
  );
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {}))
    if (value !== undefined) search.set(name, value);
  return search.size === 0 ? filled : `${filled}?${search.toString()}`;
}

interface Sending {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends requests to the server of this page. Each answer is a value, whatever happens. */
export class Requests {
  readonly #key: SessionKey;
  readonly #onNoSession: () => void;

  constructor(key: SessionKey, onNoSession: () => void) {
    this.#key = key;
    this.#onNoSession = onNoSession;
  }

  /** Reads something. An abort abandons the request. */
  get<Path extends keyof Gets>(
    path: Path,
    ask: GetAsk<Path>,
    signal?: AbortSignal,
  ): Promise<Answer<Gets[Path]['answer']>> {
    return this.#answer(addressOf(path, ask), {}, signal, (response) => response.json());
  }

  /** Changes something. Never abandoned halfway, because a change that was requested stays requested. */
  post<Path extends keyof Posts>(
    path: Path,
    ask: PostAsk<Path>,
  ): Promise<Answer<Posts[Path]['answer']>> {
    const init = {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(ask.body),
    };
    return this.#answer(addressOf(path, ask), init, undefined, (response) => response.json());
  }

  /** Reads the bytes of a run's file. */
  file(run: string, kind: string): Promise<Answer<Blob>> {
    const address = addressOf('/api/runs/:run/files/:kind', { params: { run, kind } });
    return this.#answer(address, {}, undefined, (response) => response.blob());
  }

  /** Opens the stream of events after a number. */
  events(afterId: number, signal: AbortSignal): Promise<Answer<ReadableStream<Uint8Array> | null>> {
    return this.#answer(`/api/events?after=${afterId}`, {}, signal, ({ body }) =>
      Promise.resolve(body),
    );
  }

  async #answer<T>(
    address: string,
    init: Sending,
    signal: AbortSignal | undefined,
    read: (response: Response) => Promise<unknown>,
    isSecond = false,
  ): Promise<Answer<T>> {
    const key = await this.#key.read();
    if (key === undefined) {
      this.#onNoSession();
      return { kind: 'aborted' };
    }
    try {
      const response = await fetch(address, {
        ...init,
        headers: { ...init.headers, 'X-Console-Key': key },
        cache: 'no-store',
        credentials: 'same-origin',
        redirect: 'error',
        ...(signal === undefined ? {} : { signal }),
      });
      if (response.ok) return { kind: 'ok', value: (await read(response)) as T };
      const error = errorOf(await response.json().catch(() => undefined), response.status);
      if (error.code === 'NO_SESSION') {
        this.#key.forget();
        // A newer link might have opened another tab.
        if (!isSecond) return await this.#answer(address, init, signal, read, true);
      }
      return { kind: 'refused', error };
    } catch {
      return signal?.aborted === true ? { kind: 'aborted' } : { kind: 'refused', error: GONE };
    }
  }
}
