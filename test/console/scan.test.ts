/** A search through a run: in steps, in bounded time, and abandoned with its request. */
import { expect, test } from '@jest/globals';
import type { RunTable, SeenRow } from '../../src/app/runs/run-tables.ts';
import { BOUNDS } from '../../src/console/api/bounds.ts';
import { scanRows } from '../../src/console/state/runs/table-rows.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { ResultRow } from '../../src/domain/row/result.ts';
import { planned, runFile } from '../report/sample.ts';

const ROWS = 100_000;

/** A table of many rows that counts those that were read; `onRow` happens at each. */
function longTable(onRow: (row: number) => void = () => undefined) {
  let read = 0;
  let isClosed = false;
  async function* rows(from: number): AsyncGenerator<SeenRow> {
    try {
      for (let row = from; row <= ROWS; row += 1) {
        read += 1;
        onRow(row);
        const login = `user-${row}@acme.example`;
        const own = { row, login, outcome: 'not-attempted', columns: {} };
        const result = own as Partial<ResultRow> as ResultRow;
        yield { planned: planned(1, { kind: 'act' }), result };
      }
    } finally {
      isClosed = true;
    }
  }
  const table = { dir: '', run: runFile({ rows: ROWS }), rows } as Partial<RunTable> as RunTable;
  return { table, read: () => read, isClosed: () => isClosed };
}

/** A clock that a test moves. */
function handClock() {
  let nowMs = 0;
  const clock: Clock = {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: () => Promise.resolve(),
  };
  return { clock, move: (ms: number) => (nowMs += ms) };
}

const { clock: still } = handClock();
const around = (signal: AbortSignal, clock: Clock = still) => ({
  clock,
  signal,
  handOuts: new Map(),
});

test('a page of rows reads no more than the page, wherever it begins', async () => {
  const { table, read, isClosed } = longTable();
  const { signal } = new AbortController();
  const found = await scanRows(table, { from: 50_001, count: 100 }, around(signal));
  expect(found.rows.map(({ row }) => row)).toEqual(
    Array.from({ length: 100 }, (_, at) => 50_001 + at),
  );
  expect([found.next, found.total, read(), isClosed()]).toEqual([50_101, ROWS, 100, true]);
});

test('the next key press ends a search: its request ends, and no more rows are read', async () => {
  const gone = new AbortController();
  const { table, read, isClosed } = longTable((row) => {
    if (row === 1000) gone.abort(new Error('The page asks for something else.'));
  });
  const search = scanRows(table, { search: 'nobody', count: 100 }, around(gone.signal));
  await expect(search).rejects.toThrow('The page asks for something else.');
  expect(read()).toBeGreaterThanOrEqual(1000);
  expect(read()).toBeLessThan(1200);
  expect(isClosed()).toBe(true);
});

test('a search that finds little answers in time, says how far it is, and continues from there', async () => {
  const { clock, move } = handClock();
  // Each row takes a millisecond.
  const { table } = longTable(() => move(1));
  const { signal } = new AbortController();
  const found: number[] = [];
  let from: number | undefined = 1;
  let asked = 0;
  while (from !== undefined) {
    const startMs = clock.monotonicMs();
    const answer = await scanRows(
      table,
      { search: '0000@', from, count: 100 },
      around(signal, clock),
    );
    expect(clock.monotonicMs() - startMs).toBeLessThan(BOUNDS.scanMs + 200);
    found.push(...answer.rows.map(({ row }) => row));
    asked += 1;
    from = answer.next;
  }
  expect(found).toEqual(Array.from({ length: 10 }, (_, at) => (at + 1) * 10_000));
  expect(asked).toBeGreaterThan(100);
});
