import { expect, test } from '@jest/globals';
import { doubtText, estimateText } from '../../src/cli/screens/progress/estimate-text.ts';
import { workingHours } from '../../src/config/hours.ts';

const HOUR_MS = 3_600_000;
/** A quarter past four in the afternoon, by the clock of this machine. */
const NOW_MS = new Date(2026, 10, 20, 16, 15).getTime();

const told = (hours: number | undefined, between?: string) =>
  estimateText(
    {
      calls: 4812,
      durationMs: hours === undefined ? undefined : hours * HOUR_MS,
      limitPerWindow: 600,
      windowMs: 60_000,
      ratePercent: 90,
    },
    NOW_MS,
    between === undefined ? undefined : workingHours(between),
  );

test.each<[number, string | undefined, string]>([
  [1, undefined, 'done at about 17:15 if started now'],
  [9, undefined, 'done at about 01:15 on Sat Nov 21 if started now'],
  [1, '08:00-18:00', 'done at about 17:15 if started now, pausing outside 08:00-18:00'],
  [
    3,
    '08:00-18:00',
    'done at about 09:15 on Sat Nov 21 if started now, pausing outside 08:00-18:00',
  ],
  [1, '22:00-06:00', 'done at about 23:00 if started now, pausing outside 22:00-06:00'],
])('%d h of calls, hours %s: %s', (hours, between, end) => {
  expect(told(hours, between).split('; ')[1]).toBe(end);
});

test('counts the calls, and says if nobody knows the limit', () => {
  const estimate = { calls: 1, durationMs: 60_000, windowMs: 60_000, ratePercent: 90 };
  const of = (calls: number, limitPerWindow: number | undefined) =>
    estimateText({ ...estimate, calls, limitPerWindow }, NOW_MS, undefined).split(';')[0];
  expect(of(1, 600)).toBe('about 1 min for 1 call (90% of 600 calls per minute)');
  expect(of(2, 600)).toBe('about 1 min for 2 calls (90% of 600 calls per minute)');
  expect(of(2, undefined)).toBe('about 1 min for 2 calls (no rate limit seen)');
});

test('a window whose length nobody has observed is not reported as a minute', () => {
  const estimate = {
    calls: 180,
    durationMs: 240_000,
    limitPerWindow: 60,
    windowMs: 60_000,
    ratePercent: 90,
  };
  expect(estimateText(estimate, NOW_MS, undefined)).toContain('(90% of 60 calls per minute)');
  expect(estimateText({ ...estimate, windowAssumed: true }, NOW_MS, undefined)).toContain(
    '(90% of 60 calls per window, taken to be a minute)',
  );
});

test('without a limit there is no end to report', () => {
  expect(told(undefined, '08:00-18:00')).toBe(
    'unknown: the org has not reported its rate limit yet',
  );
});

test('says how long a call in doubt is watched; plans of 0.1.0 do not have it', () => {
  const estimate = {
    calls: 1,
    durationMs: 0,
    limitPerWindow: 600,
    windowMs: 60_000,
    ratePercent: 90,
  };
  expect(doubtText({ ...estimate, doubtMs: 115_000 })).toBe(
    'If an answer is lost, the user is watched for up to 1 min 55 s before anything else is done for them. The others continue meanwhile.',
  );
  expect(doubtText(estimate)).toBeUndefined();
});
