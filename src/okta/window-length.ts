import type { Theory } from './window-opening.ts';
import type { Counted, WindowRules } from './window-state.ts';

const SECOND_MS = 1000;
/** A length this close to the documented one is that one: headers have whole seconds, and clocks are off a little. */
const SAME_MS = 2 * SECOND_MS;
/** A length that is known less well than this is not told. */
const KNOWN_MS = 2 * SECOND_MS;

/**
 * How long the windows of a bucket last, as far as answers have taught it, in whole seconds: by windows that followed each
 * other, or by the time from the first call of one to its reset (336 of 336 recorded windows began with their first call).
 * Undefined where neither was seen.
 */
export function windowLengthMs(
  counted: Counted | undefined,
  firstCall: Theory,
  { windowMs: documentedMs }: WindowRules,
): number | undefined {
  const lengthMs = taughtMs(firstCall) ?? shownMs(counted);
  if (lengthMs === undefined || lengthMs <= 0) return undefined;
  return Math.abs(lengthMs - documentedMs) <= SAME_MS ? documentedMs : lengthMs;
}

function taughtMs({ span, hits }: Theory): number | undefined {
  if (span === undefined || hits < 2 || span.hiMs - span.loMs > KNOWN_MS) return undefined;
  return Math.round((span.loMs + span.hiMs) / 2 / SECOND_MS) * SECOND_MS;
}

/** Both headers are cut to the second, so the whole seconds between them are the length. */
function shownMs(counted: Counted | undefined): number | undefined {
  const { openedDateMs, resetMs } = counted ?? {};
  return openedDateMs === undefined || resetMs === undefined ? undefined : resetMs - openedDateMs;
}
