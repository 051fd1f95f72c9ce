import { expect, test } from '@jest/globals';
import { recordsOf } from '../../src/app/report/reports.ts';
import type { Replay } from '../../src/journal/replay.ts';

const users = (calls: number) => ({ bucket: '/api/v1/users', calls, throttled: 1, waitedMs: 5 });
const user = { bucket: '/api/v1/users/{id:.+}', calls: 2, throttled: 0, waitedMs: 0 };
const replay = (traffic: readonly object[], attempts: number) =>
  ({ traffic, attempts }) as unknown as Replay;

test('the calls of a killed invocation are counted from its attempts', () => {
  expect(recordsOf(replay([user, users(3)], 10)).traffic).toEqual([user, users(10)]);
  expect(recordsOf(replay([], 4)).traffic).toEqual([
    { bucket: '/api/v1/users', calls: 4, throttled: 0, waitedMs: 0 },
  ]);
});

test('totals that were recorded are kept: repeats after a 429 are calls too', () => {
  expect(recordsOf(replay([users(12), user], 10)).traffic).toEqual([users(12), user]);
});
