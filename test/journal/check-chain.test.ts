import { hash } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { JournalRecord } from '../../src/domain/run/journal-record.ts';
import { emptyHead, linkOf, trailerOf, type JournalHead } from '../../src/journal/chain.ts';
import { checkChain } from '../../src/journal/check-chain.ts';
import { replayJournal } from '../../src/journal/replay.ts';
import { attempt, journalText, newFolder, opened, outcome, RUN_ID } from './sample.ts';

const RECORDS: readonly JournalRecord[] = [
  opened(),
  attempt(1),
  outcome(1),
  attempt(42),
  outcome(42),
];
const path = join(await newFolder(), 'journal.jsonl');
const { signal } = new AbortController();

async function checked(text: string, records: number) {
  const after: JournalRecord[] = [];
  await writeFile(path, text);
  const check = await checkChain(
    path,
    { runId: RUN_ID, records },
    (one) => after.push(one),
    signal,
  );
  return { ...check, after: after.map((one) => `${one.kind} ${'row' in one ? one.row : ''}`) };
}

/** The state of a journal after its first records, as a replay has it. */
async function headOf(records: number): Promise<JournalHead> {
  const whole = join(await newFolder(), 'journal.jsonl');
  await writeFile(whole, journalText(RECORDS.slice(0, records)));
  const replay = await replayJournal(whole, { runId: RUN_ID, rows: 99 });
  await replay.close();
  return replay.head();
}

test.each([0, 1, 3, 5])('a whole journal is followed from record %i on', async (records) => {
  const { at, end, fault, after } = await checked(journalText(RECORDS), records);
  expect(at).toEqual(await headOf(records));
  expect(end).toEqual(await headOf(5));
  expect(fault).toBeUndefined();
  const all = ['opened ', 'attempt 1', 'outcome 1', 'attempt 42', 'outcome 42'];
  expect(after).toEqual(all.slice(records));
});

test('a journal of fewer records never reaches the one that is asked for', async () => {
  const { at, end, fault, after } = await checked(journalText(RECORDS), 6);
  expect([at, end.records, fault, after]).toEqual([undefined, 5, undefined, []]);
});

test('a journal that is missing has no records', async () => {
  const missing = `${path}.missing`;
  const check = await checkChain(missing, { runId: RUN_ID, records: 0 }, () => undefined, signal);
  expect(check).toEqual({ at: emptyHead(RUN_ID), end: emptyHead(RUN_ID), fault: undefined });
});

const line = (place: number, replace: (text: string) => string) => {
  const lines = journalText(RECORDS).split('\n');
  return lines.map((text, at) => (at === place ? replace(text) : text)).join('\n');
};

test.each<[string, string, number, number | undefined]>([
  ['a changed row', line(3, (text) => text.replace('"row":42', '"row":43')), 4, 43],
  ['a changed end of a row', line(4, (text) => text.replace('succeeded', 'failed')), 5, 42],
  ['a line that is no record', line(3, () => 'greetings'), 4, undefined],
  // What a later line is about says nothing of this one.
  ['a line without a row', line(0, (text) => text.replace('ops', 'ips')), 1, undefined],
  ['a row of a billion', line(3, () => '"row":1234567890,'), 4, undefined],
  ['a row far inside a long line', line(3, () => `${'x'.repeat(60_000)}"row":7}`), 4, 7],
  ['a row beyond what is looked at', line(3, () => `${'x'.repeat(66_000)}"row":7}`), 4, undefined],
])('%s is told with its line, and its row if it has one', async (_, text, at, row) => {
  const { fault, end, after } = await checked(text, 1);
  expect(fault).toEqual({ line: at, row, problem: 'it does not continue the chain of records' });
  expect(end).toEqual(await headOf(at - 1));
  expect(after).toHaveLength(Math.max(0, at - 2));
});

test('a line that is longer than any record is told as that', async () => {
  await writeFile(path, journalText(RECORDS));
  const { size } = await stat(path);
  await truncate(path, size + 17 * 1024 * 1024);
  const terms = { runId: RUN_ID, records: 0 };
  const { end, fault } = await checkChain(path, terms, () => undefined, signal);
  expect([end, fault]).toEqual([
    await headOf(5),
    { line: 6, row: undefined, problem: 'it is longer than any record' },
  ]);
});

test('a journal is closed again, whether it is whole or damaged', async () => {
  /** The number of the file that is opened next: the lowest one that is free. */
  const nextFile = () => {
    const file = openSync(path, 'r');
    closeSync(file);
    return file;
  };
  const texts = [journalText(RECORDS), line(3, () => 'greetings')];
  await checked(journalText(RECORDS), 0);
  const before = nextFile();
  for (let round = 0; round < 60; round += 1) await checked(texts[round % 2] ?? '', 1);
  expect(nextFile() - before).toBeLessThan(10);
});

test('a line with nothing before its link is not a record', () => {
  const link = hash('sha256', 'before', 'hex');
  const line = Buffer.from(trailerOf(link));
  expect(linkOf('before', line, 0, line.length)).toBeUndefined();
  const [body, next] = ['{', hash('sha256', 'before{', 'hex')];
  const shortest = Buffer.from(body + trailerOf(next));
  expect(linkOf('before', shortest, 0, shortest.length)).toEqual({ body, link: next });
});
