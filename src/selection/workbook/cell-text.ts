const DAY_MS = 86_400_000;
/** Day 0 of the two ways in which workbooks count days. Excel treats 1900 as a leap year, so day 60 does not exist. */
const EPOCH_1900_MS = Date.UTC(1899, 11, 30);
const EPOCH_1904_MS = Date.UTC(1904, 0, 1);
const NO_DAY = 60;
/** Year 9999. */
const MOST_DAYS = 2_958_466;
/** Spreadsheets keep 15 digits of a number, so a longer number has lost some. */
const MOST_WHOLE = 999_999_999_999_999;
const PLAIN_NUMBER = /^(?:0|[1-9]\d{0,14})$/;

/** Formats a number of days as ISO text: a date, a time of day, or both; undefined if it is neither. */
export function dateText(days: number, from1904: boolean): string | undefined {
  if (!(days >= 0 && days < MOST_DAYS)) return undefined;
  const epochMs = from1904 ? EPOCH_1904_MS : EPOCH_1900_MS;
  const shifted = !from1904 && days < NO_DAY && days >= 1 ? days + 1 : days;
  const iso = new Date(epochMs + Math.round(shifted * DAY_MS)).toISOString();
  const date = iso.slice(0, 10);
  const time = iso.slice(11, 19);
  if (Math.floor(days) === 0 && !from1904) return time;
  return time === '00:00:00' ? date : `${date}T${time}`;
}

/**
 * Returns the digits of a stored number, because libraries write `1.2345678E7` and `4711.0` for whole numbers. A number with
 * more digits than a spreadsheet keeps stays as `1.2345678901234568e+17`, because its digits are lost.
 */
export function numberText(stored: string): string {
  if (PLAIN_NUMBER.test(stored)) return stored;
  const value = Number(stored);
  if (stored.trim() === '' || !Number.isInteger(value)) return stored;
  return Math.abs(value) <= MOST_WHOLE ? String(value) : value.toExponential();
}

const ESCAPED = /_x([0-9A-Fa-f]{4})_/g;

/** Decodes characters that XML cannot contain, in the form that workbooks use: `_x000D_`. */
export function unescaped(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(ESCAPED, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
