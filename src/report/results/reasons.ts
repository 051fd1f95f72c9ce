import type { Explain, Explanation } from '../report-content.ts';

/** Reason of a row whose last attempt has no known end yet. */
export const UNSETTLED = 'unsettled: okta-reset resume settles it';
/** Reason of a row that was begun, is known not to have taken effect, and was left for a resume. */
export const INTERRUPTED = 'interrupted: okta-reset resume continues it';
/** Reason of a row of which one step took effect while what belongs to it, its temporary password say, is still to come. */
export const HALF_DONE = 'half-done: okta-reset resume completes it';
/** Reason of a row that the journal ended but whose record cannot be read. */
export const UNREADABLE = 'record-unreadable';

/** Reason of a row whose end, if it has one, stood in the part of the journal that cannot be read. */
export const JOURNAL_DAMAGED = 'journal-damaged';

const REASONS: ReadonlyMap<string, Explanation> = new Map([
  [
    UNSETTLED,
    {
      meaning:
        'The run ended while the answer of Okta was still out: it may or may not have acted.',
      who: 'you',
      how: 'Resume the run: it reads each of these users first, and sends nothing again that took effect.',
    },
  ],
  [
    HALF_DONE,
    {
      meaning:
        'One call took effect, and what belongs to it is still to come: the run was stopped in between. The old password may be gone and the temporary one not there yet, or factors are removed and the password is not reset.',
      who: 'you',
      how: 'Resume the run now: it does what is left for each of these users.',
    },
  ],
  [
    UNREADABLE,
    {
      meaning: 'The journal says that the row ended, but its record is damaged.',
      who: 'you',
      how: "Look the user up in Okta's System Log before you act on it again.",
    },
  ],
  [
    JOURNAL_DAMAGED,
    {
      meaning:
        'The journal is damaged before it mentions this row: the run may have acted on the user.',
      who: 'you',
      how: 'Plan again over these rows, with the command under “Next”: it leaves out everybody who was reset since.',
    },
  ],
]);

/** Explains the reasons that reports give themselves, and leaves all else to `explain`. */
export function explainingReasons(explain: Explain): Explain {
  return (code) => REASONS.get(code) ?? explain(code);
}
