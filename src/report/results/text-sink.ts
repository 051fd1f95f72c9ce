import type { Output } from '../../domain/host.ts';

/** A stream that text is written to in large pieces: `push` stores it, and `flush` writes it when there is enough. */
export interface TextSink {
  readonly push: (text: string) => void;
  /** Resolves when little enough is unwritten. Rejects like `write`. */
  readonly flush: () => Promise<void>;
}

/** One that somebody ends. */
export interface EndingSink extends TextSink {
  /** Writes everything, and resolves when it was accepted. Rejects like `write`. */
  readonly end: () => Promise<void>;
}

/** Text is written in pieces of at least this many characters. */
const PIECE = 64 * 1024;

/**
 * Collects text and passes it to `write` in large pieces, one at a time. While one is being written, the next is collected.
 */
export function gathered(write: (text: string) => Promise<void>): EndingSink {
  let held: string[] = [];
  let size = 0;
  let writing: Promise<void> | undefined;
  const writeHeld = async () => {
    await writing;
    if (size === 0) return;
    const text = held.join('');
    held = [];
    size = 0;
    writing = write(text);
    // It is awaited later, and a rejection needs a listener until then.
    writing.catch(() => undefined);
  };
  return {
    push: (text) => {
      held.push(text);
      size += text.length;
    },
    flush: async () => {
      if (size >= PIECE) await writeHeld();
    },
    end: async () => {
      await writeHeld();
      await writing;
    },
  };
}

/** Makes a sink that writes to an output of the program. */
export function outputSink(output: Output): EndingSink {
  return gathered((text) => output.write(text));
}
