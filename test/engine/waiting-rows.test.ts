import { expect, test } from '@jest/globals';
import { setMaxListeners } from 'node:events';
import { WaitingRows } from '../../src/engine/run/waiting-rows.ts';
import { VirtualClock } from './virtual-clock.ts';

const never = new AbortController().signal;
// Every row that waits listens.
setMaxListeners(0, never);

/** How many rows can wait before no more are begun. */
async function mostOf(places: number, silent: boolean): Promise<number> {
  const rows = new WaitingRows(new VirtualClock(), places);
  const waits: Promise<void>[] = [];
  while (!rows.isFull(silent)) waits.push(rows.wait(1000, never));
  await Promise.all(waits);
  expect(rows.isFull(silent)).toBe(false);
  return waits.length;
}

test('5,000 rows can wait; if Okta answers no write, eight for each place, or 64', async () => {
  expect(await mostOf(4, false)).toBe(5000);
  expect(await mostOf(4, true)).toBe(64);
  expect(await mostOf(20, true)).toBe(160);
});

test('a wait that is interrupted makes room as well', async () => {
  const rows = new WaitingRows(new VirtualClock(), 1);
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const waits = Array.from({ length: 64 }, () => rows.wait(1000, stop.signal));
  expect(rows.isFull(true)).toBe(true);
  stop.abort(new Error('stopped'));
  await Promise.allSettled(waits);
  expect(rows.isFull(true)).toBe(false);
});
