/** What a list says of runs at the edges: ended without acting, stopped by a canary, equally old, or read after an abort. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { declinedByNo } from '../../src/app/runs/declined.ts';
import { findLast } from '../../src/app/runs/last-run.ts';
import { listRuns } from '../../src/app/runs/list-runs.ts';
import { expiredPlan, planTimeMs } from '../../src/app/runs/plan-age.ts';
import { contentOf } from '../../src/app/runs/run-content.ts';
import { refuseMissingFolders } from '../../src/app/runs/run-folder.ts';
import { RunTables } from '../../src/app/runs/run-tables.ts';
import { waitingRuns } from '../../src/app/runs/waiting-runs.ts';
import type { JournalRecord, OpenRow } from '../../src/domain/run/journal-record.ts';
import type { Replay } from '../../src/journal/replay.ts';
import { lockRun } from '../../src/journal/directory/lock.ts';
import { attempt, outcome } from '../journal/sample.ts';
import { planned, runFile } from '../report/sample.ts';
import { openBelow } from './open-files.ts';
import {
  abortedAtEachRead,
  acted,
  around,
  begunAs,
  makeRun,
  newFolder,
  NOW_MS,
  type Made,
} from './run-folders.ts';

const root = await newFolder();
afterAll(() => rm(root, { recursive: true }));

const HOUR_MS = 3_600_000;
const at = (hoursAgo: number) => new Date(NOW_MS - hoursAgo * HOUR_MS).toISOString();

let folders = 0;
/** A folder of runs, by their names; each gets its first record if it has any. */
async function reports(runs: Readonly<Record<string, Made>>) {
  folders += 1;
  const dir = join(root, String(folders));
  for (const [name, { run, records, ...made }] of Object.entries(runs)) {
    const more = { runId: name, ...run };
    const all = records && [begunAs({ runId: name, planDigest: '' }), ...records];
    await makeRun(join(dir, name), { ...made, run: more, records: all });
  }
  await mkdir(dir, { recursive: true });
  const here = around(root, { hostname: 'ops', isAlive: (pid) => pid === 77 });
  return { ...here, dir, list: async () => (await listRuns([dir], here.context)).runs };
}

const skipped = (row: number) => outcome(row, { outcome: 'skipped', reason: 'already-done' });
const closed = (stop: object): JournalRecord => ({
  kind: 'closed',
  at: at(1),
  stop: stop as never,
});

