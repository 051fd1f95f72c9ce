/** The sentences of a report, and its chart. */
import { describe, expect, test } from '@jest/globals';
import type { Summary } from '../../src/domain/run/summary.ts';
import { Timeline } from '../../src/domain/run/timeline.ts';
import { chartOf } from '../../src/report/chart.ts';
import {
  actionText,
  clip,
  estimateText,
  headline,
  peopleOf,
  standingOf,
} from '../../src/report/wording.ts';
import { runFile, START_MS } from './sample.ts';

describe('the sentences', () => {
  const counts = { succeeded: 0, skipped: 0, failed: 0, unknown: 0, 'not-attempted': 0 };
  const summary = (more: Partial<Summary['counts']>, rest: Partial<Summary> = {}): Summary => {
    const by = { ...counts, ...more };
    const rows = Object.values(by).reduce((sum, n) => sum + n, 0);
    return {
      counts: by,
      rows,
      byError: {},
      invocations: 1,
      ...rest,
    } as Partial<Summary> as Summary;
  };

  test.each<[Partial<Summary['counts']>, boolean, string]>([
    [
      { 'not-attempted': 1200, skipped: 1 },
      true,
      '1,200 users would be acted on. Skipped: 1 row. Nothing has been sent.',
    ],
    [{ 'not-attempted': 1 }, true, '1 user would be acted on. Nothing has been sent.'],
    [{ skipped: 2 }, false, 'There was no user to act on. Skipped: 2 rows.'],
    [{ succeeded: 1 }, false, '1 of 1 user succeeded.'],
    [
      { succeeded: 1, failed: 1, unknown: 2, 'not-attempted': 3, skipped: 4 },
      false,
      '1 of 7 users succeeded; 1 failed, 2 unknown, 3 not attempted. Skipped: 4 rows.',
    ],
    [{ succeeded: 5, unknown: 1 }, false, '5 of 6 users succeeded; 1 unknown.'],
    [{ succeeded: 5, 'not-attempted': 1 }, false, '5 of 6 users succeeded; 1 not attempted.'],
  ])('of %j, planned %s: %s', (more, isPlan, text) => {
    expect(headline(summary(more), isPlan)).toBe(text);
  });

  test('compare the estimate with the time it took, breaks included', () => {
    const [startedAt, finishedAt] = ['2026-11-22T03:00:00.000Z', '2026-11-22T03:05:00.000Z'];
    const text = (rest: Partial<Summary>) => estimateText(summary({}, rest));
    expect(text({ estimateMs: 60_000 })).toBe('estimated 1 min');
    expect(text({ estimateMs: 60_000, startedAt })).toBe('estimated 1 min');
    expect(text({ startedAt, finishedAt })).toBe('took 5 min');
    expect(text({ estimateMs: 60_000, startedAt, finishedAt, invocations: 2 })).toBe(
      'estimated 1 min, took 5 min in 2 invocations, breaks included',
    );
    expect(text({})).toBeUndefined();
  });

  test('say what was done in addition to the password, and to whom it was given', () => {
    const { spec, principal } = runFile();
    expect(actionText(spec)).toBe(
      'Reset the password; Okta emails each user a link. Sessions and tokens stay active.',
    );
    expect(actionText({ ...spec, revokeTokens: true, resetFactors: true })).toBe(
      'Reset the password; Okta emails each user a link. End sessions and OAuth tokens. Remove every factor.',
    );
    expect(actionText({ ...spec, action: 'unlock' })).toBe(
      'Unlock; users can sign in with the password they have.',
    );
    const people = (executedBy: Summary['executedBy'], isPlan: boolean) =>
      peopleOf({ summary: summary({}, { plannedBy: principal, executedBy }), planned: isPlan });
    const by = 'night.admin@acme.example (00u00000000000000adm)';
    expect(people([], true)).toEqual([['Planned by', by]]);
    expect(people([], false)[1]).toEqual(['Executed by', 'not recorded']);
    expect(people([principal, { kind: 'app', clientId: 'x' }], false)[1]).toEqual([
      'Executed by',
      `${by}; service app x`,
    ]);
  });

  test('stand for what is left, what is doubtful, and what else the run did', () => {
    const run = runFile();
    const byError = {
      'not checked yet: okta-reset resume checks it': 2,
      'half-done: okta-reset resume completes it': 4,
      E0000006: 5,
    };
    const content = {
      ...{ run, planned: false, heir: 'tuesday', takenUp: 3 },
      summary: summary(
        { succeeded: 5 },
        { chain: 'broken', byError, stop: { kind: 'canary', detail: '' } },
      ),
    };
    expect(standingOf(content)).toMatchObject({
      ...{ planned: false, unsettled: 6, broken: true, heir: 'tuesday', takenUp: 3 },
      ...{ since: run.createdAt, action: undefined, canaryStopped: true },
    });
    const settled = { ...content, summary: summary({}, { chain: 'intact' }) };
    expect(standingOf(settled)).toMatchObject({ unsettled: 0, broken: false });
    const other = { ...content, run: runFile({ spec: { ...run.spec, action: 'suspend' } }) };
    expect(standingOf(other).action).toBe('suspend');
  });

  test('that are cut keep whole characters', () => {
    expect([clip('abcd', 4), clip('abcde', 4)]).toEqual(['abcd', 'abc…']);
    expect(clip('ab😀cd', 4)).toBe('ab…');
  });
});

describe('the chart of a run', () => {
  test('sums what its slots hold, in at most 120 bars', () => {
    const timeline = new Timeline();
    for (let second = 0; second < 240; second += 1) {
      for (const series of ['calls', 'throttled', 'succeeded', 'failed', 'unknown'] as const)
        timeline.add(series, START_MS + second * 1000, series.length);
    }
    const { bars, barMs, limit } = chartOf(timeline, { limitPerWindow: undefined, windowMs: 0 });
    expect([bars.length, barMs, limit]).toEqual([120, 2000, undefined]);
    expect(bars[1]).toEqual({
      ...{ atMs: START_MS + 2000, calls: 10, throttled: 18, succeeded: 18, failed: 12 },
      ...{ unknown: 14, waitedMs: 0 },
    });
  });

  test('has bars of whole windows, and the limit of all of them, where the run is long', () => {
    const timeline = new Timeline();
    for (let minute = 0; minute < 150; minute += 1)
      timeline.add('calls', START_MS + minute * 60_000, 500);
    const { bars, barMs, limit } = chartOf(timeline, { limitPerWindow: 600, windowMs: 60_000 });
    expect(barMs % 60_000 < timeline.slotMs || barMs % 60_000 > 60_000 - timeline.slotMs).toBe(
      true,
    );
    expect([barMs >= 120_000, bars.length <= 121]).toEqual([true, true]);
    expect(limit).toBe(Math.round((600 * barMs) / 60_000));
    expect(bars.reduce((sum, { calls }) => sum + calls, 0)).toBe(75_000);
  });

  test('of exactly two windows has the limit, of less it has none', () => {
    const seconds = (count: number) => {
      const timeline = new Timeline();
      for (let second = 0; second < count; second += 1)
        timeline.add('calls', START_MS + second * 1000);
      return chartOf(timeline, { limitPerWindow: 10, windowMs: 10_000 }).limit;
    };
    expect([seconds(19), seconds(20)]).toEqual([undefined, 10]);
  });
});
