import type { OrgWriter } from '../../../domain/org/org.ts';
import { msUntilOpen, type WorkingHours } from '../../../domain/working-hours.ts';
import { WRITE_BUCKET } from '../../org/pacings.ts';
import type { AppContext } from '../../context.ts';

/** The longest single sleep, because a laptop's clock, or a change to summer time, can jump in between. */
const MOST_SLEEP_MS = 15 * 60_000;

/**
 * Makes a writer that sends nothing outside the hours. A call waits until they begin, even if its turn came just as they
 * ended. Reads are not delayed, and neither is a call that restores the protection that the one before it removed. A wait
 * ends if the signal aborts, and then nothing is sent.
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
    // All workers wait for the same morning, so it is reported once.
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
        // Waiting here would keep a token and a proof until morning. Releasing them sends nothing, and puts the call in the
        // queue again.
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
