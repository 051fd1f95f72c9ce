/** What a report counts: outcomes, reasons, groups of failures, and the rows that need someone. */
import { describe, expect, test } from '@jest/globals';
import type { ResultRow } from '../../src/domain/row/result.ts';
import { Timeline } from '../../src/domain/run/timeline.ts';
import { passOver } from '../../src/report/results/pass.ts';
import { errorKey, Tally } from '../../src/report/results/tally.ts';
import { clock, ended, planned, recordsOf, rowsOf, runFile, START_MS, userId } from './sample.ts';

function result(row: number, more: Partial<ResultRow> = {}): ResultRow {
  const none = { reason: undefined, detail: undefined, httpStatus: undefined };
  const unsaid = { oktaErrorCode: undefined, oktaError: undefined, oktaRequestId: undefined };
  return {
    ...{ columns: {}, row, source: 'users.csv', line: row + 1, input: `input-${row}` },
    ...{ userId: userId(row), login: `p${row}@acme.example`, outcome: 'succeeded', action: '' },
    ...{ attempts: 1, startedAt: undefined, finishedAt: undefined, runId: 'r' },
    ...none,
    ...unsaid,
    ...more,
  };
}

const tallied = (rows: readonly ResultRow[], timeline?: Timeline) => {
  const tally = new Tally(timeline);
  for (const row of rows) tally.add(row);
  return tally;
};

test.each<[Partial<ResultRow>, string]>([
  [{ oktaErrorCode: 'E0000006', reason: 'refused', httpStatus: 403 }, 'E0000006'],
  [{ reason: 'secret-lost', httpStatus: 200 }, 'secret-lost'],
  [{ httpStatus: 502 }, 'HTTP 502'],
  [{}, 'no-answer'],
  [{ reason: 'x'.repeat(81) }, `${'x'.repeat(79)}…`],
])('a failure with %j is one of %s', (more, key) => {
  expect(errorKey(result(1, more))).toBe(key);
});

