import type { Clock } from '../../domain/clock.ts';
import { BOUNDS } from '../api/bounds.ts';
import type { ConsoleEvent } from '../api/live.ts';
import type { EventLog, ToldEvent } from '../state/event-log.ts';
import { Refusal } from '../refusal.ts';

const ENCODER = new TextEncoder();

function frame(event: ConsoleEvent, id: number | undefined): string {
  // JSON has no line breaks, so nothing that a file or a server says can begin another frame.
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** The open streams of events. */
export class EventStreams {
  readonly #log: EventLog;
  readonly #clock: Clock;
  #open = 0;

  constructor(log: EventLog, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  /**
   * Streams the events after a number, and a sign of life if none come. A slow reader gets only the newest of what it has
   * missed. Ends when `signal` aborts or the reader closes it. Throws TOO_MANY.
   */
  open(after: number, signal: AbortSignal): ReadableStream<Uint8Array> {
    if (this.#open >= BOUNDS.streams)
      throw new Refusal(
        'TOO_MANY',
        'Too many pages of this console are open.',
        'Close some of them.',
      );
    this.#open += 1;
    const gone = new AbortController();
    const over = AbortSignal.any([signal, gone.signal]);
    over.addEventListener('abort', () => (this.#open -= 1), { once: true });
    let last = after;
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const told = await this.#next(last, over);
          if (over.aborted) {
            gone.abort();
            controller.close();
            return;
          }
          last = told.at(-1)?.id ?? last;
          const nowMs = this.#clock.nowMs();
          const text =
            told.length === 0
              ? frame({ type: 'alive', nowMs }, undefined)
              : told.map(({ event, id }) => frame(event, id)).join('');
          controller.enqueue(ENCODER.encode(text));
        },
        cancel: () => gone.abort(),
      },
      { highWaterMark: 1 },
    );
  }

  /** Returns newer events; empty if there are none for a while. */
  async #next(last: number, signal: AbortSignal): Promise<readonly ToldEvent[]> {
    const waited = new AbortController();
    const either = AbortSignal.any([signal, waited.signal]);
    const beat = this.#clock.sleep(BOUNDS.heartbeatMs, either).catch(() => undefined);
    await Promise.race([this.#log.newerThan(last, either), beat]);
    waited.abort();
    return this.#log.after(last);
  }
}
