interface Reading {
  readonly chunks: AsyncIterator<Uint8Array>;
  readonly decoder: TextDecoder;
  rest: string;
}

/** What was read of an input beyond the last line, so that two questions can follow each other. */
const readings = new WeakMap<AsyncIterable<Uint8Array>, Reading>();

/** Reads the next line of an input, without its end and blanks around it; undefined where there is none. */
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
