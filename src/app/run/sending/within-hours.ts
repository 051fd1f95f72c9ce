import type { OrgWriter } from '../../../domain/org/org.ts';
import { msUntilOpen, type WorkingHours } from '../../../domain/working-hours.ts';
import { WRITE_BUCKET } from '../../org/pacings.ts';
import type { AppContext } from '../../context.ts';

/** Longest single sleep: a laptop's clock, or the change to summer time, can jump in between. */
const MOST_SLEEP_MS = 15 * 60_000;

/**
 * A writer that sends nothing outside the hours: a call waits until they begin, also if its turn came just as they
 * ended. Reads are not delayed, nor is a call that protects what the one before has removed. A wait ends with the
 * signal, and then nothing is sent.
 */
export function withinHours(
  writer: OrgWriter,
  hours: WorkingHours | undefined,
  context: Pick<AppContext, 'host' | 'emit'>,
): OrgWriter {
  if (hours === undefined) return writer;
  const { clock } = context.host;
  let toldUntilMs = 0;
  const tell = (waitMs: number) => {
    const untilMs = clock.nowMs() + waitMs;
    // Ten workers wait for the same morning; it is reported once.
    if (untilMs < toldUntilMs + MOST_SLEEP_MS) return;
    toldUntilMs = untilMs;
    context.emit({ type: 'pause', bucket: WRITE_BUCKET, waitMs, cause: 'own-pace' });
  };
  const open = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      const waitMs = msUntilOpen(hours, clock.nowMs());
      if (waitMs === 0) return;
      tell(waitMs);
      await clock.sleep(Math.min(waitMs, MOST_SLEEP_MS), signal);
    }
  };
  return {
    ...writer,
    write: async (call, signal) => {
      if (call.isBound === true) return writer.write(call, signal);
      for (;;) {
        await open(signal);
        const closed = new Error('The hours of --between ended before this call was sent.');
        // Waiting here would keep a token and a proof until morning. Letting go of them sends nothing and queues the
        // call again.
        const beforeSend = async () => {
          if (msUntilOpen(hours, clock.nowMs()) > 0) throw closed;
          await call.beforeSend();
        };
        try {
          return await writer.write({ ...call, beforeSend }, signal);
        } catch (error) {
          if (error !== closed) throw error;
        }
      }
    },
  };
}
