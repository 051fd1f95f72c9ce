/** Hours of the day in which writes are sent; `toMinute` before `fromMinute` means past midnight. */
export interface WorkingHours {
  /** Minutes since midnight. */
  readonly fromMinute: number;
  readonly toMinute: number;
  /** IANA time zone, such as `Europe/Berlin`; undefined for the machine's own. */
  readonly timeZone: string | undefined;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Tells whether a text is a time zone that this machine knows. */
export function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function timeOfDayMs(nowMs: number, timeZone: string | undefined): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).formatToParts(nowMs);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value ?? 0);
  return ((part('hour') * 60 + part('minute')) * 60 + part('second')) * 1000 + (nowMs % 1000);
}

/** Formats the hours in the form that the flag takes: `08:00-18:00 Europe/Berlin`. */
export function hoursText({ fromMinute, toMinute, timeZone }: WorkingHours): string {
  const time = (minute: number) =>
    [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
  return `${time(fromMinute)}-${time(toMinute)}${timeZone === undefined ? '' : ` ${timeZone}`}`;
}

/** Returns the milliseconds until the hours begin; 0 within them. It can be one hour off on a day when clocks change. */
export function msUntilOpen(hours: WorkingHours, nowMs: number): number {
  const ofDayMs = timeOfDayMs(nowMs, hours.timeZone);
  const fromMs = hours.fromMinute * MINUTE_MS;
  const toMs = hours.toMinute * MINUTE_MS;
  const open =
    fromMs < toMs ? ofDayMs >= fromMs && ofDayMs < toMs : ofDayMs >= fromMs || ofDayMs < toMs;
  return open ? 0 : (fromMs - ofDayMs + DAY_MS) % DAY_MS;
}

/**
 * Returns when work of this length ends (epoch milliseconds) if it begins at `startMs` and pauses outside the hours. Without
 * hours, it never pauses.
 */
export function endsAtMs(hours: WorkingHours | undefined, startMs: number, workMs: number): number {
  if (hours === undefined) return startMs + workMs;
  let atMs = startMs;
  let leftMs = workMs;
  for (;;) {
    const closedMs = msUntilOpen(hours, atMs);
    if (closedMs > 0) {
      atMs += closedMs;
      continue;
    }
    const ofDayMs = timeOfDayMs(atMs, hours.timeZone);
    const openMs = (hours.toMinute * MINUTE_MS - ofDayMs + DAY_MS) % DAY_MS || DAY_MS;
    if (leftMs <= openMs) return atMs + leftMs;
    atMs += openMs;
    leftMs -= openMs;
  }
}
