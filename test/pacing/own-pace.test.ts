import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mock } from 'node:test';
import { setImmediate as immediate } from 'node:timers/promises';
import type { Clock } from '../../src/domain/clock.ts';
import type { Pause, RateObservation } from '../../src/domain/org/pacing.ts';
import { OwnPace, spacingMs } from '../../src/pacing/own-pace.ts';
import { answer, bare, calm, openPacing } from './answers.ts';

describe('the time between two calls', () => {
  test.each([
    [{}, 0],
    [{ perMinute: 60 }, 1000],
    [{ perHour: 200 }, 18_000],
    [{ perMinute: 60, perHour: 3000 }, 1200],
    [{ perMinute: 30, perHour: 3000 }, 2000],
  ])('%p: the slower of the two limits sets the pace', (limits, ms) => {
    expect(spacingMs(limits)).toBeGreaterThanOrEqual(ms);
    expect(spacingMs(limits)).toBeLessThanOrEqual(ms * 1.002);
  });
});

/** The limiter has its own timers. Here they are the test's, and so is the clock. */
const clock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      });
    }),
};

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_700_000_000_000 });
});
afterEach(() => {
  mock.timers.reset();
});

const STEP_MS = 10;

/** Workers that call as often as they are let through; `starts` has when. */
function workOn(pacing: ReturnType<typeof openPacing>, workers: number, seen = () => bare) {
  const starts: number[] = [];
  const work = async (): Promise<void> => {
    const permit = await pacing.enter('w', calm);
    starts.push(Date.now());
    await clock.sleep(20);
    permit.end(seen());
    return work();
  };
  for (let worker = 0; worker < workers; worker += 1) work().catch(() => undefined);
  return starts;
}

async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += STEP_MS) {
    mock.timers.tick(STEP_MS);
    await immediate();
  }
}

function open(
  limits: { readonly perMinute?: number; readonly perHour?: number },
  pauses: Pause[] = [],
) {
  return openPacing(limits, { clock, onPause: (pause) => pauses.push(pause) });
}

test.each([
  [{ perMinute: 60 }, 60, 60_000],
  [{ perMinute: 240 }, 240, 60_000],
  [{ perMinute: 60, perHour: 120 }, 2, 60_000],
])('%p: no minute ever has more, and it is spread evenly', async (limits, most, spanMs) => {
  const pacing = open(limits);
  const starts = workOn(pacing, 10);
  await pass(90_000);
  pacing.close();
  for (const [index, at] of starts.entries()) {
    const later = starts[index + most];
    if (later !== undefined) expect(later - at).toBeGreaterThanOrEqual(spanMs);
  }
  expect(starts.length).toBeGreaterThan(((90_000 / spanMs) * most) / 1.03 - 1);
});

test('calls that a window delayed do not come in a burst', async () => {
  let seen: RateObservation = bare;
  const pacing = open({ perMinute: 60 });
  const starts = workOn(pacing, 5, () => seen);
  await pass(5000);
  const shutMs = Date.now();
  seen = answer({ status: 429, remaining: 0, serverDateMs: shutMs, resetMs: shutMs + 30_000 });
  await pass(2000);
  seen = bare;
  await pass(58_000);
  pacing.close();
  const after = starts.filter((at) => at > shutMs + 3000);
  expect(after[0]).toBeGreaterThan(shutMs + 29_000);
  for (const [index, at] of starts.entries()) {
    const later = starts[index + 1];
    if (later !== undefined) expect(later - at).toBeGreaterThanOrEqual(990);
  }
  expect(after.length).toBeGreaterThan(25);
});

test('the turn of a call that was not sent goes to the next one, and turns do not add up', async () => {
  const pacing = open({ perMinute: 6 });
  const starts: number[] = [];
  const enter = async (sent: boolean) => {
    const permit = await pacing.enter('w', calm);
    starts.push(Date.now());
    return () => permit.end(undefined, sent);
  };
  const calls = [false, false, false, true, true, true].map(enter);
  const began = Date.now();
  // All three become too old while they wait, and give up their turn.
  for (const call of calls) void call.then((end) => end());
  await pass(1000);
  expect(starts.map((at) => Math.floor((at - began) / 1000))).toEqual([0, 0, 0, 0]);
  await pass(25_000);
  pacing.close();
  expect(starts.map((at) => Math.floor((at - began) / 1000))).toEqual([0, 0, 0, 0, 10, 20]);
});

test('each wait is reported, with its length', async () => {
  const pauses: Pause[] = [];
  const pacing = open({ perMinute: 30 }, pauses);
  workOn(pacing, 1);
  await pass(6500);
  pacing.close();
  expect(pauses.length).toBe(4);
  for (const { cause, waitMs } of pauses) {
    expect(cause).toBe('own-pace');
    expect(waitMs).toBeGreaterThan(1900);
  }
});

test('once the pacing is closed, no call starts', async () => {
  const pacing = open({ perHour: 10 });
  const starts = workOn(pacing, 2);
  await pass(1000);
  pacing.close();
  await pass(400_000);
  expect(starts.length).toBe(1);
});

test('a turn that was asked for comes once, and never after the pace is closed', async () => {
  let turns = 0;
  const pace = new OwnPace(1000, () => (turns += 1));
  for (const passed of [0, 1, 2]) {
    for (let asked = 0; asked < 5; asked += 1) expect(pace.take()).toBe(false);
    await pass(1000);
    expect(turns).toBe(passed + 1);
  }
  expect(pace.take()).toBe(false);
  pace.close();
  await pass(5000);
  expect(turns).toBe(3);
});
