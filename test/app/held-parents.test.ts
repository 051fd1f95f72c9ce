/** Runs whose rows a new run takes: which of them must not have changed, which are archives, and what is written there. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { holdParents } from '../../src/app/rerun/parent-runs.ts';
import { restingRun } from '../../src/app/rerun/rerun-rows.ts';
import { takenRows } from '../../src/app/rerun/taken-rows.ts';
import { kindAt } from '../../src/disk/look.ts';
import type { JournalRecord, TakenUp } from '../../src/domain/run/journal-record.ts';
import { failFrom, giveBack, sound } from '../faults/failing-disk.ts';
import { userId } from '../plan/fake-org.ts';
import { planned, runFile } from '../report/sample.ts';
import { openBelow } from './open-files.ts';
import { acted, around, begunAs, makeRun, newFolder } from './run-folders.ts';

const root = await newFolder();
afterEach(() => void sound());
afterAll(async () => {
  giveBack();
  await rm(root, { recursive: true });
});

const AT = '2026-11-22T03:15:02.000Z';
const tie = (kind: 'handed-over' | 'taken-up', runId: string): JournalRecord => ({
  ...{ kind: 'note', at: AT, note: { kind, runId, dir: `../${runId}`, rows: 1 } },
});
const records = [begunAs({ runId: 'p', planDigest: '' }), ...acted(1)];

let folders = 0;
/** A run `p` with these records after its first three, or only its plan, and a run that takes rows of it. */
async function folder(more: readonly JournalRecord[] | 'plan' = []) {
  folders += 1;
  const dir = join(root, String(folders));
  const made = more === 'plan' ? {} : { records: [...records, ...more] };
  await makeRun(join(dir, 'p'), { run: { runId: 'p' }, ...made });
  const here = around(dir);
  const hold = (parent: { left?: number; taken?: number | undefined; records?: number }) => {
    const parents = [{ runId: 'p', dir: '../p', records: 3, left: 0, taken: 0, ...parent }];
    const run = runFile({ runId: 'child', parents });
    return holdParents({ dir: join(dir, 'child'), run, takeOver: {} }, here.context);
  };
  const journal = () => readFile(join(dir, 'p', 'journal.jsonl'), 'utf8');
  return { ...here, dir, hold, journal };
}

describe('a run that has continued since the plan was made', () => {
  const grown = acted(2);

  test.each([
    { left: 1, taken: 0 },
    { left: 2, taken: undefined },
    { left: 0, taken: 1 },
    { left: 0, taken: 2 },
    { left: 0, taken: undefined },
  ])('is refused if rows are taken away from it: %j', async (parent) => {
    const { hold, dir } = await folder(grown);
    await expect(hold(parent)).rejects.toMatchObject({ code: 'PLAN_OVERTAKEN' });
    expect([openBelow(dir), await kindAt(join(dir, 'p', 'lock'))]).toEqual([[], undefined]);
  });

  test('does not matter if none is', async () => {
    const { hold, journal, dir } = await folder(grown);
    const before = await journal();
    await (await hold({ left: 0, taken: 0 })).handOver();
    expect([await journal(), openBelow(dir)]).toEqual([before, []]);
  });

  test.each([
    ['one', [tie('taken-up', 'one')]],
    ['two', [tie('taken-up', 'one'), tie('taken-up', 'two')]],
    ['heir', [tie('handed-over', 'heir'), tie('taken-up', 'two')]],
  ])('names the run that took its rows: %s', async (runId, ties) => {
    const { hold } = await folder(ties);
    await expect(hold({ left: 1 })).rejects.toThrow(`Run ${runId} has taken up rows of run p`);
  });
});

