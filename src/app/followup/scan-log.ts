import type { Cursor, LogEvent, OrgReader } from '../../domain/org/org.ts';

/** How far a scan of the System Log got: to its end, to the most pages allowed, or nowhere. */
export type LogReading = 'whole' | 'partly' | 'unreadable';

/** With Okta's 1,000 events per page, this is 200,000 resets, and about four minutes of the log's small bucket. */
const MAX_PAGES = 200;

/** Reads the events of a window page by page, at most 200 pages. Rejects with `signal.reason` after an abort. */
export async function scanLog(
  reader: Pick<OrgReader, 'logEvents'>,
  window: { readonly filter: string; readonly sinceMs: number; readonly untilMs: number },
  signal: AbortSignal,
  see: (event: LogEvent) => void,
): Promise<LogReading> {
  let page: Parameters<OrgReader['logEvents']>[0] = window;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const answer = await reader.logEvents(page, signal);
    if (answer.kind === 'failed') return pages === 0 ? 'unreadable' : 'partly';
    for (const event of answer.value.items) see(event);
    const next: Cursor | undefined = answer.value.next;
    if (next === undefined) return 'whole';
    page = next;
  }
  return 'partly';
}