describe('the count of a run', () => {
  const rows = [
    result(1),
    result(2, { outcome: 'failed', oktaErrorCode: 'E0000006', oktaError: 'No permission' }),
    result(3, { outcome: 'unknown', reason: 'undecided' }),
    result(4, { outcome: 'failed', reason: 'undecided', oktaRequestId: 'Y4' }),
    result(5, { outcome: 'skipped', reason: 'admin' }),
    result(6, { outcome: 'skipped', reason: 'excluded' }),
    result(7, { outcome: 'skipped', reason: 'excluded', login: undefined }),
    result(8, { outcome: 'not-attempted', reason: 'interrupted', attempts: 0 }),
    result(9, { reason: 'reissued' }),
  ];

  test('adds up, and names reasons and codes by how many rows have them', () => {
    const { rows: all, counts, byReason, byError } = tallied(rows).counts();
    expect([all, counts]).toEqual([
      9,
      { succeeded: 2, skipped: 3, failed: 2, unknown: 1, 'not-attempted': 1 },
    ]);
    expect(Object.entries(byReason)).toEqual([
      ['excluded', 2],
      ['admin', 1],
      ['interrupted', 1],
      ['reissued', 1],
    ]);
    expect(Object.entries(byError)).toEqual([
      ['undecided', 2],
      ['E0000006', 1],
    ]);
    expect(tallied(rows).skips()).toEqual([
      { reason: 'excluded', rows: 2 },
      { reason: 'admin', rows: 1 },
    ]);
  });

  test('lists the rows that need someone, and why, and the first of the plan', () => {
    const tally = tallied(rows);
    expect(tally.left().map(({ row, why }) => [row, why])).toEqual([
      [2, 'E0000006'],
      [3, 'undecided'],
      [4, 'undecided'],
      [8, 'interrupted'],
    ]);
    expect(tally.left()[2]).toEqual({
      ...{ row: 4, who: 'p4@acme.example', userId: userId(4), outcome: 'failed' },
      ...{ why: 'undecided', requestId: 'Y4' },
    });
    expect(
      tally
        .first()
        .map(({ row, why }) => [row, why])
        .slice(0, 2),
    ).toEqual([
      [1, ''],
      [2, 'E0000006'],
    ]);
    expect(tally.first()[6]?.who).toBe('input-7');
    const bare = tallied([result(1, { outcome: 'not-attempted' })]);
    expect(bare.left()[0]?.why).toBe('not-attempted');
    expect(bare.counts().byReason).toEqual({});
  });

  test('groups failures, the most frequent first, with what Okta said about the first and three examples', () => {
    const many = [4, 5, 6, 7].map((row) => result(row, { outcome: 'unknown', reason: 'lost' }));
    const [first, second] = tallied([...rows.slice(0, 2), ...many]).failures();
    expect(first).toMatchObject({ code: 'lost', failed: 0, unknown: 4, message: undefined });
    expect(first?.examples.map(({ row }) => row)).toEqual([4, 5, 6]);
    expect(second).toMatchObject({ code: 'E0000006', failed: 1, message: 'No permission' });
    // A failed row weighs as much as an unknown one.
    const mixed = tallied([
      result(1, { outcome: 'failed', reason: 'a' }),
      ...[2, 3].map((row) => result(row, { outcome: 'failed', reason: 'b' })),
      ...[4, 5, 6].map((row) =>
        result(row, { outcome: row === 4 ? 'failed' : 'unknown', reason: 'c' }),
      ),
    ]);
    expect(mixed.failures().map(({ code }) => code)).toEqual(['c', 'b', 'a']);
    const outcomes = {
      a: ['failed', 'failed'],
      b: ['unknown', 'unknown', 'unknown'],
      c: ['failed', 'unknown', 'unknown', 'unknown'],
    } as const;
    for (const order of ['abc', 'acb', 'bac', 'bca', 'cab', 'cba']) {
      const unsorted = (order.match(/./g) ?? []).flatMap((reason) =>
        outcomes[reason as 'a'].map((outcome, at) => result(at, { outcome, reason })),
      );
      const codes = tallied(unsorted).failures();
      expect(codes.map(({ code }) => code)).toEqual(['c', 'b', 'a']);
    }
  });

  test('stays small, whatever the rows hold', () => {
    const odd = Array.from({ length: 300 }, (_, at) =>
      result(at, {
        outcome: 'failed',
        reason: `${at} ${'x'.repeat(500)}`,
        oktaError: 'e'.repeat(999),
      }),
    );
    const tally = tallied(odd);
    expect([tally.failures().length, tally.left().length, tally.first().length]).toEqual([
      ...[201, 100, 25],
    ]);
    expect(tally.failures()[0]).toMatchObject({ code: 'other', failed: 100 });
    expect(tally.failures()[1]?.message).toHaveLength(300);
    expect(tally.left()[0]?.why).toHaveLength(120);
    const skipped = tallied([result(1, { outcome: 'skipped', reason: 'x'.repeat(81) })]);
    expect(Object.keys(skipped.counts().byReason)).toEqual([`${'x'.repeat(79)}…`]);
  });

  test('puts rows and their calls at the time when they ended, where the journal did not count them', () => {
    const timeline = new Timeline();
    const at = (ms: number) => new Date(START_MS + ms).toISOString();
    tallied(
      [
        result(1, { finishedAt: at(0), attempts: 3 }),
        result(2, { finishedAt: at(1000), outcome: 'failed' }),
        result(3, { finishedAt: at(1500), outcome: 'unknown' }),
        result(4, { outcome: 'skipped', attempts: 0, finishedAt: at(1999) }),
        result(5),
      ],
      timeline,
    );
    expect(timeline.slots()).toEqual([
      { atMs: START_MS, calls: 3, throttled: 0, succeeded: 1, failed: 0, unknown: 0 },
      { atMs: START_MS + 1000, calls: 2, throttled: 0, succeeded: 0, failed: 1, unknown: 1 },
    ]);
  });
});

