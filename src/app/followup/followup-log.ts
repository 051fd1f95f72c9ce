import { mainStepOf } from '../../domain/plan/action.ts';
import { STEPS } from '../../domain/plan/step.ts';
import type { OrgReader } from '../../domain/org/org.ts';
import { KeySet } from '../../plan/verdicts/key-set.ts';
import { scanLog, type LogReading } from './scan-log.ts';
import type { ChainRun } from '../rerun/run-chain.ts';

/** An event can be written slightly later than the answer that it belongs to. */
const SLACK_MS = 60_000;

/**
 * Finds the users whose reset is in the System Log within the window of a run, in one bounded scan whose events are matched
 * by user id. `offsetMs` is how far Okta's clock is ahead of ours. What users did themselves proves nothing.
 */
export async function scanProofs(
  reader: OrgReader,
  { run, firstMs, lastMs }: ChainRun,
  offsetMs: number,
  signal: AbortSignal,
): Promise<{ readonly reading: LogReading; readonly users: KeySet }> {
  const users = new KeySet();
  const reading = await scanLog(
    reader,
    {
      filter: `eventType eq "${STEPS[mainStepOf(run.spec)].event}"`,
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

/** Finds when the last email to each user bounced since `sinceMs` (Okta's clock), in one bounded scan. */
export async function scanBounces(
  reader: OrgReader,
  sinceMs: number,
  untilMs: number,
  signal: AbortSignal,
): Promise<{ readonly reading: LogReading; readonly bouncedMs: ReadonlyMap<string, number> }> {
  const bouncedMs = new Map<string, number>();
  const filter = 'eventType eq "system.email.delivery" and outcome.result eq "FAILURE"';
  const reading = await scanLog(reader, { filter, sinceMs, untilMs }, signal, (event) => {
    for (const userId of event.userIds) bouncedMs.set(userId, event.publishedMs);
  });
  return { reading, bouncedMs };
}

/** Finds when each user last enrolled a factor within a window (Okta's clock), in one bounded scan. */
export async function scanEnrolments(
  reader: OrgReader,
  window: { readonly sinceMs: number; readonly untilMs: number },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const enrolledMs = new Map<string, number>();
  const filter = 'eventType eq "user.mfa.factor.activate"';
  await scanLog(reader, { filter, ...window }, signal, (event) => {
    for (const userId of event.userIds) enrolledMs.set(userId, event.publishedMs);
  });
  return enrolledMs;
}
