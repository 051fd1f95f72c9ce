import { expect, test } from '@jest/globals';
import { createPaceBook } from '../../src/okta/pacing-book.ts';
import type { StartedCall } from '../../src/okta/pacing-book.ts';
import type { RateObservation } from '../../src/okta/pacing.ts';

const FREE: RateObservation = {
  status: 200,
  limit: undefined,
  remaining: undefined,
  resetMs: undefined,
  serverDateMs: 1_700_000_000_000,
};
const FULL: RateObservation = { ...FREE, status: 429, limit: 0, remaining: 0 };

function openBook(ready: number | undefined) {
  const book = createPaceBook(
    { ratePercent: 100, maxInFlight: 6, ready, writeBucket: 'w' },
    { random: () => 0.5, wallMs: () => 1_700_000_000_000 },
  );
  const open: StartedCall[] = [];
  let nowMs = 0;
  const fill = () => {
    while (book.verdict('w', 100, nowMs).start > 0) open.push(book.start('w', 100, nowMs, false));
    return open.length;
  };
  const answer = (observation: RateObservation) => {
    const call = open.shift();
    if (call !== undefined) book.end(call, observation, true, (nowMs += 10));
  };
  return { fill, answer };
}

test.each([
  [undefined, 6],
  [3, 9],
])(
  'with %s calls made ready, %s are under way once the org has shown room for all',
  (ready, most) => {
    const { fill, answer } = openBook(ready);
    fill();
    for (let turn = 0; turn < 20; turn += 1) {
      answer(FREE);
      fill();
    }
    expect(fill()).toBe(most);
  },
);

test('nothing is made ready before the org has shown room, nor after it refused for concurrency', () => {
  const { fill, answer } = openBook(3);
  expect(fill()).toBe(1);
  answer(FREE);
  expect(fill()).toBeLessThan(6);
  for (let turn = 0; turn < 20; turn += 1) {
    answer(FREE);
    fill();
  }
  answer(FULL);
  for (let turn = 0; turn < 8; turn += 1) answer(FREE);
  expect(fill()).toBe(5);
});
