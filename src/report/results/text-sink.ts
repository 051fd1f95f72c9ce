import type { Output } from '../../domain/host.ts';

/** A place text is written to in large pieces: `push` keeps it, `flush` hands it on once there is enough of it. */
export interface TextSink {
  readonly push: (text: string) => void;
  /** Resolves when little enough is held back; `all` hands on everything, and resolves when it was taken. Rejects as `write` did. */
  readonly flush: (all?: 'all') => Promise<void>;
}

/** Text is handed on in pieces of at least this many characters. */
const PIECE = 64 * 1024;

/** Collects text and gives it to `write` in large pieces, one at a time; while one is written the next is gathered. */
export function gathered(write: (text: string) => Promise<void>): TextSink {
  let held: string[] = [];
  let size = 0;
  let writing: Promise<void> | undefined;
  return {
    push: (text) => {
      held.push(text);
      size += text.length;
    },
    flush: async (all) => {
      if (all === undefined && size < PIECE) return;
      await writing;
      if (size > 0) {
        const text = held.join('');
        held = [];
        size = 0;
        writing = write(text);
        // Who waits for it hears of its end; until then a rejection has a listener.
        writing.catch(() => undefined);
      }
      if (all !== undefined) await writing;
    },
  };
}

/** A sink into an output of the program. */
export function outputSink(output: Output): TextSink {
  return gathered((text) => output.write(text));
}
