import { count } from '../../../domain/counted.ts';
import { formatDuration } from '../../../domain/duration.ts';
import type { OutcomeCounts } from '../../../domain/row/outcome.ts';
import type { ListedRun } from '../../api/run-answers.ts';

export const STATE_WORDS: Readonly<Record<ListedRun['state'], string>> = {
  planned: 'Waits for a yes',
  declined: 'Declined',
  overtaken: 'Overtaken',
  running: 'Running',
  stopped: 'Interrupted',
  'handed-over': 'Taken up by a rerun',
  finished: 'Finished',
  damaged: 'Damaged',
};

/** Says how far a run is: how many users it was to act on, and for how many that is done. */
export const doneWords = ({ succeeded }: OutcomeCounts, targets: number): string =>
  `${count(succeeded)} of ${count(targets)} done`;

const DAY_MS = 86_400_000;

/** Formats an age: `3 min ago`, `2 days ago`. */
export function ago(ageMs: number): string {
  if (ageMs < 60_000) return 'just now';
  if (ageMs >= 2 * DAY_MS) return `${count(Math.floor(ageMs / DAY_MS))} days ago`;
  const unitMs = ageMs < 3_600_000 ? 60_000 : 3_600_000;
  return `${formatDuration(Math.floor(ageMs / unitMs) * unitMs)} ago`;
}

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

/** Formats the time of day in this machine's zone, with the day if it is not today. */
export function timeOf(ms: number, nowMs: number): string {
  const date = new Date(ms);
  return new Date(nowMs).toDateString() === date.toDateString()
    ? CLOCK.format(date)
    : DAY.format(date);
}

/** Returns a code as words: `already-in-recovery` → `already in recovery`. */
export const inWords = (code: string): string => code.replaceAll('-', ' ').replaceAll('_', ' ');

/** Makes the first letter a capital: `reset the password` → `Reset the password`. */
export const sentence = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

const PROVIDERS: Readonly<Record<string, string>> = {
  ACTIVE_DIRECTORY: 'in Active Directory',
  LDAP: 'in an LDAP directory',
  FEDERATION: 'with another identity provider',
  SOCIAL: 'with a social account',
};

const REASONS: Readonly<Record<string, string>> = {
  'protected:self': 'owner of the credential',
  'protected:admin': 'admins',
  'status:PROVISIONED': 'never activated',
  'status:DEPROVISIONED': 'deactivated',
};

/** Returns a reason as a tile has it: `status:SUSPENDED` → `suspended`. */
export function reasonWords(reason: string): string {
  const known = REASONS[reason];
  if (known !== undefined) return known;
  if (/\s/.test(reason)) return reason;
  const [kind, value] = reason.split(':');
  if (value === undefined) return inWords(reason);
  return kind === 'provider'
    ? (PROVIDERS[value] ?? `signs in by ${inWords(value).toLowerCase()}`)
    : inWords(value).toLowerCase();
}

/** Splits a text: the first sentence has the message, and the rest explains it. */
export function firstAndRest(text: string): readonly [string, string] {
  const end = /[.!?:](?=\s)/.exec(text);
  if (end === null) return [text, ''];
  return [text.slice(0, end.index + 1), text.slice(end.index + 1)];
}
