/** Rows that another run has done since the plan was made, and those that only this run can finish. */
import { expect, test } from '@jest/globals';
import { spareDone } from '../../src/app/run/sending/spare-done.ts';
import type { Target } from '../../src/domain/plan/plan.ts';
import type { AppEvent } from '../../src/domain/run/event.ts';
import type { JournalRecord, OpenRow, RunState } from '../../src/domain/run/journal-record.ts';
import { attempt } from '../journal/sample.ts';
import { all } from '../plan/fake-org.ts';
import { planned, rowsOf } from '../report/sample.ts';

const AT_MS = Date.parse('2026-11-22T03:15:02.000Z');

/** What this run has done to a row: `undone` is an attempt that had no effect. */
type Done = 'ended' | 'pending' | 'applied' | 'undone' | 'untouched';

const openRow = (row: number, done: Done): OpenRow =>
  ({
    ...{ row, attempts: 2, startedAt: '2026-11-22T03:10:00.000Z' },
    pending: done === 'pending' ? attempt(row) : undefined,
    stepsApplied: done === 'applied' ? ['reset-password'] : [],
  }) as Partial<OpenRow> as OpenRow;

/** Spares rows of which another run has done all but the last. The run is stopped once `most` of them are skipped. */
async function spared(rows: readonly Done[], most = Infinity) {
  const of = (row: number) => rows[row - 1] ?? 'untouched';
  const open = new Map(
    rows.flatMap((done, at) =>
      done === 'ended' || done === 'untouched' ? [] : [[at + 1, openRow(at + 1, done)] as const],
    ),
  );
  const stopping = new AbortController();
  const records: JournalRecord[] = [];
  const events: AppEvent[] = [];
  const targets = rows.map((_, at) => planned(at + 1) as Target);
  const last = targets.at(-1)?.userId;
  const left = spareDone(
    rowsOf(targets) as AsyncIterable<Target>,
    { of: (id) => (id === last ? undefined : { runId: 'b', name: 'b', doneMs: AT_MS }) },
    {
      state: { open, ended: (row) => of(row) === 'ended' } as Partial<RunState> as RunState,
      journal: {
        append: (record) => {
          // Nothing is told before it is recorded.
          expect(events).toHaveLength(records.length);
          records.push(record);
          if (records.length >= most) stopping.abort();
          return Promise.resolve();
        },
      },
      nowMs: () => AT_MS,
      emit: (event) => events.push(event),
      signal: stopping.signal,
    },
  );
  return { left: (await all(left)).map(({ row }) => row), records, events };
}

test('a row that another run has done ends as skipped, in the journal and on the screen', async () => {
  const { left, records, events } = await spared(['untouched', 'untouched']);
  expect(left).toEqual([2]);
  const { userId, login } = planned(1);
  expect(records).toEqual([
    {
      ...{ kind: 'outcome', at: '2026-11-22T03:15:02.000Z', row: 1 },
      ...{ outcome: 'skipped', reason: 'already-done', attempts: 0 },
    },
  ]);
  expect(events).toEqual([
    {
      ...{ type: 'row', row: 1, userId, login, outcome: 'skipped', reason: 'already-done' },
      ...{ status: undefined, oktaCode: undefined, requestId: undefined, message: undefined },
    },
  ]);
});

test('a row whose attempts had no effect can be skipped too, with when it began', async () => {
  const { left, records } = await spared(['undone', 'undone']);
  expect(left).toEqual([2]);
  expect(records).toMatchObject([
    { row: 1, outcome: 'skipped', attempts: 2, startedAt: '2026-11-22T03:10:00.000Z' },
  ]);
});

test.each<Done>(['pending', 'applied', 'ended'])(
  'a row of this run that is %s is passed on, because the user’s state comes from this run',
  async (done) => {
    const { left, records, events } = await spared([done, 'untouched']);
    expect([left, records, events]).toEqual([[1, 2], [], []]);
  },
);

test('after a stop, no more rows are skipped, however many are done, and none is passed on', async () => {
  const rows = Array.from({ length: 9 }, () => 'untouched' as const);
  const { left, records, events } = await spared(rows, 2);
  expect([left, records.length, events.length]).toEqual([[], 2, 2]);
});
