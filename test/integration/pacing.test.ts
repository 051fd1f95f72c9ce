import { afterAll, describe, expect, test } from '@jest/globals';
import { expectCode } from './expect-code.ts';
import {
  closeStages,
  isEligible,
  mailsByUser,
  outcomes,
  PLAIN,
  readCsv,
  stage,
  type Stage,
} from './rig.ts';
import { skippingClock } from '../skipping-clock.ts';

afterAll(closeStages);

const YES = ['--yes', '--max-users', '1000', '-q', '--out', 'run'];

/** Runs for everybody in an org. Returns how long it took by the org's clock. */
async function reset(s: Stage, more: readonly string[] = []) {
  const csv = await s.ids([...s.org.users()].filter(isEligible));
  expectCode(await s.run(['plan', '--file', csv, '--out', 'run', '-q']), 0);
  const startMs = s.clock.monotonicMs();
  const ran = await s.run(['run', '--plan', 'run', ...YES.slice(0, 4), ...more]);
  const tookMs = s.clock.monotonicMs() - startMs;
  expectCode(ran, 0);
  const mails = mailsByUser(s.org);
  const users = s.org.stats().users - 2;
  expect([mails.size, Math.max(...mails.values())]).toEqual([users, 1]);
  expect(outcomes(await readCsv(s.path('run', 'results.csv')))).toEqual({ succeeded: users });
  return { tookMs, ...s.org.stats() };
}

describe('the pace', () => {
  test.each([
    ['on a grid', { windowStart: 'grid' }],
    ['from the first call', { windowStart: 'first-call', resetRounding: 'ceil' }],
    ['with an org that answers slowly', { latencyMs: 300 }],
  ] as const)('within an advertised limit there is no 429: windows %s', async (_, how) => {
    const s = await stage({
      users: 152,
      mix: PLAIN,
      limits: { users: 50 },
      windowMs: 10_000,
      clock: skippingClock({ leastSkipMs: 0 }),
      ...how,
    });
    const { throttled, tookMs } = await reset(s);
    expect(throttled).toEqual({ window: 0, concurrency: 0, mail: 0 });
    // 150 calls at 45 a window are under way in four windows, the first perhaps begun by the preview.
    expect(tookMs).toBeLessThan(52_000);
  });

  test('the estimate depends on the length of the windows that the preview observed', async () => {
    const s = await stage({
      users: 152,
      mix: PLAIN,
      limits: { users: 60 },
      windowMs: 6000,
    });
    const csv = await s.ids([...s.org.users()].filter(isEligible));
    const planned = await s.run(['plan', '--file', csv, '--out', 'run']);
    expectCode(planned, 0);
    // 150 calls at 54 a window: two whole windows, and the calls of a third.
    // Headers have whole seconds: an answer on the edge of one tells a second less.
    expect(planned.stdout).toMatch(/90% of 60 calls per [56] s/);
    const told = /about ([\d.]+) s for 150 calls/.exec(planned.stdout)?.[1];
    expect(Number(told)).toBeLessThan(20);
  });

  test('a limit shared with others costs pauses, not failures', async () => {
    const s = await stage({
      users: 102,
      mix: PLAIN,
      limits: { users: 50 },
      windowMs: 10_000,
      rivalShare: 0.5,
      clock: skippingClock({ leastSkipMs: 0 }),
    });
    const { throttled } = await reset(s);
    expect(throttled.window).toBeLessThan(30);
  });

  test('three calls at once are all that an org accepts: about the ideal time, few 429s', async () => {
    const s = await stage({
      users: 122,
      mix: PLAIN,
      concurrency: 3,
      latencyMs: 500,
      clock: skippingClock({ leastSkipMs: 0 }),
    });
    const { throttled, tookMs } = await reset(s, ['--concurrency', '16']);
    // Each user is read, and reset.
    const idealMs = 2 * (120 / 3) * 500;
    expect(throttled.window).toBe(0);
    expect(throttled.concurrency).toBeLessThan(40);
    expect(tookMs).toBeLessThan(idealMs * 2);
  });
});
