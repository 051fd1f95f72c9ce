import type { ConsoleEvent } from '../api/live.ts';

const MOST_MESSAGES = 200;

/** An event with its number. */
export interface ToldEvent {
  readonly id: number;
  readonly event: ConsoleEvent;
}

/**
 * The events, for streams that begin or continue at any number. An event replaces the earlier one of the same kind and
 * subject, so the log stays small, and a slow reader gets the newest.
 */
export class EventLog {
  readonly #kept = new Map<string, ToldEvent>();
  readonly #messages: string[] = [];
  readonly #waiting = new Set<() => void>();
  #last = 0;

  /** The number of the newest event; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  tell(event: ConsoleEvent): void {
    this.#last += 1;
    const subject = subjectOf(event, this.#last);
    this.#kept.delete(subject);
    this.#kept.set(subject, { id: this.#last, event });
    if (event.type === 'message') {
      this.#messages.push(subject);
      if (this.#messages.length > MOST_MESSAGES) this.#kept.delete(this.#messages.shift() ?? '');
    }
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  /** Returns the events after a number, in order. */
  after(id: number): readonly ToldEvent[] {
    return [...this.#kept.values()].filter((told) => told.id > id);
  }

  /** Resolves when there is something newer than `id`, or the signal aborts. */
  async newerThan(id: number, signal: AbortSignal): Promise<void> {
    if (this.#last > id || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        signal.removeEventListener('abort', wake);
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}

function subjectOf(event: ConsoleEvent, id: number): string {
  switch (event.type) {
    case 'planning':
      return `planning ${event.planning.id}`;
    case 'run':
      return `run ${event.run.run}`;
    case 'followup':
      return `followup ${event.followup.run}`;
    case 'draft':
      return `draft ${event.draft}`;
    case 'message':
      return `message ${id}`;
    case 'connection':
    case 'runs':
    case 'uploads':
    case 'closing':
    case 'alive':
      return event.type;
    default: {
      const never: never = event;
      return never;
    }
  }
}
