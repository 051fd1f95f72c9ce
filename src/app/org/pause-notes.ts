import type { Clock } from '../../domain/clock.ts';
import type { AppEvent, Emit } from '../../domain/run/event.ts';
import type { JournalWriter } from '../../domain/run/journal-record.ts';

/** Waits shorter than this are the ordinary rhythm of a window and tell a reader nothing. */
const WORTH_NOTING_MS = 500;

/** Keeps the waits of a run for its report, in the journal. */
export interface PauseNotes {
  /** An emit that hears of pauses before it passes them on. */
  readonly listen: (emit: Emit) => Emit;
  /** Where to keep them, once the run is open. */
  readonly keepIn: (journal: JournalWriter) => void;
}

export function pauseNotes(clock: Clock): PauseNotes {
  let journal: JournalWriter | undefined;
  const note = (event: Extract<AppEvent, { type: 'pause' }>) => {
    if (event.waitMs < WORTH_NOTING_MS) return;
    const { bucket, waitMs, cause } = event;
    const at = new Date(clock.nowMs()).toISOString();
    // A note is for the reader; where it cannot be kept, the records of the rows say so themselves.
    journal
      ?.append({ kind: 'note', at, note: { kind: 'pause', bucket, waitMs, cause } })
      .catch(() => undefined);
  };
  return {
    listen: (emit) => (event) => {
      if (event.type === 'pause') note(event);
      emit(event);
    },
    keepIn: (kept) => {
      journal = kept;
    },
  };
}