describe('the summary of a run', () => {
  const summed = (records: Parameters<typeof passOver>[0]['records'], rows = 3) =>
    passOver(
      {
        ...{ run: runFile(), records, clock, explain: () => undefined },
        rows: rowsOf(Array.from({ length: rows }, (_, at) => planned(at + 1))),
      },
      [],
    );

  test('of a plan is that nothing was sent', async () => {
    const { planned: isPlan, summary, name, takenUp, program } = await summed(undefined);
    expect([isPlan, name, takenUp, program]).toEqual([true, runFile().runId, 0, 'okta-reset']);
    expect(summary).toMatchObject({
      ...{ format: 1, rows: 3, sittings: 0, chain: 'intact', executedBy: [], reissued: 0 },
      ...{ stop: undefined, startedAt: undefined, finishedAt: undefined, traffic: [] },
      plannedBy: runFile().principal,
      estimateMs: 540_000,
    });
  });

  test('names the stop of a run only while it leaves rows', async () => {
    const stop = { kind: 'signal', signal: 'SIGINT' } as const;
    const whole = await summed(recordsOf((row) => ended(row), { stop }));
    expect([whole.planned, whole.summary.stop]).toEqual([false, undefined]);
    const part = await summed(recordsOf((row) => (row < 3 ? ended(row) : undefined), { stop }));
    expect(part.summary.stop).toEqual(stop);
    // A call whose effect is not known yet is left too.
    const open = recordsOf((row) => (row < 3 ? ended(row) : undefined), {
      stop,
      stateOf: (row) => (row < 3 ? 'ended' : 'open'),
    });
    const doubt = await summed(open);
    expect([doubt.summary.counts.unknown, doubt.summary.stop]).toEqual([1, stop]);
  });

  test('says of each row what the journal says, and unknown of what it can no longer say', async () => {
    const counts = async (more: Parameters<typeof recordsOf>[1]) =>
      (await summed(recordsOf((row) => (row === 1 ? ended(1) : undefined), more))).summary;
    const broken = await counts({ chain: 'broken' });
    expect([broken.counts.succeeded, broken.counts.unknown]).toEqual([1, 2]);
    expect(broken.byError).toEqual({ 'journal-damaged': 2 });
    const lost = await counts({ stateOf: () => 'ended' });
    expect(lost.byError).toEqual({ 'record-unreadable': 2 });
    const half = await counts({
      stateOf: () => 'open',
      openRow: () =>
        ({ stepsApplied: ['reset-factors'], pending: undefined, attempts: 2 }) as never,
    });
    expect(half.byError).toEqual({ 'half-done: okta-reset resume completes it': 3 });
    const undone = await counts({
      stateOf: () => 'open',
      openRow: () => ({ stepsApplied: ['end-sessions'], pending: undefined, attempts: 2 }) as never,
    });
    expect([undone.byError, undone.counts['not-attempted']]).toEqual([{}, 3]);
  });

  test('has the calls that the journal counted, or else those of its rows', async () => {
    const counted = new Timeline();
    counted.add('calls', START_MS, 7);
    const callsOf = async (more: Parameters<typeof recordsOf>[1]) =>
      (await summed(recordsOf((row) => ended(row), more))).timeline
        .slots()
        .map(({ calls, succeeded }) => [calls, succeeded]);
    expect(await callsOf({})).toEqual([[3, 3]]);
    expect(await callsOf({ timeline: counted })).toEqual([[7, 0]]);
  });

  test('ends with an abort, between two rows of the disk’s pace', async () => {
    const over = new AbortController();
    let seen = 0;
    async function* rows() {
      for (let row = 1; row <= 200; row += 1) {
        seen = row;
        if (row === 10) over.abort(new Error('left'));
        yield planned(row);
      }
    }
    const asked = { run: runFile(), records: undefined, clock, explain: () => undefined };
    const signal = over.signal;
    await expect(passOver({ ...asked, rows: rows(), signal }, [])).rejects.toThrow('left');
    expect(seen).toBe(64);
  });
});
