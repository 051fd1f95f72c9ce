import { describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { open, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../src/domain/codes/app-error.ts';
import { openAppendFile, openLines } from '../../src/disk/append/append-file.ts';
import { emptyHead } from '../../src/journal/chain.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { replayJournal } from '../../src/journal/replay.ts';
import {
  attempt,
  journalText,
  linesOf,
  MemoryFile,
  newFolder,
  opened,
  outcome,
  RUN_ID,
} from './sample.ts';

const inMemory = (file: MemoryFile) =>
  openJournal({ file, head: emptyHead(RUN_ID), path: 'journal.jsonl' });

describe('the journal', () => {
  test('keeps records in the order of the calls, chained, in a file only its owner reads', async () => {
    const path = join(await newFolder(), 'journal.jsonl');
    const journal = await openJournal({
      file: await openAppendFile(path),
      head: emptyHead(RUN_ID),
      path,
    });
    const records = [opened(), ...[1, 2, 3, 4].flatMap((row) => [attempt(row), outcome(row)])];
    await Promise.all(records.map((record) => journal.append(record)));
    await journal.close();

    expect(`${(await linesOf(path)).join('\n')}\n`).toBe(journalText(records));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const replay = await replayJournal(path, { runId: RUN_ID, rows: 4 });
    expect(replay.chain).toBe('intact');
    expect(replay.endedCount).toBe(4);
  });

  test('resolves an append only after a sync that covers it', async () => {
    const file = new MemoryFile();
    const journal = await inMemory(file);
    let end = 0;
    await Promise.all(
      [opened(), ...Array.from({ length: 50 }, (_, at) => attempt(at + 1))].map(async (record) => {
        const kept = journal.append(record);
        await kept;
        expect(file.durable).toBe(file.written.length);
        end = Math.max(end, file.durable);
      }),
    );
    expect(end).toBe(file.written.length);
  });

  test('covers all records that wait with one write and one sync', async () => {
    const file = new MemoryFile();
    const journal = await inMemory(file);
    const workers = 64;
    await journal.append(opened());
    await Promise.all(
      Array.from({ length: workers }, async (_, at) => {
        await journal.append(attempt(at + 1));
        await journal.append(outcome(at + 1));
      }),
    );
    expect(file.calls).toEqual(['write', 'sync', 'write', 'sync', 'write', 'sync']);
  });

  test('continues after a short write', async () => {
    const file = new MemoryFile();
    file.most = 7;
    const journal = await inMemory(file);
    const records = [opened(), attempt(1), outcome(1)];
    for (const record of records) await journal.append(record);
    expect(file.written.toString()).toBe(journalText(records));
  });

  test.each(['ENOSPC', 'EROFS', 'EACCES', 'EIO'])(
    'is dead after %s at any write or sync: nothing later resolves, nothing more is written',
    async (code) => {
      for (let failAt = 1; failAt <= 8; failAt += 1) {
        const file = new MemoryFile();
        Object.assign(file, { failAt, code, most: 300 });
        const journal = await inMemory(file);
        const kept: boolean[] = [];
        const errors: unknown[] = [];
        for (const batch of [
          [opened(), attempt(1)],
          [outcome(1), attempt(2)],
          [outcome(2), attempt(3)],
        ]) {
          const ends = await Promise.allSettled(batch.map((record) => journal.append(record)));
          for (const end of ends) {
            kept.push(end.status === 'fulfilled');
            if (end.status === 'rejected') errors.push(end.reason);
          }
        }
        const first = kept.indexOf(false);
        expect(first).toBeGreaterThanOrEqual(0);
        expect(kept.slice(first)).not.toContain(true);
        expect(file.calls).toHaveLength(failAt);
        const all = [opened(), attempt(1), outcome(1), attempt(2)];
        expect(file.written.toString().startsWith(journalText(all.slice(0, first)))).toBe(true);
        for (const error of errors) {
          expect(error).toBe(errors[0]);
          expect(error).toBeInstanceOf(AppError);
          expect(error).toMatchObject({ code: 'DISK', exitCode: 7 });
          expect((error as AppError).hint).toContain('okta-reset resume');
        }
        await expect(journal.close()).rejects.toBe(errors[0]);
        expect(file.closed).toBe(true);
      }
    },
  );

  test('rejects appends that wait behind the batch that failed', async () => {
    const file = new MemoryFile();
    file.failAt = 2;
    const journal = await inMemory(file);
    const first = journal.append(opened());
    const waiting = new Promise<void>((resolve) => void setImmediate(resolve)).then(() =>
      journal.append(attempt(1)),
    );
    await expect(first).rejects.toMatchObject({ code: 'DISK' });
    await expect(waiting).rejects.toMatchObject({ code: 'DISK' });
    expect(file.calls).toEqual(['write', 'sync']);
  });

  test('close waits for what was appended and refuses what comes after', async () => {
    const file = new MemoryFile();
    const journal = await inMemory(file);
    const kept = journal.append(opened());
    await journal.close();
    await kept;
    expect(file.durable).toBe(journalText([opened()]).length);
    await expect(journal.append(attempt(1))).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  test('removes a torn tail before it continues', async () => {
    const path = join(await newFolder(), 'journal.jsonl');
    const before = [opened(), attempt(1), outcome(1)];
    await writeFile(path, `${journalText(before)}{"seq":4,"kind":"att`);
    const torn = await replayJournal(path, { runId: RUN_ID, rows: 2 });
    expect(torn.chain).toBe('torn-tail');

    const journal = await openJournal({
      file: await openAppendFile(path),
      head: torn.head(),
      path,
    });
    const after = [opened({ pid: 4712 }), attempt(2), outcome(2)];
    for (const record of after) await journal.append(record);
    await journal.close();
    expect(`${(await linesOf(path)).join('\n')}\n`).toBe(journalText([...before, ...after]));
  });

  test('refuses a file that lost records since it was replayed', async () => {
    const file = new MemoryFile();
    const head = { ...emptyHead(RUN_ID), bytes: 10, records: 1 };
    await expect(openJournal({ file, head, path: 'journal.jsonl' })).rejects.toMatchObject({
      code: 'RUN_DAMAGED',
    });
    expect(file.closed).toBe(true);
  });

  test('refuses a file that differs from the replayed one, and one whose torn tail is still there', async () => {
    const text = journalText([opened()]);
    const head = { ...emptyHead(RUN_ID), bytes: text.length, records: 1, link: linkAfter(text) };
    const other = new MemoryFile();
    other.written = Buffer.from(journalText([opened()], 'another-run'.padEnd(RUN_ID.length, '-')));
    await expect(
      openJournal({ file: other, head: { ...head, bytes: other.size }, path: 'journal.jsonl' }),
    ).rejects.toMatchObject({ code: 'RUN_DAMAGED' });
    const torn = new MemoryFile();
    torn.written = Buffer.from(`${text}{"seq":2`);
    torn.failAt = 1;
    await expect(openJournal({ file: torn, head, path: 'journal.jsonl' })).rejects.toMatchObject({
      code: 'DISK',
    });
    expect([other.closed, torn.closed]).toEqual([true, true]);
    torn.failAt = Infinity;
    await openJournal({ file: torn, head, path: 'journal.jsonl' });
    expect([torn.written.toString(), torn.durable]).toEqual([text, text.length]);
  });
});

/** The link of the last line of a journal. */
function linkAfter(text: string): string {
  return (JSON.parse(text.trim().split('\n').at(-1) ?? '') as { readonly chain: string }).chain;
}

test('openLines removes an incomplete last line, however long the line', async () => {
  const path = join(await newFolder(), 'secrets.jsonl');
  await writeFile(path, `{"a":1}\n{"b":"${'x'.repeat(200_000)}`);
  const lines = await openLines(path);
  await lines.append('{"c":3}\n');
  await lines.close();
  expect(await linesOf(path)).toEqual(['{"a":1}', '{"c":3}']);
});

test('a folder that does not exist is an error of the disk', async () => {
  const path = join(await newFolder(), 'missing', 'journal.jsonl');
  await expect(openAppendFile(path)).rejects.toMatchObject({ code: 'DISK', exitCode: 7 });
});

test('a folder in place of the journal is refused, for root too', async () => {
  const path = join(await newFolder(), 'journal.jsonl');
  await mkdir(path);
  await expect(openAppendFile(path)).rejects.toMatchObject({
    code: 'FILE_NOT_YOURS',
    exitCode: 5,
    message: expect.stringContaining('it is a folder'),
  });
});

// A device of Linux that is always full. Elsewhere there is no disk that can be filled without harm.
(existsSync('/dev/full') ? test : test.skip)(
  'a real disk without room takes no record',
  async () => {
    const path = '/dev/full';
    // okta-reset refuses it, because it is not a file.
    await expect(openAppendFile(path)).rejects.toMatchObject({ code: 'FILE_NOT_YOURS' });
    const handle = await open(path, 'a');
    const journal = await openJournal({
      file: {
        size: 0,
        readAt: async () => new Uint8Array(),
        write: async (bytes) => (await handle.write(bytes)).bytesWritten,
        sync: () => handle.datasync(),
        truncate: (length) => handle.truncate(length),
        close: () => handle.close(),
      },
      head: emptyHead(RUN_ID),
      path,
    });
    const full = { code: 'DISK', exitCode: 7, message: expect.stringContaining('ENOSPC') };
    await expect(journal.append(opened())).rejects.toMatchObject(full);
    await expect(journal.append(attempt(1))).rejects.toMatchObject(full);
    await expect(journal.close()).rejects.toMatchObject(full);
  },
);
