import { stepsOf } from '../domain/action.ts';
import type { Cursor, LogEvent, OrgReader } from '../domain/org.ts';
import { PROOF_EVENT } from '../engine/judgement.ts';
import { KeySet } from '../plan/key-set.ts';
import type { ChainRun } from './run-chain.ts';

/** How far a scan of the System Log came: to its end, to the most pages one may take, or nowhere. */
export type LogReading = 'whole' | 'partly' | 'unreadable';

/** At Okta's 1000 events a page this is 200,000 resets, and some four minutes of the log's own small bucket. */
const MAX_PAGES = 200;
/** An event may be written a little after the answer it belongs to. */
const SLACK_MS = 60_000;

async function scan(
  reader: OrgReader,
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

/**
 * Users that the System Log says were reset in the window of a run, by one bounded scan matched here by user id.
 * `offsetMs` is how far Okta's clock is ahead of ours. What users did themselves proves nothing.
 */
export async function scanProofs(
  reader: OrgReader,
  { run, firstMs, lastMs }: ChainRun,
  offsetMs: number,
  signal: AbortSignal,
): Promise<{ readonly reading: LogReading; readonly users: KeySet }> {
  const users = new KeySet();
  const step = stepsOf(run.spec).at(-1);
  if (step === undefined) return { reading: 'whole', users };
  const reading = await scan(
    reader,
    {
      filter: `eventType eq "${PROOF_EVENT[step]}"`,
      sinceMs: firstMs + offsetMs - SLACK_MS,
      untilMs: lastMs + offsetMs + SLACK_MS,
    },
    signal,
    (event) => {
      if (event.result !== undefined && event.result !== 'SUCCESS') return;
      for (const userId of event.userIds) if (userId !== event.actorId) users.add(userId);
    },
  );
  return { reading, users };
}

/** When the last mail to each user came back, since `sinceMs` (Okta's clock), by one bounded scan. */
export async function scanBounces(
  reader: OrgReader,
  sinceMs: number,
  untilMs: number,
  signal: AbortSignal,
): Promise<{ readonly reading: LogReading; readonly bouncedMs: ReadonlyMap<string, number> }> {
  const bouncedMs = new Map<string, number>();
  const filter = 'eventType eq "system.email.delivery" and outcome.result eq "FAILURE"';
  const reading = await scan(reader, { filter, sinceMs, untilMs }, signal, (event) => {
    for (const userId of event.userIds) bouncedMs.set(userId, event.publishedMs);
  });
  return { reading, bouncedMs };
}
