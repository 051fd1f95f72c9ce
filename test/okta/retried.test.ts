import { expect, test } from '@jest/globals';
import type { Clock } from '../../src/domain/clock.ts';
import type { Failure } from '../../src/domain/row/failure.ts';
import { retried } from '../../src/okta/layers/retried.ts';
import type { Exchange, ReadRequest } from '../../src/okta/http/transport.ts';
import { unsentExchange } from '../../src/okta/http/transport.ts';
import { never } from './scripted-org.ts';

const REQUEST: ReadRequest = {
  method: 'GET',
  path: '/api/v1/users/me',
  route: '/api/v1/users/me',
  bucket: undefined,
  auth: 'credential',
  headers: [],
};

const THROTTLED: Failure = {
  kind: 'okta',
  status: 429,
  oktaCode: 'E0000047',
  message: 'too many',
  requestId: undefined,
  insufficientScope: false,
  throttle: { kind: 'window' },
  effect: 'none',
};
const UNREACHABLE: Failure = {
  kind: 'transport',
  code: 'ENOTFOUND',
  message: 'unknown',
  status: undefined,
  requestId: undefined,
  effect: 'none',
};
const PAGE: Failure = {
  kind: 'answer',
  status: 200,
  message: 'a page',
  page: 'Sign in',
  requestId: undefined,
  effect: 'certain',
};

/** Sends one read whose tries end as scripted (undefined: well), each after `tookMs`. Returns the tries and the sleeps. */
async function read(
  script: readonly (Failure | undefined)[],
  { tookMs = 0, reads = 1, maxRetries = 5 } = {},
) {
  let nowMs = 0;
  const sleeps: number[] = [];
  const clock: Clock = {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: async (ms) => {
      sleeps.push(ms);
      nowMs += ms;
    },
  };
  let tries = 0;
  const inner = {
    send: async (): Promise<Exchange> => {
      const failure = script[Math.min(tries, script.length - 1)];
      tries += 1;
      nowMs += tookMs;
      return failure === undefined
        ? { ...unsentExchange(UNREACHABLE), failure: undefined }
        : unsentExchange(failure);
    },
  };
  // Half of each wait is random. With 1, all of it is waited.
  const terms = { clock, random: () => 1, maxRetries, firstAnswerMs: 35_000 };
  const transport = retried<ReadRequest>(inner, terms);
  let last: Exchange | undefined;
  for (let nth = 0; nth < reads; nth += 1) last = await transport.send(REQUEST, never);
  return { tries, sleeps, tookMs: nowMs, failure: last?.failure };
}

test('repeated 429s are retried less and less often, without a limit of tries', async () => {
  const { sleeps, failure } = await read([...Array<Failure>(6).fill(THROTTLED), undefined], {
    maxRetries: 0,
  });
  expect(failure).toBeUndefined();
  expect(sleeps).toEqual([1000, 2000, 4000, 8000, 16_000]);
});

test('an org that was never reached is given up within one timeout', async () => {
  const slow = await read([UNREACHABLE], { tookMs: 10_000 });
  expect([slow.failure, slow.tookMs <= 35_000]).toEqual([UNREACHABLE, true]);
  const silent = await read([UNREACHABLE], { tookMs: 35_000 });
  expect([silent.failure, silent.tries]).toEqual([UNREACHABLE, 1]);
});

test('a web page instead of the first answer is not requested again', async () => {
  expect(await read([PAGE])).toMatchObject({ tries: 1, failure: PAGE });
});

test('once the org has answered, all tries are made, however long they take', async () => {
  expect(await read([undefined, PAGE, PAGE, undefined], { reads: 2 })).toMatchObject({
    tries: 4,
    failure: undefined,
  });
  const lost = await read([undefined, UNREACHABLE], { reads: 2, tookMs: 30_000 });
  expect([lost.tries, lost.failure]).toEqual([7, UNREACHABLE]);
});