describe('a run that cannot be written to', () => {
  const closed = (code: string) => failFrom({ file: 'lock', call: 'open', code, nth: 1 });

  test.each(['EACCES', 'EPERM', 'EROFS'])(
    'is an archive (%s): rows that had ended there are taken without a note',
    async (code) => {
      const { hold, journal, dir } = await folder();
      const before = await journal();
      closed(code);
      await (await hold({ taken: 2 })).handOver();
      expect([sound() > 0, await journal(), openBelow(dir)]).toEqual([true, before, []]);
    },
  );

  test('is needed for rows that it had left', async () => {
    const { hold } = await folder();
    closed('EACCES');
    for (const left of [1, 2])
      await expect(hold({ left, taken: 2 })).rejects.toMatchObject({ code: 'DISK' });
  });

  test('because its disk fails is refused, and so is one that another process has', async () => {
    const { hold, dir } = await folder();
    closed('EIO');
    await expect(hold({ taken: 2 })).rejects.toMatchObject({ code: 'DISK' });
    sound();
    await writeFile(join(dir, 'p', 'lock'), JSON.stringify({ pid: 1, hostname: 'h' }));
    await expect(hold({ taken: 2 })).rejects.toMatchObject({ code: 'RUN_LOCKED' });
  });
});

test('a plan that nobody has executed, and that nothing is taken from, gets no journal', async () => {
  const { hold, dir } = await folder('plan');
  await (await hold({ records: 0 })).handOver();
  expect(await kindAt(join(dir, 'p', 'journal.jsonl'))).toBeUndefined();
});

test('after the note, and after a release, no file of the run is open, and nothing is locked', async () => {
  const { hold, dir } = await folder();
  await (await hold({ left: 1, taken: 1 })).handOver();
  await (await hold({ left: 1, taken: 1 })).release();
  expect([openBelow(dir), await kindAt(join(dir, 'p', 'lock'))]).toEqual([[], undefined]);
});

test('a run whose rows are taken must be at rest, unless that is forced', async () => {
  const { context, dir } = await folder();
  const p = join(dir, 'p');
  expect(await restingRun(p, false, context)).toMatchObject({ runId: 'p' });
  await writeFile(join(p, 'lock'), JSON.stringify({ pid: 1, hostname: 'h' }));
  await expect(restingRun(p, false, context)).rejects.toMatchObject({ code: 'RUN_LOCKED' });
  expect(await restingRun(p, true, context)).toMatchObject({ runId: 'p' });
});

describe('rows that other runs have', () => {
  const taken = (runId: string, rows: number): TakenUp => ({
    ...{ kind: 'taken-up', runId, dir: `../${runId}`, rows },
  });
  const { spec } = runFile();

  test('are known only while that run is there', async () => {
    const { context, dir } = await folder();
    for (const [rows, text] of [
      [1, 'has taken up a row of this run'],
      [2, 'has taken up 2 rows of this run'],
    ] as const) {
      const found = takenRows(join(dir, 'p'), { ties: [taken('gone', rows)], spec }, context);
      await expect(found).rejects.toMatchObject({
        ...{ code: 'RUN_HANDED_OVER', message: expect.stringContaining(text) },
      });
    }
  });

  test('are not mentioned if none of them was asked for', async () => {
    const { context, dir, events } = await folder();
    await makeRun(join(dir, 'one'), { run: { runId: 'one' }, rows: [planned(1), planned(2)] });
    const found = await takenRows(join(dir, 'p'), { ties: [taken('one', 2)], spec }, context);
    expect(found.has(userId(7))).toBe(false);
    found.end(0);
    expect(events).toEqual([]);
    expect(found.has(userId(2))).toBe(true);
    found.end(1);
    expect(events).toMatchObject([{ type: 'message', level: 'info' }]);
  });

  test('are read no further after an abort', async () => {
    const { context, dir, drain } = await folder();
    await makeRun(join(dir, 'one'), { run: { runId: 'one' } });
    drain.abort(new Error('stopped'));
    const found = takenRows(join(dir, 'p'), { ties: [taken('one', 2)], spec }, context);
    await expect(found).rejects.toThrow('stopped');
  });
});
