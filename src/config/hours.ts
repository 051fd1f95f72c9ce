import { isTimeZone, type WorkingHours } from '../domain/working-hours.ts';
import { usage } from '../domain/codes/app-error.ts';

const SHAPE = /^([01]?\d|2[0-4]):([0-5]\d)\s*[-–]\s*([01]?\d|2[0-4]):([0-5]\d)(?:\s+(\S+))?$/;

/** The first words of the names of time zones. */
const AREA =
  /^(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc|US)\/[A-Za-z]/i;

/** Tells whether a word after the hours is their time zone, also one that is misspelled (`Europe/Berln`). */
export function namesTimeZone(word: string): boolean {
  return AREA.test(word) || isTimeZone(word);
}

/** Parses `08:00-18:00`, with or without a time zone. Throws USAGE. */
export function workingHours(text: string): WorkingHours {
  const match = SHAPE.exec(text.trim());
  const minute = (hours = '', minutes = '') => Number(hours) * 60 + Number(minutes);
  const fromMinute = minute(match?.[1], match?.[2]);
  const toMinute = minute(match?.[3], match?.[4]);
  if (match === null || fromMinute === toMinute || Math.max(fromMinute, toMinute) > 24 * 60) {
    throw usage(
      `--between takes hours of the day, not “${text}”.`,
      'Write them as 08:00-18:00, with a time zone if it differs from this machine’s: --between 08:00-18:00 Europe/Berlin',
    );
  }
  const timeZone = match[5];
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    throw usage(
      `--between does not know the time zone “${timeZone}”.`,
      'Name it as Europe/Berlin, America/New_York or UTC.',
    );
  }
  return { fromMinute, toMinute, timeZone };
}
