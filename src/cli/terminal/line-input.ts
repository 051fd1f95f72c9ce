import type { Host } from '../../domain/host.ts';

interface Reading {
  readonly chunks: AsyncIterator<Uint8Array>;
  readonly decoder: TextDecoder;
  rest: string;
}

/** What was read from an input after the last line, so that two questions can follow each other. */
const readings = new WeakMap<AsyncIterable<Uint8Array>, Reading>();

/** Reads the next line of an input, without its end and the spaces around it; undefined if there is none. */
export async function readLine(stdin: AsyncIterable<Uint8Array>): Promise<string | undefined> {
  const reading = readings.get(stdin) ?? {
    chunks: stdin[Symbol.asyncIterator](),
    decoder: new TextDecoder(),
    rest: '',
  };
  readings.set(stdin, reading);
  for (;;) {
    const end = reading.rest.indexOf('\n');
    if (end >= 0) {
      const line = reading.rest.slice(0, end);
      reading.rest = reading.rest.slice(end + 1);
      return line.trim();
    }
    const next = await reading.chunks.next();
    if (next.done === true) {
      const line = reading.rest;
      reading.rest = '';
      return line === '' ? undefined : line.trim();
    }
    reading.rest += reading.decoder.decode(next.value, { stream: true });
  }
}

/** Lines as a person types them, one question after another. */
export interface LineInput {
  /** Returns the next line; undefined at the end of the input. Rejects with the signal's reason on abort. */
  readonly next: (signal: AbortSignal) => Promise<string | undefined>;
  /** Releases the input, so that a read that nobody waits for does not keep the process alive. */
  readonly close: () => void;
}

/** Opens the lines of standard input. Nothing is read before a line is requested. */
export function openLineInput(stdin: Host['stdin']): LineInput {
  return {
    next: async (signal) => {
      signal.throwIfAborted();
      const stopped = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
      return Promise.race([readLine(stdin), stopped]);
    },
    close: () => stdin.close(),
  };
}
