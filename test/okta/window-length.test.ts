import { expect, test } from '@jest/globals';
import type { Theory } from '../../src/okta/window-opening.ts';
import { windowLengthMs } from '../../src/okta/window-length.ts';
import type { Counted } from '../../src/okta/window-state.ts';

const RULES = { ratePercent: 90, windowMs: 60_000 };
const UNTAUGHT: Theory = { span: undefined, hits: 0, misses: 0 };

/** When the window was opened, by Okta's clock. */
const OPENED_MS = 1_795_321_948_240;
const cut = (ms: number) => Math.floor(ms / 1000) * 1000;

/** A window that was seen from its first call on. */
const opened = (resetMs: number | undefined): Counted => ({
  limit: 120,
  remaining: 119,
  shownSentMs: 2300,
  shownAtMs: 2400,
  resetMs,
  opened: { loMs: 2300, hiMs: 2400 },
  openedDateMs: cut(OPENED_MS),
  heldMs: 2300,
  firstSeenMs: 2400,
  answered: 1,
  rivals: 0,
  rivalsBefore: 0,
});

test.each([
  [6000, 6000],
  [4000, 4000],
  [30_000, 30_000],
  [58_500, 60_000],
  [60_000, 60_000],
  [61_000, 60_000],
  [300_000, 300_000],
])('a window of %d ms, seen from its first call on, is told as %d ms', (lengthMs, told) => {
  const counted = opened(cut(OPENED_MS + lengthMs));
  expect(windowLengthMs(counted, UNTAUGHT, RULES)).toBe(told);
});

test('windows that followed each other say more than one that was opened', () => {
  const taught: Theory = { span: { loMs: 9900, hiMs: 10_150 }, hits: 2, misses: 0 };
  expect(windowLengthMs(opened(cut(OPENED_MS + 6000)), taught, RULES)).toBe(10_000);
  expect(windowLengthMs(undefined, taught, RULES)).toBe(10_000);
});

test('nothing is told of a window that was not seen from its beginning', () => {
  expect(windowLengthMs(undefined, UNTAUGHT, RULES)).toBeUndefined();
  expect(windowLengthMs(opened(undefined), UNTAUGHT, RULES)).toBeUndefined();
  const unseen = { ...opened(cut(OPENED_MS + 6000)), openedDateMs: undefined };
  expect(windowLengthMs(unseen, UNTAUGHT, RULES)).toBeUndefined();
});
