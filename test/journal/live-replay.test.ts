import { describe, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalRecord } from '../../src/domain/run/journal-record.ts';
import { openAppendFile } from '../../src/disk/append/append-file.ts';
import { emptyHead } from '../../src/journal/chain.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { replayJournal, type Replay } from '../../src/journal/replay.ts';
import {
  attempt,
  effect,
  journalText,
  MemoryFile,
  newFolder,
  opened,
  outcome,
  RUN_ID,
} from './sample.ts';

const ROWS = 5;
const run = { runId: RUN_ID, rows: ROWS };
const traffic = { bucket: '/api/v1/users', calls: 7, throttled: 1, waitedMs: 250 };

const whole: readonly JournalRecord[] = [
  opened(),
  attempt(1),
  attempt(2),
  outcome(1, { message: 'grüße 🎈' }),
  effect(2),
  attempt(2, { attempt: 2, at: '2026-11-22T03:15:40.000Z' }),
  { kind: 'note', at: '2026-11-22T03:15:41.000Z', note: { kind: 'traffic', ...traffic } },
  outcome(3, { outcome: 'skipped', reason: 'changed-since', attempts: 0 }),
  effect(2, { attempt: 2, effect: 'unknown' }),
  attempt(4),
  { kind: 'closed', at: '2026-11-22T03:15:50.000Z', stop: { kind: 'disk', detail: 'full' } },
  opened({ pid: 2, at: '2026-11-22T03:16:00.000Z' }),
  outcome(2, { attempts: 2, outcome: 'unknown' }),
  { kind: 'note', at: '2026-11-22T03:16:20.000Z', note: { kind: 'canary-verified', rows: 2 } },
  { kind: 'closed', at: '2026-11-22T03:16:30.000Z' },
];

/** What only a record that was read from the disk still has. */
function asWritten(this: object, key: string, value: unknown): unknown {
  return 'kind' in this && (key === 'seq' || key === 'chain') ? undefined : value;
}

/** All that a replay says, as one value. */
async function told(replay: Replay) {
  const rows = Array.from({ length: ROWS }, (_, at) => at + 1);
  const outcomes: unknown[] = [];
  for (const row of rows) outcomes.push(await replay.outcomeOf(row));
  const said = {
    ...replay,
    head: replay.head(),
    open: [...replay.open],
    states: rows.map((row) => replay.stateOf(row)),
    ended: rows.map((row) => replay.ended(row)),
    openRows: rows.map((row) => replay.openRow(row)),
    outcomes,
  };
  await replay.close();
  return JSON.parse(JSON.stringify(said, asWritten)) as unknown;
}

async function followed(path: string, records: readonly JournalRecord[]): Promise<Replay> {
  const replay = await replayJournal(path, run);
  const journal = await openJournal({
    file: await openAppendFile(path),
    head: replay.head(),
    path,
    onDurable: replay.take,
  });
  await Promise.all(records.map((record) => journal.append(record)));
  await journal.close();
  await replay.close();
  const now = replay.now();
  if (now === undefined) throw new Error('A record did not fit.');
  return now;
}

describe('a replay that follows its journal', () => {
  test('says the same as a new replay, from whichever record on it follows', async () => {
    const path = join(await newFolder(), 'journal.jsonl');
    for (let from = 0; from <= whole.length; from += 1) {
      for (const tail of ['', '{"seq":']) {
        await writeFile(
          path,
          journalText(whole.slice(0, from)) + (from < whole.length ? tail : ''),
        );
        const now = await told(await followed(path, whole.slice(from)));
        expect(now).toEqual(await told(await replayJournal(path, run)));
      }
    }
  });

  test('folds a record when it is on disk, before those who wait for it continue, and never earlier', async () => {
    const file = new MemoryFile();
    const taken: [string, boolean][] = [];
    const journal = await openJournal({
      file,
      head: emptyHead(RUN_ID),
      path: 'journal.jsonl',
      onDurable: ({ kind }) => taken.push([kind, file.durable === file.written.length]),
    });
    await journal.append(opened());
    expect(taken).toEqual([['opened', true]]);
    // write, sync, write, sync: the next batch is written, and its sync fails.
    file.failAt = 4;
    await expect(journal.append(attempt(1))).rejects.toMatchObject({ code: 'DISK' });
    await expect(journal.append(attempt(2))).rejects.toMatchObject({ code: 'DISK' });
    expect(taken).toEqual([['opened', true]]);
  });

  test('knows no state any more after a record that does not fit', async () => {
    const path = join(await newFolder(), 'journal.jsonl');
    await writeFile(path, journalText([opened(), attempt(1), outcome(1)]));
    const replay = await replayJournal(path, run);
    replay.take(attempt(1, { attempt: 2 }), 100, 'ab'.repeat(32));
    expect(replay.now()).toBeUndefined();
    replay.take(attempt(2), 100, 'cd'.repeat(32));
    expect(replay.now()).toBeUndefined();
    await replay.close();
  });
});