describe('a run in a list', () => {
  test('is finished if all of its users have ended, also those who were skipped meanwhile', async () => {
    const { list } = await reports({
      a: { records: [...acted(1), skipped(2), ...acted(3, { outcome: 'failed' })] },
      b: { run: { createdAt: at(9) }, records: [...acted(1), skipped(2)] },
    });
    const [a, b] = await list();
    expect([a?.state, b?.state]).toEqual(['finished', 'stopped']);
    expect(a?.counts).toMatchObject({ succeeded: 1, skipped: 1, failed: 1, 'not-attempted': 0 });
    expect(b?.counts).toMatchObject({ succeeded: 1, skipped: 1, 'not-attempted': 1 });
  });

  test('that its canary stopped offers the follow-up first, if nobody failed and nothing is open', async () => {
    const stop = { kind: 'canary', detail: 'x' };
    const { list } = await reports({
      stuck: { run: { createdAt: at(1) }, records: [...acted(1), closed(stop)] },
      open: {
        run: { createdAt: at(2) },
        records: [...acted(1), ...acted(2, { outcome: 'unknown' }), attempt(3), closed(stop)],
      },
      failed: {
        run: { createdAt: at(3) },
        records: [...acted(1), ...acted(2, { outcome: 'failed' }), closed(stop)],
      },
    });
    const runs = await list();
    expect(runs.map(({ runId, next }) => [runId, next[0]?.does.kind])).toEqual([
      ...[
        ['stuck', 'followup'],
        ['open', 'resume'],
        ['failed', 'resume'],
      ],
    ]);
  });

  test('is not from the future, whatever another clock said', async () => {
    const { list } = await reports({ a: { run: { createdAt: at(-5) } } });
    expect((await list()).map(({ ageMs }) => ageMs)).toEqual([0]);
  });

  test('is not running if the process of its lock has ended, or if that is a folder', async () => {
    const { list, dir } = await reports({ a: {}, b: { run: { createdAt: at(9) } } });
    await lockRun(join(dir, 'a', 'lock'), {
      ...{ pid: 5, hostname: 'ops', startedAt: at(2), isAlive: () => true },
      facts: { startOf: () => Promise.resolve(undefined) },
    });
    await mkdir(join(dir, 'b', 'lock'));
    expect((await list()).map(({ state }) => state)).toEqual(['planned', 'planned']);
  });

  test('comes in the order of the names if others are equally old', async () => {
    const run = { createdAt: at(5) };
    const { list } = await reports({ c: { run }, a: { run }, b: { run: { createdAt: at(1) } } });
    expect((await list()).map(({ runId }) => runId)).toEqual(['b', 'a', 'c']);
  });

  test('whose folder others can write to is named with that', async () => {
    const { dir, context } = await reports({ a: {} });
    await chmod(join(dir, 'a'), 0o777);
    const { unreadable } = await listRuns([dir], context);
    await chmod(join(dir, 'a'), 0o700);
    expect(unreadable.map(({ problem }) => problem)).toEqual([expect.stringContaining('a')]);
    expect(unreadable[0]?.problem).not.toBe('FILE_NOT_YOURS');
  });

  test('is neither listed nor called unreadable after an abort, whenever that comes', async () => {
    const { dir } = await reports({ a: { records: acted(1) } });
    const ends = await abortedAtEachRead(root, ({ context }) => listRuns([dir], context));
    expect(ends.length).toBeGreaterThan(3);
    for (const { end } of ends)
      if (end instanceof Error) expect(end.message).toBe('gone');
      else expect([end.runs.length, end.unreadable]).toEqual([1, []]);
    const odd = await reports({ odd: { files: { 'run.json': '{}' } } });
    odd.drain.abort(new Error('gone'));
    await expect(odd.list()).rejects.toThrow('gone');
  });
});

test('a folder that is named must be there', async () => {
  const { dir } = await reports({ a: {} });
  await refuseMissingFolders([dir, join(dir, 'a')], root);
  await expect(refuseMissingFolders([dir, 'nowhere'], root)).rejects.toMatchObject({
    ...{ code: 'RUN_NOT_FOUND', message: 'There is no folder nowhere.' },
  });
  await expect(refuseMissingFolders([join(dir, 'a', 'run.json')], root)).rejects.toMatchObject({
    code: 'RUN_NOT_FOUND',
  });
});

describe('a plan that somebody says no to', () => {
  const clock = { nowMs: () => NOW_MS };

  test('is declined from then on, and the no is passed on', async () => {
    const { dir, list } = await reports({ a: {} });
    const no = new Error('no');
    for (let round = 0; round < 2; round += 1) {
      await expect(declinedByNo(Promise.reject(no), join(dir, 'a'), clock)).rejects.toBe(no);
      expect((await list()).map(({ state }) => state)).toEqual(['declined']);
    }
    expect(openBelow(dir)).toEqual([]);
    await expect(declinedByNo(Promise.reject(no), join(dir, 'gone'), clock)).rejects.toBe(no);
  });

  test('is not declined by a yes', async () => {
    const { dir, list } = await reports({ a: {} });
    await declinedByNo(Promise.resolve(), join(dir, 'a'), clock);
    expect((await list()).map(({ state }) => state)).toEqual(['planned']);
  });
});

describe('runs that wait for somebody', () => {
  test('are of the last day, up to the millisecond', async () => {
    const exact = new Date(NOW_MS - 24 * HOUR_MS).toISOString();
    const older = new Date(NOW_MS - 24 * HOUR_MS - 1).toISOString();
    const { dir, context } = await reports({
      exact: { run: { createdAt: exact } },
      older: { run: { createdAt: older } },
    });
    expect((await waitingRuns(dir, context)).map(({ runId }) => runId)).toEqual(['exact']);
  });

  test('--last for a rerun has one row to take at least; which run it is, is told', async () => {
    const { dir, context, events } = await reports({
      one: { records: [...acted(1), ...acted(2), ...acted(3, { outcome: 'failed' })] },
    });
    expect(await findLast('rerun', dir, undefined, context)).toBe(join(dir, 'one'));
    expect(events).toMatchObject([{ type: 'message', level: 'info' }]);
  });

  test('--last names all of five that could be meant', async () => {
    const runs = Object.fromEntries(
      Array.from({ length: 6 }, (_, n) => [`r${n}`, { records: acted(1) }]),
    );
    const { dir, context } = await reports(runs);
    await expect(findLast('resume', dir, undefined, context)).rejects.toThrow(/; and 1 more\.$/);
  });
});

