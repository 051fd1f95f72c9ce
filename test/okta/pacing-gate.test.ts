import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { request } from 'undici';
import type { Clock } from '../../src/domain/clock.ts';
import type { PacingOptions } from '../../src/okta/pacing-book.ts';
import { createPacing } from '../../src/okta/pacing-gate.ts';
import type { PacingPorts } from '../../src/okta/pacing-gate.ts';
import type { Permit, RateObservation } from '../../src/okta/pacing.ts';

const realClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal && { signal });
  },
};

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function open(options: Partial<PacingOptions> = {}, ports: Partial<PacingPorts> = {}) {
  const pacing = createPacing(
    { ratePercent: 100, maxInFlight: 10, writeBucket: 'w', ...options },
    { clock: realClock, random: () => 0.5, ...ports },
  );
  closers.push(pacing.close);
  return pacing;
}

/** A signal that nobody aborts. */
const calm = () => new AbortController().signal;

function answer(over: Partial<RateObservation> = {}): RateObservation {
  const serverDateMs = Math.floor(Date.now() / 1000) * 1000;
  return {
    status: 200,
    limit: 100,
    remaining: 99,
    resetMs: serverDateMs + 60_000,
    serverDateMs,
    ...over,
  };
}

const bare = answer({ limit: undefined, remaining: undefined, resetMs: undefined });

/** A bucket whose first answer has shown that it has no limit. */
async function unlimited(options: Partial<PacingOptions> = {}) {
  const pacing = open(options);
  (await pacing.enter('w', calm())).end(bare);
  return pacing;
}

/** Fills the bucket to its last call, so that the next caller has to wait for a minute. */
async function spent(ports: Partial<PacingPorts> = {}) {
  const pacing = open({}, ports);
  (await pacing.enter('w', calm())).end(answer({ status: 429, remaining: 0 }));
  return pacing;
}

