const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** Parses `500ms`, `30s`, `5m` or `2h` to milliseconds; undefined for any other text. */
export function parseDurationMs(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text.trim());
  if (match === null) return undefined;
  const [, amount = '', unit = ''] = match;
  return Math.round(Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS]);
}

/** Formats a duration for people: `0.4 s`, `3 s`, `3 min 20 s`, `1 h`, `2 h 05 min`. */
export function formatDuration(ms: number): string {
  if (ms < 10_000) {
    const seconds = Math.max(0, ms) / 1000;
    return `${Number.isInteger(seconds) ? seconds : seconds.toFixed(1)} s`;
  }
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) {
    const rest = seconds % 60;
    return rest === 0
      ? `${Math.floor(seconds / 60)} min`
      : `${Math.floor(seconds / 60)} min ${rest} s`;
  }
  const minutes = Math.round(seconds / 60);
  if (minutes % 60 === 0) return `${minutes / 60} h`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** Formats a window for people, to follow “per”: `minute`, `hour`, `6 s`. */
export function formatPer(ms: number): string {
  if (ms === UNIT_MS.m) return 'minute';
  if (ms === UNIT_MS.s) return 'second';
  return ms === UNIT_MS.h ? 'hour' : formatDuration(ms);
}
