import { AppError } from '../domain/codes/app-error.ts';
import { parseDurationMs } from '../domain/duration.ts';

export function usage(message: string, hint: string): AppError {
  return new AppError('USAGE', message, { hint });
}

/** Parses a whole number of at least `least`; undefined stays undefined. Rejects with USAGE naming the flag. */
export function wholeNumber(
  flag: string,
  text: string | undefined,
  least: number,
  most = 1_000_000_000,
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,12}$/.test(text.trim()) ? Number(text) : NaN;
  if (!(value >= least && value <= most)) {
    throw usage(
      `--${flag} takes a whole number from ${least}${most < 1_000_000_000 ? ` to ${most}` : ''}, not “${text}”.`,
      `Example: --${flag} ${Math.max(least, 10)}`,
    );
  }
  return value;
}

/** Parses `500ms`, `30s`, `5m`, `2h` to milliseconds; undefined stays undefined. Rejects with USAGE naming the flag. */
export function duration(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = parseDurationMs(text);
  if (value === undefined || value <= 0) {
    throw usage(
      `--${flag} takes a length of time, not “${text}”.`,
      `Write it as 500ms, 30s, 5m or 2h: --${flag} 30s`,
    );
  }
  return value;
}

/** Parses a point in time (ISO 8601; a date alone is midnight UTC) to epoch milliseconds. */
export function pointInTime(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const shape = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;
  // Without a zone a time would mean another moment on every machine; Okta's own times are UTC.
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(text) || text.length === 10 ? text : `${text}Z`;
  const value = shape.test(text) ? Date.parse(zoned.replace(' ', 'T')) : NaN;
  if (Number.isNaN(value)) {
    throw usage(
      `--${flag} takes a time, not “${text}”.`,
      `Write it as 2026-11-22 or 2026-11-22T03:15:00Z (UTC unless it names a zone).`,
    );
  }
  return value;
}
