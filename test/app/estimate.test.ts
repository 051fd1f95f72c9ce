import { describe, expect, test } from '@jest/globals';
import { estimateMs } from '../../src/app/plan/estimate.ts';
import { previewOf } from '../../src/app/plan/plan-preview.ts';
import { PlanTally } from '../../src/plan/preview/plan-tally.ts';
import { NOBODY } from '../../src/plan/verdicts/protected-users.ts';
import { EPOCH_MS, simulate } from '../pacing/simulation.ts';
import { POLICY } from '../plan/fake-org.ts';
import { planned } from '../report/sample.ts';

const TERMS = { windowMs: 60_000, ratePercent: 90, latencyMs: 100, concurrency: 10 };

describe('the estimate', () => {
  test('without a limit and a pace, the concurrency decides', () => {
    expect(estimateMs({ ...TERMS, limit: undefined, calls: 1000 })).toBe(10_000);
  });

  test('without a limit, our own pace decides', () => {
    const takes = (latencyMs: number) =>
      estimateMs({ ...TERMS, limit: undefined, calls: 601, perMinute: 60, latencyMs });
    expect(Math.abs(takes(100) - 600_000)).toBeLessThan(2000);
    // The last call takes its time too.
    expect(takes(5000) - takes(100)).toBe(4900);
  });

  test.each([
    [1, 100],
    [10, 100],
    [11, 200],
  ])('%d calls take as long as the last of them: %d ms', (calls, ms) => {
    expect(estimateMs({ ...TERMS, limit: undefined, calls })).toBe(ms);
  });

  test('no calls take no time', () => {
    expect(estimateMs({ ...TERMS, limit: 600, calls: 0 })).toBe(0);
  });

  test.each([
    [10_000, 600, 90],
    [3000, 50, 100],
  ])('for %i calls at %i/min and %i %% agrees with a run', async (calls, limit, ratePercent) => {
    const run = await simulate(
      {
        ...{ limit, windowMs: 60_000, by: 'first-call', rounding: 'ceil', latencyMs: 150 },
        startsAtMs: EPOCH_MS + 555,
      },
      { calls, workers: 10 },
      { ratePercent },
    );
    const estimate = estimateMs({ ...TERMS, calls, limit, ratePercent, latencyMs: 150 });
    expect([run.done, run.windowRefusals]).toEqual([calls, 0]);
    expect(run.makespanMs / estimate).toBeGreaterThan(0.98);
    expect(run.makespanMs / estimate).toBeLessThan(1.02);
  });
});

test.each([
  ['is read before its call', true, 10 * (150 + 400)],
  ['is not read', false, 10 * 400],
])(
  'the preview of a plan whose users are called one by one, if each %s',
  async (_what, lookup, ms) => {
    const tally = new PlanTally();
    for (let row = 1; row <= 10; row += 1)
      tally.add(planned(row), { user: undefined, admin: false });
    const input = {
      spec: {
        action: 'reset-password',
        sendEmail: true,
        revokeSessions: false,
        revokeTokens: false,
      },
      pace: { ratePercent: 90, concurrency: 1, timeoutMs: 30_000 },
      secrets: { plaintext: false },
    } as unknown as Parameters<typeof previewOf>[0];
    const bucket = { bucket: '/api/v1/users', limit: 600, windowMs: 60_000 };
    const asked = {
      identity: { engine: 'oie' },
      policy: { ...POLICY, lookup },
      reader: { limits: () => [bucket] },
      reads: () => 0,
      lifetime: undefined,
      protectedUsers: {
        principal: { kind: 'app', clientId: '0oa1' },
        admins: { kind: 'known', ids: new Set() },
        excluded: NOBODY,
      },
    } as unknown as Parameters<typeof previewOf>[1];
    const { estimate } = await previewOf(input, asked, tally, { rows: 0, runs: [], again: false });
    expect(estimate).toMatchObject({ calls: 10, durationMs: ms });
  },
);