describe('the age of a plan', () => {
  test('is that of its clock if nothing was sent, even at the beginning of time', () => {
    const made = { createdAt: at(0), serverTimeMs: -5 };
    expect(planTimeMs(made, { lastServerMs: undefined })).toBe(0);
    expect(planTimeMs({ ...made, serverTimeMs: 7 }, { lastServerMs: undefined })).toBe(7);
  });

  test('does not matter while one of several calls is in doubt', () => {
    const row = (step: 'reset-password' | 'end-sessions') =>
      ({ pending: { step } }) as unknown as OpenRow;
    const open = new Map([
      [1, row('end-sessions')],
      [2, row('reset-password')],
    ]);
    const replay = { lastServerMs: undefined, open } as unknown as Replay;
    const run = runFile({ createdAt: at(30) });
    const stop = expiredPlan(run, replay, NOW_MS, 24 * HOUR_MS);
    expect(stop).toMatchObject({
      kind: 'plan-expired',
      detail: expect.stringContaining('What was open has been checked'),
    });
  });
});

describe('a run that is read row by row', () => {
  const outcomes = async (dir: string) => {
    const { context } = around(root);
    const tables = new RunTables();
    try {
      return await tables.with(dir, context, async (table) => {
        const rows = [];
        for await (const { result } of table.rows(1)) rows.push([result.outcome, result.reason]);
        const { summary } = await contentOf(table, context);
        return { rows, counts: summary.counts };
      });
    } finally {
      await tables.close();
      expect(openBelow(dir)).toEqual([]);
    }
  };
  const none = { succeeded: 0, skipped: 0, failed: 0, unknown: 0, 'not-attempted': 0 };

  test('has users who were not attempted as long as it is a plan', async () => {
    const { dir } = await reports({ a: { rows: [planned(1), planned(2)] } });
    expect(await outcomes(join(dir, 'a'))).toEqual({
      ...{ rows: Array(2).fill(['not-attempted', undefined]) },
      counts: { ...none, 'not-attempted': 2 },
    });
  });

  test('has how each ended, and what it has left', async () => {
    const { dir } = await reports({ a: { records: [...acted(1), skipped(2)] } });
    expect((await outcomes(join(dir, 'a'))).counts).toEqual({
      ...{ ...none, succeeded: 1, skipped: 1, 'not-attempted': 1 },
    });
    const begun = await reports({ a: { records: [] } });
    expect((await outcomes(join(begun.dir, 'a'))).counts).toEqual({ ...none, 'not-attempted': 3 });
  });

  test('knows nothing of its users if its journal is lost', async () => {
    const { dir } = await reports({ a: { files: { 'summary.json': '{}' } } });
    const { rows, counts } = await outcomes(join(dir, 'a'));
    expect(rows).toEqual(Array(3).fill(['unknown', 'journal-damaged']));
    expect(counts).toEqual({ ...none, unknown: 3 });
    await writeFile(join(dir, 'a', 'journal.jsonl'), 'no journal\n');
    expect((await outcomes(join(dir, 'a'))).counts).toEqual({ ...none, unknown: 3 });
  });

  test('that cannot be read leaves nothing open', async () => {
    const { dir, context } = await reports({ a: { records: acted(1) } });
    await writeFile(join(dir, 'a', 'plan.jsonl'), 'no plan\n');
    const read = new RunTables().with(join(dir, 'a'), context, () => Promise.resolve());
    await expect(read).rejects.toMatchObject({ code: 'PLAN_CHANGED' });
    expect(openBelow(dir)).toEqual([]);
  });
});
