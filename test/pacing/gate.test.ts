import { afterEach, describe, expect, test } from '@jest/globals';
import type { Pause, Permit } from '../../src/domain/org/pacing.ts';
import type { PacingOptions, PacingPorts } from '../../src/pacing/gate.ts';
import { answer, bare, call, calm, openPacing, startable } from './answers.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function open(options: Partial<PacingOptions> = {}, ports: Partial<PacingPorts> = {}) {
  const pacing = openPacing(options, ports);
  closers.push(pacing.close);
  return pacing;
}

/** A bucket whose first answer has shown that it has no limit. */
async function unlimited(options: Partial<PacingOptions> = {}) {
  const pacing = open(options);
  await call(pacing, bare);
  return pacing;
}

/** A bucket that a 429 has closed, so that the next caller has to wait for a minute. */
async function closed(ports: Partial<PacingPorts> = {}) {
  const pacing = open({}, ports);
  await call(pacing, answer({ status: 429, remaining: 0 }));
  return pacing;
}

/** Lets everything happen that waits for nothing, without a step of time. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
}

test('one call starts until the bucket is known, and nobody is told that a window is used up', async () => {
  const pauses: Pause[] = [];
  const pacing = open({}, { onPause: (pause) => pauses.push(pause) });
  const first = await pacing.enter('w', calm);
  let second: Permit | undefined;
  const entering = pacing.enter('w', calm).then((permit) => (second = permit));
  await settle();
  expect(second).toBeUndefined();
  first.end(answer());
  await entering;
  expect(pauses).toEqual([]);
  expect(pacing.traffic()).toEqual([{ bucket: 'w', calls: 2, throttled: 0, waitedMs: 0 }]);
});

test('while the first call hangs, one more starts each second', async () => {
  const pacing = open();
  await pacing.enter('w', calm);
  const fromMs = pacing.clock.monotonicMs();
  await pacing.enter('w', calm);
  await pacing.enter('w', calm);
  expect(pacing.clock.monotonicMs() - fromMs).toBe(2000);
});

test('first come, first served; never more in flight than allowed', async () => {
  const pacing = await unlimited({ maxInFlight: 3 });
  const order: number[] = [];
  let inFlight = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const permit = await pacing.enter('w', calm);
      order.push(index);
      inFlight += 1;
      most = Math.max(most, inFlight);
      await pacing.clock.sleep(1);
      inFlight -= 1;
      permit.end(bare);
    }),
  );
  expect(order).toEqual(Array.from({ length: 200 }, (_, index) => index));
  expect(most).toBe(3);
});

test('an aborted caller leaves at once and uses nothing up', async () => {
  const pacing = await unlimited({ maxInFlight: 1 });
  const holder = await pacing.enter('w', calm);
  const abort = new AbortController();
  const reason = new Error('stopped');
  const waiter = pacing.enter('w', abort.signal);
  const next = pacing.enter('w', calm);
  abort.abort(reason);
  await expect(waiter).rejects.toBe(reason);
  await expect(pacing.enter('w', abort.signal)).rejects.toBe(reason);
  holder.end(bare);
  (await next).end(bare);
  expect(pacing.traffic()).toMatchObject([{ bucket: 'w', calls: 3, throttled: 0 }]);
});

test('a call that was not sent gives its budget back', async () => {
  const pacing = open();
  await call(pacing, answer({ limit: 2, remaining: 1 }));
  (await pacing.enter('w', calm)).end(undefined, false);
  await call(pacing, answer({ limit: 2, remaining: 0 }));
  expect(pacing.traffic()).toMatchObject([{ calls: 2, waitedMs: 0 }]);
});

test('a call without an answer might have been counted', async () => {
  const pacing = open();
  await call(pacing, answer({ limit: 5, remaining: 4 }));
  await call(pacing, undefined);
  expect(await startable(pacing, 10)).toBe(3);
});

test('a 429 stops the bucket for all workers, is reported once, and does not affect other buckets', async () => {
  const pauses: Pause[] = [];
  const pacing = await closed({ onPause: (pause) => pauses.push(pause) });
  const waiters = Array.from({ length: 5 }, () => pacing.enter('w', calm));
  (await pacing.enter('other', calm)).end(bare);
  expect(pacing.limits()).toMatchObject([{ bucket: 'w', limit: 100, remaining: 0 }]);
  const fromMs = pacing.clock.monotonicMs();
  // One call finds out first, even if the window turns out to be longer, and all the others wait for its answer.
  (await Promise.any(waiters)).end(answer({ status: 429, remaining: 0 }));
  await Promise.any(waiters.slice(1));
  expect(pacing.clock.monotonicMs() - fromMs).toBeGreaterThan(60_000);
  expect(pauses).toMatchObject([{ bucket: 'w', cause: 'throttled' }, { cause: 'throttled' }]);
  expect(pauses[1]!.waitMs).toBeLessThan(1100);
});

test('closing rejects the waiting callers and leaves no timer', async () => {
  const sleeping = new Set<AbortSignal>();
  const { clock } = open();
  const pacing = await closed({
    clock: {
      nowMs: clock.nowMs,
      monotonicMs: clock.monotonicMs,
      sleep: (_ms, signal) =>
        new Promise((_resolve, reject) => {
          if (signal === undefined) throw new Error('Nothing could end this wait.');
          sleeping.add(signal);
          signal.addEventListener('abort', () => {
            sleeping.delete(signal);
            reject(signal.reason as Error);
          });
        }),
    },
  });
  const waiter = pacing.enter('w', calm);
  expect(sleeping.size).toBe(1);
  pacing.close();
  await expect(waiter).rejects.toThrow('closed');
  await expect(pacing.enter('w', calm)).rejects.toThrow('closed');
  expect(sleeping.size).toBe(0);
});

test('a free slot belongs to any bucket', async () => {
  const pacing = await unlimited({ maxInFlight: 1 });
  const holder = await pacing.enter('w', calm);
  const read = pacing.enter('r', calm);
  holder.end(bare);
  (await read).end(bare);
  expect(pacing.traffic().map((each) => each.bucket)).toEqual(['w', 'r']);
});

describe('a bucket is open for one more caller', () => {
  const open6 = async (options: Partial<PacingOptions> = {}) => {
    const pacing = open({ maxInFlight: 6, ...options });
    for (let turn = 0; turn < 20; turn += 1) await call(pacing, bare);
    return pacing;
  };

  test('once every slot can be used', async () => {
    const pacing = open({ maxInFlight: 6 });
    expect(pacing.isOpen('w')).toBe(false);
    expect((await open6()).isOpen('w')).toBe(true);
  });

  test('as far as the window allows', async () => {
    const pacing = await open6();
    await call(pacing, answer({ limit: 40, remaining: 12 }));
    expect(pacing.isOpen('w')).toBe(true);
    await call(pacing, answer({ limit: 40, remaining: 0 }));
    expect(pacing.isOpen('w')).toBe(false);
  });

  test('not after a 429, for the window or for concurrency, nor with our own pace', async () => {
    const refused = await open6();
    await call(refused, answer({ status: 429, remaining: 0 }));
    expect(refused.isOpen('w')).toBe(false);
    const crowded = await open6();
    await call(crowded, answer({ status: 429, limit: 0, remaining: 0 }));
    expect(crowded.isOpen('w')).toBe(false);
    // At the start a single slot is enough, but its turn is always waited for where there is a pace.
    expect(open({ maxInFlight: 1 }).isOpen('w')).toBe(true);
    for (const perMinute of [60, 100_000])
      expect(open({ maxInFlight: 1, perMinute }).isOpen('w')).toBe(false);
  });
});

describe('the length of windows', () => {
  const opening = (lengthMs: number, serverDateMs: number | undefined = 1_700_000_000_000) =>
    answer({ resetMs: 1_700_000_000_000 + lengthMs, serverDateMs });

  test.each([
    [6000, 6000],
    [30_000, 30_000],
    [58_000, 60_000],
    [60_000, 60_000],
    [61_000, 60_000],
    [90_000, 90_000],
  ])(
    'a window of %d ms, observed from its first call on, is reported as %d ms',
    async (ms, told) => {
      const pacing = open();
      await call(pacing, opening(ms));
      expect(pacing.limits()).toMatchObject([{ windowMs: told }]);
    },
  );

  test('nothing is reported about a window that was not observed from its beginning', async () => {
    const pacing = open();
    await call(pacing, answer({ remaining: 60 }));
    expect(pacing.limits()[0]?.windowMs).toBeUndefined();
  });
});
