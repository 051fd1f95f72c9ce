/** Formats an ISO time for a person, in UTC: `2026-11-22 03:15:02 UTC`; a dash if there is none. */
export function utc(iso: string | undefined): string {
  return iso === undefined ? '–' : `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}
