import type { OutcomeRecord } from '../run/journal-record.ts';

/** The reason of a row whose main step took effect while an added step failed or is not proved. */
export const PARTLY_DONE = 'partly-done';

/** Tells whether the action of a run took effect on the row, so that repeating it would act a second time. */
export function isDone({ outcome, reason }: Pick<OutcomeRecord, 'outcome' | 'reason'>): boolean {
  return outcome === 'succeeded' || reason === PARTLY_DONE;
}
