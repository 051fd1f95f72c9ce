/** Writes an ISO time as a person reads it, in UTC: `2026-11-22 03:15:02 UTC`; a dash where there is none. */
export function utc(iso: string | undefined): string {
  return iso === undefined ? '–' : `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}
