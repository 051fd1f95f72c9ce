import type { ConsoleEvent } from '../../api/live.ts';

export interface Told {
  readonly id: number | undefined;
  readonly event: ConsoleEvent;
}

function frameOf(text: string): Told | undefined {
  let id: number | undefined;
  let data = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('id: ')) id = Number(line.slice(4));
    else if (line.startsWith('data: ')) data += line.slice(6);
  }
  return data === '' ? undefined : { id, event: JSON.parse(data) as ConsoleEvent };
}

/** Reads the events of a stream as they arrive, until the stream ends. */
export async function* eventFrames(stream: ReadableStream<Uint8Array>): AsyncGenerator<Told> {
  const reader = stream
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const frames = (rest + value).split('\n\n');
    rest = frames.pop() ?? '';
    for (const text of frames) {
      const told = frameOf(text);
      if (told !== undefined) yield told;
    }
  }
}
