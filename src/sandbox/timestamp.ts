const DAY_S = 86_400;
const PAIRS = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'));
const days = new Map<number, string>();

/**
 * Formats epoch seconds as Okta does, with milliseconds: `2024-07-01T12:00:00.000Z`. A listing formats millions of
 * them.
 */
export function timestamp(seconds: number): string {
  const day = Math.floor(seconds / DAY_S);
  let date = days.get(day);
  if (date === undefined) {
    date = new Date(day * DAY_S * 1000).toISOString().slice(0, 11);
    days.set(day, date);
  }
  const rest = seconds - day * DAY_S;
  const hours = PAIRS[Math.floor(rest / 3600)] ?? '';
  const minutes = PAIRS[Math.floor(rest / 60) % 60] ?? '';
  return `${date}${hours}:${minutes}:${PAIRS[rest % 60] ?? ''}.000Z`;
}
