import { expect, test } from '@jest/globals';
import type { AppEvent } from '../../src/domain/run/event.ts';
import { RunFigures } from '../../src/domain/run/figures/run-figures.ts';

const started: Extract<AppEvent, { type: 'run-started' }> = {
  type: 'run-started',
  runId: 'r',
  dir: 'd',
  total: 100,
  resumedFrom: 30,
  earlier: { succeeded: 20, failed: 4, unknown: 1, skipped: 5 },
  limitPerWindow: 25,
  windowMs: 10_000,
  callsPerRow: 2,
};

function row(outcome: 'succeeded' | 'failed' | 'unknown' | 'skipped') {
  return {
    type: 'row',
    row: 1,
    outcome,
    userId: undefined,
    login: undefined,
    reason: undefined,
    status: undefined,
    oktaCode: undefined,
    requestId: undefined,
    message: undefined,
  } as const;
}

test('rows of earlier invocations count as done, each with its own outcome', () => {
  const figures = new RunFigures(started, 0);
  for (const outcome of ['succeeded', 'skipped', 'failed', 'unknown'] as const)
    figures.end(row(outcome));
  expect(figures.counts).toEqual({
    ...{ succeeded: 21, skipped: 6, failed: 5, unknown: 2 },
    'not-attempted': 66,
  });
  expect([figures.done, figures.total, figures.resumedFrom]).toEqual([34, 100, 30]);
});

test('the rate counts the calls of this invocation over complete windows, the limit per minute', () => {
  const figures = new RunFigures(started, 1000);
  for (let at = 0; at < 10; at += 1) figures.end(row('succeeded'));
  expect(figures.callsPerMinute(10_999)).toBeUndefined();
  expect(figures.callsPerMinute(11_000)).toBe(120);
  expect(figures.limitPerMinute).toBe(150);
});

test('a wait counts down and ends; while rows are being settled, no end is estimated', () => {
  const figures = new RunFigures(started, 0);
  for (let at = 0; at < 20; at += 1) figures.end(row('succeeded'));
  figures.pause('window', 4000, 6000);
  expect(figures.wait(7000)).toEqual({ cause: 'window', leftMs: 3000 });
  expect(figures.wait(10_000)).toBeUndefined();
  // 20 rows in 10 s, 50 rows left after the wait.
  expect(figures.leftMs(6000)).toBe(25_000);
  figures.settle(3, 99);
  expect([figures.settling, figures.leftMs(6000)]).toEqual([{ rows: 3, untilMs: 99 }, undefined]);
  figures.settle(0, 0);
  expect(figures.leftMs(6000)).toBe(25_000);
});

test('no row is left once all have ended, and never fewer than none', () => {
  const earlier = { succeeded: 1, failed: 0, unknown: 0, skipped: 0 };
  const begun = (resumedFrom: number) =>
    new RunFigures({ ...started, total: 1, resumedFrom, earlier }, 0);
  expect([begun(1).counts['not-attempted'], begun(1).done]).toEqual([0, 1]);
  const figures = begun(0);
  expect([figures.counts['not-attempted'], figures.done]).toEqual([1, 0]);
  for (let times = 0; times < 2; times += 1) {
    figures.end(row('skipped'));
    expect([figures.counts['not-attempted'], figures.done]).toEqual([0, 1]);
  }
});
