/** What callers wait for at the gates of an org, what is reported about it, and whose turn is next. */
import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Pause, Permit } from '../../src/domain/org/pacing.ts';
import type { PacingOptions } from '../../src/pacing/gate.ts';
import { answer, bare, calm, openPacing } from './answers.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function open(options: Partial<PacingOptions> = {}) {
  const pauses: Pause[] = [];
  const pacing = openPacing(options, { onPause: (pause) => pauses.push(pause) });
  closers.push(pacing.close);
  return { pacing, pauses, clock: pacing.clock };
}

/** Lets everything happen that waits for nothing, without a step of time. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
}

/** A first answer in a window that ends this much later. */
function first(clock: { nowMs: () => number }, inMs: number, remaining: number, limit = 2) {
  const serverDateMs = Math.floor(clock.nowMs() / 1000) * 1000;
  return answer({ limit, remaining, serverDateMs, resetMs: serverDateMs + inMs });
}

describe('a wait for the next window', () => {
  test('is reported once, with its cause and length, and counts once for all who wait', async () => {
    const { pacing, pauses, clock } = open();
    (await pacing.enter('w', calm)).end(first(clock, 60_000, 1));
    (await pacing.enter('w', calm)).end(first(clock, 60_000, 0));
    const fromMs = clock.monotonicMs();
    const [one, two] = [pacing.enter('w', calm), pacing.enter('w', calm)];
    await settle();
    expect(pauses).toEqual([{ bucket: 'w', waitMs: 60_010, cause: 'window' }]);
    (await one).end(first(clock, 60_000, 1));
    (await two).end(first(clock, 60_000, 0));
    expect(clock.monotonicMs() - fromMs).toBe(60_010);
    expect(pacing.traffic()).toEqual([{ bucket: 'w', calls: 4, throttled: 0, waitedMs: 60_010 }]);
    // The next one is another wait.
    (await pacing.enter('w', calm)).end(bare);
    expect(pauses).toHaveLength(2);
    expect(pacing.traffic()).toMatchObject([{ waitedMs: 120_020 }]);
  });

  test.each([
    [59_511, []],
    [59_510, [{ bucket: 'w', waitMs: 500, cause: 'throttled' }]],
  ])(
    'that begins after %d ms of its minute reports %j: less than half a second is not reported',
    async (ms, told) => {
      const { pacing, pauses, clock } = open();
      (await pacing.enter('w', calm)).end(first(clock, 60_000, 1));
      const late = await pacing.enter('w', calm);
      await clock.sleep(ms);
      late.end({ ...bare, status: 429 });
      const next = pacing.enter('w', calm);
      await settle();
      expect(pauses).toEqual(told);
      (await next).end(bare);
      expect(pacing.traffic()).toMatchObject([{ throttled: 1 }]);
    },
  );
});

test('one alarm is set for all who wait, at the end of the wait', async () => {
  const { clock } = open();
  const sleeps: number[] = [];
  const sleep = (ms: number, signal?: AbortSignal) => {
    sleeps.push(ms);
    return clock.sleep(ms, signal);
  };
  const { nowMs, monotonicMs } = clock;
  const pacing = openPacing({}, { clock: { nowMs, monotonicMs, sleep } });
  closers.push(pacing.close);
  (await pacing.enter('w', calm)).end(first(clock, 60_000, 1));
  (await pacing.enter('w', calm)).end(first(clock, 60_000, 0));
  const waiting = Array.from({ length: 5 }, () => pacing.enter('w', calm));
  await Promise.any(waiting);
  expect(sleeps).toEqual([60_010, 1000]);
  pacing.close();
  await Promise.allSettled(waiting);
});

