import { describe, expect, test } from '@jest/globals';
import type { StopReason } from '../../src/domain/run/stop.ts';
import { stopOf } from '../../src/engine/run/halt.ts';
import { AGENT_OUTAGES, DirectoryAgent } from '../../src/engine/run/directory-agents.ts';
import { CommonRefusal, SUSPECTS_IN_A_ROW } from '../../src/engine/run/common-refusal.ts';
import { graver, judgeOutcomes } from '../../src/engine/run/stop-rules.ts';

const TEN = { kind: 'percent', percent: 10 } as const;

describe('outcomes judged', () => {
  test.each([
    ['nothing failed', { ended: 1000, failed: 0, notFound: 0 }, TEN, undefined],
    ['all failed, too few to tell', { ended: 19, failed: 19, notFound: 0 }, TEN, undefined],
    ['exactly the share', { ended: 20, failed: 2, notFound: 0 }, TEN, undefined],
    ['above the share', { ended: 20, failed: 3, notFound: 0 }, TEN, 'failure-share'],
    [
      'a fraction of a percent',
      { ended: 1000, failed: 6, notFound: 0 },
      { kind: 'percent', percent: 0.5 },
      'failure-share',
    ],
    [
      'a share of nothing',
      { ended: 20, failed: 1, notFound: 0 },
      { kind: 'percent', percent: 0 },
      'failure-share',
    ],
    [
      'exactly the count',
      { ended: 5, failed: 3, notFound: 0 },
      { kind: 'count', count: 3 },
      undefined,
    ],
    [
      'above the count',
      { ended: 5, failed: 4, notFound: 0 },
      { kind: 'count', count: 3 },
      'failure-share',
    ],
    [
      'none allowed',
      { ended: 1, failed: 1, notFound: 1 },
      { kind: 'count', count: 0 },
      'failure-share',
    ],
    ['all not found', { ended: 20, failed: 20, notFound: 20 }, TEN, 'all-not-found'],
    [
      'all not found, and all may fail',
      { ended: 20, failed: 20, notFound: 20 },
      { kind: 'percent', percent: 100 },
      undefined,
    ],
    ['all not found, too few to tell', { ended: 19, failed: 19, notFound: 19 }, TEN, undefined],
  ] as const)('%s', (_name, tally, limit, stop) => {
    expect(judgeOutcomes(tally, limit)?.kind).toBe(stop);
  });
});

describe('of two reasons to stop', () => {
  const credentials: StopReason = { kind: 'credentials', detail: '' };
  const share: StopReason = { kind: 'failure-share', failed: 1, ended: 2 };
  const int: StopReason = { kind: 'signal', signal: 'SIGINT' };
  const term: StopReason = { kind: 'signal', signal: 'SIGTERM' };
  const away: StopReason = { kind: 'org-unavailable', detail: '' };
  test.each([
    [undefined, away, away],
    [away, int, int],
    [int, away, int],
    [int, term, int],
    [term, int, term],
    [int, share, share],
    [share, credentials, credentials],
    [credentials, share, credentials],
  ])('the more severe one is kept, or the earlier of equal ones', (first, second, kept) => {
    expect(graver(first, second)).toBe(kept);
  });

  test('who asked for it is read from whatever aborted', () => {
    expect(stopOf('SIGTERM')).toEqual({ kind: 'signal', signal: 'SIGTERM' });
    expect(stopOf({ signal: 'SIGHUP' })).toEqual({ kind: 'signal', signal: 'SIGHUP' });
    expect(stopOf({ signal: 'console' })).toEqual({ kind: 'console' });
    expect(stopOf(new Error('SIGTERM'))).toEqual({ kind: 'signal', signal: 'SIGINT' });
    expect(stopOf(undefined)).toEqual({ kind: 'signal', signal: 'SIGINT' });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGPIPE'])
      expect([stopOf(signal), stopOf({ signal })]).toEqual([
        { kind: 'signal', signal },
        { kind: 'signal', signal },
      ]);
    for (const other of ['SIGKILL', '', 15, { signal: 'SIGKILL' }, null])
      expect(stopOf(other)).toEqual({ kind: 'signal', signal: 'SIGINT' });
  });
});

describe('a directory agent', () => {
  test('pauses longer each time, and finally gives up', () => {
    const agent = new DirectoryAgent();
    const pauses: unknown[] = [];
    let nowMs = 0;
    for (let outage = 0; outage <= AGENT_OUTAGES; outage += 1) {
      expect(agent.waitMs(nowMs)).toBe(0);
      const pauseMs = agent.away(nowMs);
      pauses.push(pauseMs);
      expect(agent.away(nowMs + 1)).toBeUndefined();
      nowMs += pauseMs ?? 0;
    }
    expect(pauses).toEqual([30_000, 60_000, 120_000, 240_000, 300_000, 300_000]);
    expect(agent.waitMs(nowMs)).toBe('closed');
  });

  test('continues when a row goes through', () => {
    const agent = new DirectoryAgent();
    agent.away(0);
    expect(agent.waitMs(1000)).toBe(29_000);
    agent.back();
    expect(agent.waitMs(1000)).toBe(0);
    expect(agent.away(1000)).toBe(30_000);
  });
});

describe('rows that are refused in the same way', () => {
  function setUp(acceptedBefore = false) {
    const stops: StopReason[] = [];
    const ended: number[] = [];
    const left: number[] = [];
    const refusal = new CommonRefusal((stop) => stops.push(stop), acceptedBefore);
    const suspect = (row: number, kind: 'permission' | 'our-bug' = 'permission') =>
      refusal.suspect({
        stop: { kind, detail: `${row}` },
        release: () => ended.push(row),
        leave: () => left.push(row),
      });
    return { stops, ended, left, refusal, suspect };
  }

  test('holds the first refused rows until one write ends differently', () => {
    const { stops, ended, left, refusal, suspect } = setUp();
    suspect(1);
    suspect(2);
    expect(ended).toEqual([]);
    refusal.clear();
    suspect(3);
    expect({ stops, ended, left }).toEqual({ stops: [], ended: [1, 2, 3], left: [] });
  });

  test('holds none if an earlier invocation has had a write accepted', () => {
    const { stops, ended, left, refusal, suspect } = setUp(true);
    for (const row of [1, 2, 3, 4, 5, 6]) suspect(row);
    expect({ stops, ended, left }).toEqual({ stops: [], ended: [1, 2, 3, 4, 5, 6], left: [] });
    expect(refusal.holding).toBe(0);
  });

  test('gives all of them back when five in a row come, and those after them', () => {
    const { stops, ended, left, suspect } = setUp();
    for (const row of [1, 2, 3, 4]) suspect(row);
    suspect(5, 'our-bug');
    expect(stops).toEqual([]);
    suspect(6);
    suspect(7);
    expect(stops).toEqual([{ kind: 'permission', detail: '6' }]);
    expect({ ended, left }).toEqual({ ended: [], left: [1, 2, 3, 4, 5, 6, 7] });
  });

  test('stops in the middle of a run if only such rows come', () => {
    const { stops, refusal, suspect } = setUp();
    refusal.clear();
    for (let row = 1; row < SUSPECTS_IN_A_ROW; row += 1) suspect(row);
    refusal.clear();
    for (let row = 1; row < SUSPECTS_IN_A_ROW; row += 1) suspect(row);
    expect(stops).toEqual([]);
    suspect(99);
    expect(stops).toHaveLength(1);
  });
});