describe('the gate', () => {
  test('one call goes ahead until the bucket is known, and nobody is told that a window is spent', async () => {
    const pauses: unknown[] = [];
    const pacing = open({}, { onPause: (pause) => pauses.push(pause) });
    const first = await pacing.enter('w', calm());
    let second: Permit | undefined;
    const entering = pacing.enter('w', calm()).then((permit) => (second = permit));
    await delay(20);
    expect(second).toBeUndefined();
    first.end(answer());
    await entering;
    expect(second).toBeDefined();
    expect(pauses).toEqual([]);
    expect(pacing.traffic()).toMatchObject([{ waitedMs: 0 }]);
  });

  test('first come, first served; never more in flight than allowed', async () => {
    const pacing = await unlimited({ maxInFlight: 3 });
    const order: number[] = [];
    let inFlight = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const permit = await pacing.enter('w', calm());
        order.push(index);
        inFlight += 1;
        most = Math.max(most, inFlight);
        await new Promise((resolve) => setImmediate(resolve));
        inFlight -= 1;
        permit.end(bare);
      }),
    );
    expect(order).toEqual(Array.from({ length: 200 }, (_, index) => index));
    expect(most).toBe(3);
  });

  test('an aborted waiter leaves at once and uses up nothing', async () => {
    const pacing = await unlimited({ maxInFlight: 1 });
    const holder = await pacing.enter('w', calm());
    const abort = new AbortController();
    const reason = new Error('stopped');
    const waiter = pacing.enter('w', abort.signal);
    const next = pacing.enter('w', calm());
    abort.abort(reason);
    await expect(waiter).rejects.toBe(reason);
    await expect(pacing.enter('w', abort.signal)).rejects.toBe(reason);
    holder.end(bare);
    (await next).end(bare);
    expect(pacing.traffic()).toMatchObject([{ bucket: 'w', calls: 3, throttled: 0 }]);
  });

  test('a call that was not sent gives its budget back', async () => {
    const pacing = open();
    (await pacing.enter('w', calm())).end(answer({ limit: 2, remaining: 1 }));
    (await pacing.enter('w', calm())).end(undefined, false);
    (await pacing.enter('w', calm())).end(answer({ limit: 2, remaining: 0 }));
    expect(pacing.traffic()).toMatchObject([{ calls: 2 }]);
  });

  test('a 429 holds the bucket for all workers, says so once, and leaves other buckets alone', async () => {
    const pauses: unknown[] = [];
    const pacing = await spent({ onPause: (pause) => pauses.push(pause) });
    const abort = new AbortController();
    const waiters = Array.from({ length: 5 }, () => pacing.enter('w', abort.signal));
    const ended = Promise.allSettled(waiters);
    (await pacing.enter('other', calm())).end(bare);
    expect(pauses).toEqual([{ bucket: 'w', cause: 'throttled', waitMs: expect.any(Number) }]);
    abort.abort();
    for (const each of await ended) expect(each.status).toBe('rejected');
    expect(pacing.limits()).toMatchObject([{ bucket: 'w', limit: 100, remaining: 0 }]);
  });

  test('closing rejects the waiters and leaves no timer', async () => {
    const sleeping = new Set<AbortSignal | undefined>();
    const pacing = await spent({
      clock: {
        ...realClock,
        sleep: async (ms, signal) => {
          sleeping.add(signal);
          await realClock.sleep(ms, signal).finally(() => sleeping.delete(signal));
        },
      },
    });
    const waiter = pacing.enter('w', calm());
    await delay(5);
    expect(sleeping.size).toBe(1);
    pacing.close();
    await expect(waiter).rejects.toThrow('closed');
    await expect(pacing.enter('w', calm())).rejects.toThrow('closed');
    await delay(0);
    expect(sleeping.size).toBe(0);
  });

  test('a free slot is any bucket’s', async () => {
    const pacing = await unlimited({ maxInFlight: 1 });
    const holder = await pacing.enter('w', calm());
    const read = pacing.enter('r', calm());
    holder.end(bare);
    (await read).end(bare);
    expect(pacing.traffic().map((each) => each.bucket)).toEqual(['w', 'r']);
  });

  test('the server’s clock is carried on', async () => {
    const pacing = open();
    expect(pacing.serverNowMs()).toBeUndefined();
    const hour = 3_600_000;
    const shown = answer();
    (await pacing.enter('w', calm())).end({
      ...shown,
      serverDateMs: (shown.serverDateMs ?? 0) + hour,
    });
    expect(Math.abs((pacing.serverNowMs() ?? 0) - Date.now() - hour)).toBeLessThan(2000);
  });
});

describe('over real sockets', () => {
  test('spends windows of a second, opened by the first call, with no call refused twice', async () => {
    const limit = 40;
    const windowMs = 1000;
    let endMs = 0;
    let used = 0;
    let refused = 0;
    const server = createServer((_, response) => {
      const nowMs = Date.now();
      if (nowMs >= endMs) {
        endMs = nowMs + windowMs;
        used = 0;
      }
      const status = used < limit ? 200 : 429;
      if (status === 200) used += 1;
      else refused += 1;
      response.writeHead(status, {
        'x-rate-limit-limit': limit,
        'x-rate-limit-remaining': limit - used,
        'x-rate-limit-reset': Math.ceil(endMs / 1000),
      });
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const pacing = open();
    const calls = 100;
    let left = calls;
    let done = 0;
    const work = async () => {
      while (left > 0) {
        left -= 1;
        const permit = await pacing.enter('w', calm());
        const { statusCode, headers, body } = await request(origin);
        await body.dump();
        permit.end({
          status: statusCode,
          limit: Number(headers['x-rate-limit-limit']),
          remaining: Number(headers['x-rate-limit-remaining']),
          resetMs: Number(headers['x-rate-limit-reset']) * 1000,
          serverDateMs: Date.parse(String(headers['date'])),
        });
        if (statusCode === 429) left += 1;
        else done += 1;
      }
    };
    await Promise.all(Array.from({ length: 10 }, work));
    server.close();
    expect(done).toBe(calls);
    expect(refused).toBeLessThanOrEqual(1);
    expect(pacing.traffic()).toMatchObject([{ calls: calls + refused, throttled: refused }]);
  });
});
