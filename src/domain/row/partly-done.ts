import type { OutcomeRecord } from '../run/journal-record.ts';

/** The reason of a row whose own step took effect while one beside it failed, or is not proved. */
export const PARTLY_DONE = 'partly-done';

/** Tells whether what a run's action is for took effect on the row: to do it again would act a second time. */
export function isDone({ outcome, reason }: Pick<OutcomeRecord, 'outcome' | 'reason'>): boolean {
  return outcome === 'succeeded' || reason === PARTLY_DONE;
}
