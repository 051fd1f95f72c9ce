import { formatDuration, formatPer } from '../../../domain/duration.ts';
import type { Estimate } from '../../../domain/plan/preview.ts';
import { endsAtMs, hoursText, type WorkingHours } from '../../../domain/working-hours.ts';
import { count, counted } from '../../../domain/counted.ts';

/** Formats a clock time, with its day if that is not today. */
function clockTime(ms: number, nowMs: number): string {
  const then = new Date(ms);
  const time = then.toTimeString().slice(0, 5);
  const day = then.toDateString();
  return day === new Date(nowMs).toDateString() ? time : `${time} on ${day.slice(0, 10)}`;
}

/** Says what the estimate leaves out: waits for calls whose answer was lost. */
export function doubtText({ doubtMs }: Estimate): string | undefined {
  return doubtMs === undefined
    ? undefined
    : `If an answer is lost, the user is watched for up to ${formatDuration(doubtMs)} before anything else is done for them. The others continue meanwhile.`;
}

/** Says how long a run would take, and the clock time of its end. `hours` are those in which it sends writes. */
export function estimateText(
  estimate: Estimate,
  nowMs: number,
  hours: WorkingHours | undefined,
): string {
  if (estimate.durationMs === undefined)
    return 'unknown: the org has not reported its rate limit yet';
  const { limitPerWindow, windowMs, windowAssumed, ratePercent } = estimate;
  const per = formatPer(windowMs);
  const limit =
    limitPerWindow === undefined
      ? 'no rate limit seen'
      : `${ratePercent}% of ${count(limitPerWindow)} calls per ${windowAssumed === true ? `window, taken to be a ${per}` : per}`;
  const end = clockTime(endsAtMs(hours, nowMs, estimate.durationMs), nowMs);
  const rests = hours === undefined ? '' : `, pausing outside ${hoursText(hours)}`;
  return `about ${formatDuration(estimate.durationMs)} for ${counted(estimate.calls, 'call')} (${limit}); done at about ${end} if started now${rests}`;
}
