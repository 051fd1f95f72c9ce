import { asCalled } from '../../domain/program.ts';
import { jsonLine } from '../../text/safe.ts';

/** Events on standard output, one JSON line each, in order. */
export interface EventLines {
  /** Resolves when the reader has accepted the line. */
  readonly publish: (event: object) => Promise<void>;
  /** Undefined while the reader keeps up. Otherwise resolves when it has caught up, or the signal aborts. */
  readonly caughtUp: (signal: AbortSignal) => Promise<void> | undefined;
  /** Resolves when the reader has accepted all lines. */
  readonly settle: () => Promise<void>;
}

/** The version of the event lines. A consumer must refuse a higher one. */
const EVENT_VERSION = 1;
/** How many lines can wait for a slow reader before their source must wait too: about 300 kB. */
const MOST_WAITING = 1000;

/** Returns the event with what to do next, as the command is typed here. */
function hintOf(event: object, program: string): object {
  return 'hint' in event && typeof event.hint === 'string'
    ? { hint: asCalled(event.hint, program) }
    : {};
}

/** Opens the lines. `out` accepts one text at a time, and lines that arrive in the meantime form the next text. */
export function openEventLines(out: (text: string) => Promise<void>, program: string): EventLines {
  let held: string[] = [];
  let writing: Promise<void> | undefined;
  let watchers: (() => void)[] = [];

  const drain = async (): Promise<void> => {
    while (held.length > 0) {
      const text = held.join('');
      held = [];
      await out(text);
      const woken = watchers;
      watchers = [];
      for (const wake of woken) wake();
    }
    writing = undefined;
  };

  return {
    publish: (event) => {
      held.push(`${jsonLine({ v: EVENT_VERSION, ...event, ...hintOf(event, program) })}\n`);
      return (writing ??= drain());
    },
    caughtUp: (signal) => {
      if (held.length < MOST_WAITING || signal.aborted) return undefined;
      return new Promise((resolve) => {
        const wake = () => {
          signal.removeEventListener('abort', wake);
          resolve();
        };
        watchers.push(wake);
        signal.addEventListener('abort', wake);
      });
    },
    settle: async () => {
      await writing;
    },
  };
}
