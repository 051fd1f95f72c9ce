import { findReason } from '../../domain/codes/reasons.ts';
import { findStatus } from '../../domain/codes/status-entries.ts';
import type { Explain, Explanation } from '../report-content.ts';

/** The reason of a row whose last attempt has no known end yet. */
export const UNSETTLED = 'not checked yet: okta-reset resume checks it';
/** The reason of a row that was begun, is known to have had no effect, and was left for a resume. */
export const INTERRUPTED = 'interrupted: okta-reset resume continues it';
/** The reason of a row in which one step took effect and another part, such as its temporary password, is still missing. */
export const HALF_DONE = 'half-done: okta-reset resume completes it';
/** The code of failed and unknown rows about which neither Okta nor we have said anything. */
export const NO_ANSWER = 'no-answer';
/** The code of rows whose own codes are too many to be listed one by one. */
export const OTHER = 'other';
/** The reason of a row that the journal ended, but whose record cannot be read. */
export const UNREADABLE = 'record-unreadable';

/** The reason of a row whose end, if it has one, is in the part of the journal that cannot be read. */
export const JOURNAL_DAMAGED = 'journal-damaged';

const REASONS: ReadonlyMap<string, Explanation> = new Map([
  [
    UNSETTLED,
    {
      meaning: 'The run ended before Okta answered: it is not known whether Okta acted.',
      who: 'you',
      how: 'Resume the run: it reads each of these users first, and does not repeat a call that took effect.',
    },
  ],
  [
    HALF_DONE,
    {
      meaning:
        'The run was stopped between two calls for this user. The old password may be gone without a temporary one, or factors may be removed without a password reset.',
      who: 'you',
      how: 'Resume the run now: it completes what is left for each of these users.',
    },
  ],
  [
    UNREADABLE,
    {
      meaning: 'The journal has an outcome for this row, but its record is damaged.',
      who: 'you',
      how: "Look the user up in Okta's System Log before you act on them again.",
    },
  ],
  [
    JOURNAL_DAMAGED,
    {
      meaning:
        'The journal is damaged before it mentions this row: the run may have acted on the user.',
      who: 'you',
      how: 'Make a new plan over these rows with the command under “Next”: it leaves out everybody who was reset since.',
    },
  ],
  [
    NO_ANSWER,
    {
      meaning: 'No answer came, and nothing says why.',
      who: 'you',
      how: 'Check the connection with okta-reset doctor, then rerun the rows.',
    },
  ],
  [
    OTHER,
    {
      meaning: 'These rows ended with many different codes, which are not listed here.',
      who: 'you',
      how: 'Each row has its own code in failed.csv: okta-reset explain CODE',
    },
  ],
]);

/** Tells whether a reason is a sentence of ours and not a code. */
export const isSentence = (reason: string): boolean => reason === UNSETTLED || reason === HALF_DONE;

function explainStatus(code: string): Explanation | undefined {
  if (!/^HTTP \d+$/.test(code)) return undefined;
  const entry = findStatus(code);
  return {
    meaning: entry?.meaning ?? `The answer was ${code}, without a code of Okta’s.`,
    who: 'you',
    how: entry?.how ?? 'Check the proxy, then rerun the rows.',
  };
}

function explainReason(code: string): Explanation | undefined {
  const entry = findReason(code);
  return entry && { meaning: entry.meaning, who: 'you', how: entry.how };
}

/** Explains every code that rows are grouped by: reasons, HTTP statuses, and whatever `explain` knows. */
export function explainingReasons(explain: Explain): Explain {
  return (code) => REASONS.get(code) ?? explain(code) ?? explainStatus(code) ?? explainReason(code);
}
