import { expect, test } from '@jest/globals';
import { placesOf } from '../../src/app/run/sending/send.ts';

test.each([
  [{}, 10, 20],
  [{ perMinute: 600 }, 10, 20],
  [{ perMinute: 50 }, 10, 14],
  [{ perMinute: 10 }, 4, 0],
  [{ perHour: 200 }, 1, 0],
  [{ perHour: 10 }, 1, 0],
])(
  '%p: no more rows are in progress than get their turn in half a minute',
  (own, concurrency, ready) => {
    const pace = { concurrency: 10, perMinute: undefined, perHour: undefined, ...own };
    expect(placesOf(pace, {})).toEqual({ concurrency, ready });
  },
);

test('few rows are in progress if factors are removed before a reset', () => {
  const pace = { concurrency: 10, perMinute: undefined, perHour: undefined };
  expect(placesOf(pace, { resetFactors: true })).toEqual({ concurrency: 3, ready: 0 });
  expect(placesOf({ ...pace, perHour: 200 }, { resetFactors: true }).concurrency).toBe(1);
});
