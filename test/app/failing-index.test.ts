/** An index whose disk fails is only behind: the journal has everything, and what was written stays readable. */
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRunIndex } from '../../src/app/runs/index/index-writer.ts';
import { openIndexedJournal } from '../../src/app/runs/index/indexed-journal.ts';
import { indexedRecords, readRunIndex } from '../../src/app/runs/index/run-index.ts';
import { replayJournal } from '../../src/journal/replay.ts';
import type { JournalRecord } from '../../src/domain/run/journal-record.ts';
import { chainLine, emptyHead } from '../../src/journal/chain.ts';
import { failFrom, giveBack, sound } from '../faults/failing-disk.ts';
import { journalText, opened, outcome, RUN_ID } from '../journal/sample.ts';
import { openBelow } from './open-files.ts';
import { acted, newFolder, placeOf } from './run-folders.ts';

const root = await newFolder();
afterEach(() => void sound());
afterAll(async () => {
  giveBack();
  await rm(root, { recursive: true });
});

let folders = 0;
/** The folder of a run with these records in its journal. */
async function folder(records: readonly JournalRecord[]) {
  folders += 1;
  const dir = join(root, String(folders));
  await mkdir(dir, { mode: 0o700 });
  const place = placeOf(dir);
  await writeFile(place.path('journal'), journalText(records), { mode: 0o600 });
  return { dir, place };
}

/** Gives the index many records of skipped rows, of which it writes a thousand at once. */
function feed(index: Awaited<ReturnType<typeof openRunIndex>>, from: number, until: number) {
  let { link } = emptyHead(RUN_ID);
  for (let n = 1; n <= until; n += 1) {
    const record = outcome(n, { outcome: 'skipped' });
    const next = chainLine(link, n, record);
    ({ link } = next);
    if (n > from) index.take(record, Buffer.byteLength(next.line), link);
  }
}

test.each(['ENOSPC', 'EIO'])(
  'after a write that failed (%s), nothing more is written',
  async (code) => {
    const { dir, place } = await folder([]);
    const index = await openRunIndex(place, RUN_ID);
    failFrom({ file: 'index.jsonl', call: 'write', code, nth: 1 });
    // Two writes, of which the second is due before the first has failed, and what is left for the end.
    feed(index, 0, 2500);
    await index.close();
    const { size } = await stat(place.path('index'));
    expect(sound()).toBe(1);
    const again = await readFile(place.path('index'), 'utf8');
    const [header, first, ...rest] = again.split('\n');
    expect([header, first?.startsWith('{"bytes":0,')]).toEqual([
      JSON.stringify({ format: 1, runId: RUN_ID }),
      true,
    ]);
    // A full disk takes a part of the write, which no line ends.
    expect(rest).toHaveLength(1);
    expect(size).toBe(Buffer.byteLength(again));
    expect(openBelow(dir)).toEqual([]);
    expect(await indexedRecords(place, RUN_ID)).toBe(0);
  },
);

test('what is behind the last good line is cut, however long it is', async () => {
  const records = [opened(), ...acted(1)];
  const { dir, place } = await folder(records);
  await (await openRunIndex(place, RUN_ID)).close();
  const good = await readFile(place.path('index'), 'utf8');
  await writeFile(place.path('index'), good + '["00uEVIL",1,2]\n'.repeat(99));
  await writeFile(place.path('journal'), journalText([...records, ...acted(2)]));
  await (await openRunIndex(place, RUN_ID)).close();
  const text = await readFile(place.path('index'), 'utf8');
  expect([text.startsWith(good), text.includes('EVIL'), openBelow(dir)]).toEqual([true, false, []]);
  expect((await readRunIndex(place, RUN_ID)).behindBytes).toBe(0);
});

test('one that cannot be cut is closed', async () => {
  const { dir, place } = await folder([opened()]);
  failFrom({ file: 'index.jsonl', call: 'truncate', code: 'EIO', nth: 1 });
  await expect(openRunIndex(place, RUN_ID)).rejects.toMatchObject({ code: 'EIO' });
  expect(openBelow(dir)).toEqual([]);
});

test('a journal without an index is written all the same; one that cannot be opened closes its index', async () => {
  const records = [opened()];
  const { dir, place } = await folder(records);
  const replay = () => replayJournal(place.path('journal'), { runId: RUN_ID, rows: 9 });
  failFrom({ file: 'index.jsonl', call: 'open', code: 'EIO', nth: 1 });
  const journal = await openIndexedJournal(place, RUN_ID, await replay());
  await journal.append(outcome(1, { outcome: 'skipped' }));
  await journal.close();
  expect([sound() > 0, (await replay()).endedCount]).toEqual([true, 1]);
  failFrom({ file: 'journal.jsonl', call: 'sync', code: 'EIO', nth: 1 });
  const failing = await openIndexedJournal(place, RUN_ID, await replay());
  await expect(failing.append(outcome(2, { outcome: 'skipped' }))).rejects.toThrow();
  await expect(failing.close()).rejects.toThrow();
  sound();
  expect(openBelow(dir)).toEqual([]);
  await rm(place.path('journal'));
  await mkdir(place.path('journal'));
  const lost = await replayJournal(join(root, 'none.jsonl'), { runId: RUN_ID, rows: 9 });
  await expect(openIndexedJournal(place, RUN_ID, lost)).rejects.toThrow();
  expect(openBelow(dir)).toEqual([]);
});

test('the index has what its journal has when both are closed', async () => {
  const { place } = await folder([]);
  const replay = await replayJournal(place.path('journal'), { runId: RUN_ID, rows: 9 });
  const journal = await openIndexedJournal(place, RUN_ID, replay);
  for (const record of [opened(), ...acted(1), outcome(2, { outcome: 'skipped' })])
    await journal.append(record);
  expect([replay.now()?.endedCount, replay.stateOf(2)]).toEqual([2, 'ended']);
  await journal.close();
  expect(await indexedRecords(place, RUN_ID)).toBe(4);
});