test('others who use the whole org: no call starts for a moment, and that is reported from half a second on', async () => {
  const { pacing, pauses, clock } = open();
  const crowded = answer({ status: 429, limit: 0, remaining: 0 });
  const waits: number[] = [];
  for (let turn = 0; turn < 7; turn += 1) {
    const askedMs = clock.monotonicMs();
    const permit = await pacing.enter('w', calm);
    waits.push(clock.monotonicMs() - askedMs);
    permit.end(crowded);
  }
  expect(waits).toEqual([0, 50, 100, 200, 400, 800, 1600]);
  expect(pauses).toEqual([
    { bucket: 'w', waitMs: 800, cause: 'concurrency' },
    { bucket: 'w', waitMs: 1600, cause: 'concurrency' },
  ]);
  expect(pacing.traffic()).toEqual([{ bucket: 'w', calls: 7, throttled: 7, waitedMs: 3150 }]);
});

test('a slot that becomes free goes to the buckets in turn', async () => {
  const { pacing } = open({ maxInFlight: 1 });
  for (const bucket of ['a', 'b', 'c']) (await pacing.enter(bucket, calm)).end(bare);
  const order: string[] = [];
  let held: Permit = await pacing.enter('a', calm);
  const enter = async (bucket: string) => {
    held = await pacing.enter(bucket, calm);
    order.push(bucket);
  };
  const entering = ['a', 'a', 'b', 'b', 'c', 'c'].map(enter);
  for (let turn = 0; turn < 6; turn += 1) {
    held.end(bare);
    await settle();
  }
  await Promise.all(entering);
  expect(order).toHaveLength(6);
  expect([...order.slice(0, 3)].sort()).toEqual(['a', 'b', 'c']);
  expect(order.slice(3)).toEqual(order.slice(0, 3));
});

test('one signal of many callers has one listener, and all of them end with its reason', async () => {
  const { pacing } = open({ maxInFlight: 1 });
  await pacing.enter('w', calm);
  const abort = new AbortController();
  const waiting = Array.from({ length: 20 }, () => pacing.enter('w', abort.signal));
  const others = pacing.enter('w', calm);
  expect(getEventListeners(abort.signal, 'abort')).toHaveLength(1);
  abort.abort(new Error('stopped'));
  const ends = await Promise.allSettled(waiting);
  expect(ends.map((end) => end.status === 'rejected' && String(end.reason))).toEqual(
    Array.from({ length: 20 }, () => 'Error: stopped'),
  );
  pacing.close();
  await expect(others).rejects.toMatchObject({ name: 'AbortError' });
});

test('our own pace delays only its bucket', async () => {
  const { pacing } = open({ perHour: 1, maxInFlight: 4 });
  for (let turn = 0; turn < 3; turn += 1) (await pacing.enter('r', calm)).end(bare);
  expect(pacing.isOpen('r')).toBe(true);
  expect(pacing.isOpen('w')).toBe(false);
});

test('a bucket is open for as many callers as its window accepts, and closed for one more', async () => {
  const { pacing, clock } = open({ maxInFlight: 4 });
  (await pacing.enter('w', calm)).end(first(clock, 60_000, 3, 4));
  const one = await pacing.enter('w', calm);
  await pacing.enter('w', calm);
  expect(pacing.isOpen('w')).toBe(true);
  one.end(first(clock, 60_000, 2, 4));
  const three = await pacing.enter('w', calm);
  expect(pacing.isOpen('w')).toBe(false);
  three.end(undefined, false);
  expect(pacing.isOpen('w')).toBe(true);
});

test('a caller who waits for room is ahead of one more, who would then have to wait', async () => {
  const { pacing, clock } = open({ maxInFlight: 2 });
  (await pacing.enter('w', calm)).end(first(clock, 60_000, 3, 4));
  await pacing.enter('w', calm);
  await pacing.enter('w', calm);
  expect(pacing.isOpen('w')).toBe(true);
  const waiting = pacing.enter('w', calm);
  expect(pacing.isOpen('w')).toBe(false);
  pacing.close();
  await expect(waiting).rejects.toThrow();
});
