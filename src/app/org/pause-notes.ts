import type { Clock } from '../../domain/clock.ts';
import type { AppEvent, Emit } from '../../domain/run/event.ts';
import type { JournalWriter } from '../../domain/run/journal-record.ts';

/** Shorter waits are the normal rhythm of a window, and of no interest to a reader. */
const WORTH_NOTING_MS = 500;

/** Records the waits of a run in the journal, for its report. */
export interface PauseNotes {
  /** An emit that notes pauses before it passes them on. */
  readonly listen: (emit: Emit) => Emit;
  /** Sets the journal to record them in, once the run is open. */
  readonly keepIn: (journal: JournalWriter) => void;
}

export function pauseNotes(clock: Clock): PauseNotes {
  let journal: JournalWriter | undefined;
  const note = (event: Extract<AppEvent, { type: 'pause' }>) => {
    if (event.waitMs < WORTH_NOTING_MS) return;
    const { bucket, waitMs, cause } = event;
    const at = new Date(clock.nowMs()).toISOString();
    // The note is only for readers. If it cannot be written, the records of the rows still show what happened.
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
