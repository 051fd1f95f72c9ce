import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import type { ConsoleInput, ConsoleTold } from '../../src/app/console/console-port.ts';
import { NOTHING_GIVEN } from '../../src/config/flags/flag.ts';
import { ORG } from '../../src/config/org.ts';
import { KEY_HEADER } from '../../src/console/api/bounds.ts';
import type { ConsoleEvent } from '../../src/console/api/live.ts';
import { openConsole } from '../../src/console/console.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { Host, SignalName } from '../../src/domain/host.ts';
import { host as realHost } from '../../src/host.ts';
import { skippingClock } from '../skipping-clock.ts';

/** What came back. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- what was sent; the tests look into it
}

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** A page that has opened the link. It sends what a browser would. */
export interface Page {
  readonly cookie: string;
  readonly key: string;
  readonly get: (path: string) => Promise<Answered>;
  readonly post: (path: string, body?: object) => Promise<Answered>;
  /** Listens until the expected event comes, and returns it. */
  readonly until: <T extends ConsoleEvent['type']>(
    type: T,
    wanted: (event: Extract<ConsoleEvent, { type: T }>) => boolean,
    after?: number,
  ) => Promise<Extract<ConsoleEvent, { type: T }>>;
}

/** Reads the events of a stream as they come. */
export async function* eventsOf(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ readonly id: number | undefined; readonly event: ConsoleEvent }> {
  const decoder = new TextDecoder();
  let held = '';
  for await (const chunk of body) {
    held += decoder.decode(chunk, { stream: true });
    for (let end = held.indexOf('\n\n'); end >= 0; end = held.indexOf('\n\n')) {
      const frame = held.slice(0, end).split('\n');
      held = held.slice(end + 2);
      const field = (name: string) =>
        frame.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const id = field('id');
      yield {
        id: id === undefined ? undefined : Number(id),
        event: JSON.parse(field('data') ?? '') as ConsoleEvent,
      };
    }
  }
}

/** A console, by its address, wherever it runs. */
export abstract class ConsoleAddress {
  url = '';

  /** The newest link that was printed. */
  abstract get link(): string;

  /** Sends exactly what is given, and follows no redirect. */
  async send(path: string, sent: Sent = {}): Promise<Answered> {
    const { method = 'GET', headers = {}, body } = sent;
    const answer = await request(path.startsWith('http') ? path : `${this.url}${path}`, {
      method: method as 'GET',
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.body.text();
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      json = undefined;
    }
    return { status: answer.statusCode, headers: answer.headers, text, json };
  }

  /** Opens the newest link like a browser. */
  async page(): Promise<Page> {
    const answer = await this.send(this.link);
    const cookie = String(answer.headers['set-cookie']).split(';', 1)[0] ?? '';
    const key = String(answer.headers['location']).slice('/#'.length);
    const headers = { cookie, [KEY_HEADER]: key };
    return {
      cookie,
      key,
      get: (path) => this.send(path, { headers }),
      post: (path, body = {}) =>
        this.send(path, {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      until: async (type, wanted, after = 0) => {
        const over = new AbortController();
        const stream = await request(`${this.url}/api/events?after=${after}`, {
          headers,
          signal: over.signal,
        });
        stream.body.on('error', () => undefined);
        try {
          for await (const { event } of eventsOf(stream.body)) {
            if (event.type !== type) continue;
            const found = event as Extract<ConsoleEvent, { type: typeof type }>;
            if (wanted(found)) return found;
          }
        } finally {
          over.abort();
        }
        throw new Error(`The stream ended before the ${type} that was waited for.`);
      },
    };
  }
}

/** A console in this process, and a folder that it works in. */
export class ConsoleRig extends ConsoleAddress {
  readonly dir: string;
  readonly told: ConsoleTold[] = [];
  readonly host: Host;
  readonly listeners = new Set<(signal: SignalName) => void>();
  ended: Promise<number> = Promise.resolve(-1);
  #typed: ((line: string) => void) | undefined;

  constructor(dir: string, clock: Clock, env: Readonly<Record<string, string>>) {
    super();
    this.dir = dir;
    const typed = (line: (text: string) => void) => (this.#typed = line);
    this.host = {
      ...realHost,
      program: 'okta-reset',
      env: { CI: '1', XDG_STATE_HOME: join(dir, 'state'), ...env },
      cwd: dir,
      homeDir: join(dir, 'home'),
      clock,
      stdin: Object.assign(
        {
          async *[Symbol.asyncIterator]() {
            for (;;) yield Buffer.from(`${await new Promise<string>(typed)}\n`);
          },
        },
        { isTty: true, close: () => undefined },
      ),
      onSignal: (listener) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
      },
    };
  }

  async open(input: Partial<ConsoleInput> = {}): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.ended = openConsole(
        {
          port: undefined,
          browser: true,
          identities: [],
          org: ORG.read(NOTHING_GIVEN),
          verbose: true,
          ...input,
          tell: (told) => {
            this.told.push(told);
            if (told.kind === 'listening') {
              this.url = told.url;
              resolve();
            }
            return Promise.resolve();
          },
        },
        this.host,
      );
      this.ended.catch(reject);
    });
    return this;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  override get link(): string {
    const links = this.told.flatMap((told) => ('link' in told ? [told.link] : []));
    return links.at(-1) ?? '';
  }

  /** Presses Enter, and waits for the link that is printed. */
  async pressEnter(): Promise<string> {
    const before = this.link;
    this.#typed?.('');
    while (this.link === before) await new Promise((resolve) => setImmediate(resolve));
    return this.link;
  }

  press(signal: SignalName): void {
    for (const listener of this.listeners) listener(signal);
  }

  /** Ends the console by Ctrl-C; resolves with its exit code. */
  async end(): Promise<number> {
    this.press('SIGINT');
    return this.ended;
  }

  async close(): Promise<void> {
    await this.end();
    await rm(this.dir, { recursive: true, force: true });
  }
}

export async function openRig(
  options: {
    readonly clock?: Clock;
    readonly env?: Readonly<Record<string, string>>;
    readonly dir?: string;
    readonly input?: Partial<ConsoleInput>;
  } = {},
): Promise<ConsoleRig> {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'okta-reset-console-test-')));
  return new ConsoleRig(dir, options.clock ?? skippingClock(), options.env ?? {}).open(
    options.input,
  );
}
