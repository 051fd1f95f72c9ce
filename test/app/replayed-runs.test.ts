/** A journal against its folder: what shows that a run was begun, or had got further, although its journal does not. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replayRun } from '../../src/app/run/replay-run.ts';
import { openRunIndex } from '../../src/app/runs/index/index-writer.ts';
import type { JournalRecord } from '../../src/domain/run/journal-record.ts';
import { attempt, journalText } from '../journal/sample.ts';
import { planned } from '../report/sample.ts';
import { openBelow } from './open-files.ts';
import {
  abortedAtEachRead,
  acted,
  around,
  begunAs,
  makeRun,
  newFolder,
  placeOf,
  type Made,
} from './run-folders.ts';

const root = await newFolder();
afterAll(() => rm(root, { recursive: true }));

const HEADER = '_user_id,_row,_outcome,_reason,_run_id,_action\n';
const line = (outcome: string, reason = '') =>
  `${planned(1).userId},1,${outcome},${reason},x,reset-password\n`;
const begun = begunAs({ runId: 'x', planDigest: '' });
const secretOf = (row: number) =>
  `${JSON.stringify({
    ...{ row, userId: planned(1).userId, login: 'u', what: 'temp-password' },
    ...{ at: begun.at, attempt: 1, secret: 'x' },
  })}\n`;

let folders = 0;
async function folder(made: Made = {}) {
  folders += 1;
  const dir = join(root, String(folders));
  return { dir, run: await makeRun(dir, { ...made, run: { runId: 'x', ...made.run } }) };
}

/** What is wrong with the journal of such a run; undefined if nothing is. */
async function problemOf(made: Made): Promise<string | undefined> {
  const { dir, run } = await folder(made);
  const replay = await replayRun(placeOf(dir), run, around(root).context);
  await replay.close();
  expect(openBelow(dir)).toEqual([]);
  return replay.chainState.kind === 'broken' ? replay.chainState.problem : undefined;
}
const hadBegun = (sign: string) => `it is missing, though ${sign} shows that the run had begun`;
const gotFurther = (sign: string) =>
  `it is missing, though ${sign} shows that the run had got further`;

describe('a run without a journal', () => {
  test('is a plan if nothing shows more', async () => {
    expect(await problemOf({})).toBeUndefined();
    expect(await problemOf({ files: { 'secrets.jsonl': '' } })).toBeUndefined();
    expect(await problemOf({ files: { 'journal.jsonl': '' } })).toBeUndefined();
    const written = { 'report.html': 'x', 'preview.txt': 'succeeded' };
    expect(await problemOf({ files: written })).toBeUndefined();
  });

  test.each(['summary.json', 'results.json', 'failed.csv', 'not-attempted.csv', 'secrets.jsonl'])(
    'has lost it if there is a %s',
    async (name) => {
      const files = { [name]: secretOf(1) };
      expect(await problemOf({ files })).toBe(hadBegun(name));
      expect(await problemOf({ files: { ...files, 'journal.jsonl': '' } })).toBe(hadBegun(name));
    },
  );

  test.each(['succeeded', 'failed', 'unknown'])(
    'has lost it if a row of results.csv is %s',
    async (outcome) => {
      const files = { 'results.csv': `${HEADER}${line('not-attempted')}${line(outcome)}` };
      expect(await problemOf({ files })).toBe(hadBegun('results.csv'));
    },
  );

  test('is a plan if results.csv has no outcome, whatever words are in it, or is something else', async () => {
    for (const text of [
      HEADER,
      `${HEADER}${line('skipped', 'failed before')}${line('not-attempted', 'unknown')}`,
      'failed\nsucceeded,unknown\n',
      `${HEADER}${line('failed?')}`,
    ])
      expect([text, await problemOf({ files: { 'results.csv': text } })]).toEqual([
        text,
        undefined,
      ]);
  });

  test('that acts on nobody has reports, and no journal', async () => {
    const rows = [planned(1, { kind: 'skip', reason: 'excluded' })];
    expect(await problemOf({ rows, files: { 'summary.json': '{}' } })).toBeUndefined();
  });

  test('is recognized by a word wherever the pieces of a file that is read end', async () => {
    const pieceBytes = 64 * 1024;
    const row = line('skipped', 'x'.repeat(400));
    const many = row.repeat(Math.floor((pieceBytes - HEADER.length) / row.length) - 1);
    for (let before = 0; before <= 'succeeded'.length; before += 1) {
      const rest = pieceBytes - before - HEADER.length - many.length;
      const upTo = line('succeeded').indexOf('succeeded');
      const fill = line('skipped', '').length;
      const text = `${HEADER}${many}${line('skipped', 'x'.repeat(rest - fill - upTo))}${line('succeeded')}`;
      expect(text.indexOf('succeeded')).toBe(pieceBytes - before);
      const files = { 'results.csv': text };
      expect([before, await problemOf({ files })]).toEqual([before, hadBegun('results.csv')]);
    }
  });

  test('is not taken for a plan because of an abort', async () => {
    const text = `${HEADER}${line('succeeded')}`;
    const { dir, run } = await folder({ files: { 'results.csv': text } });
    const ends = await abortedAtEachRead(root, ({ context, drain }) =>
      replayRun(placeOf(dir), run, context, drain.signal),
    );
    expect(ends.length).toBeGreaterThan(1);
    for (const { end } of ends)
      if (end instanceof Error) expect(end.message).toBe('gone');
      else expect(end.chainState.kind).toBe('broken');
  });
});

describe('a journal', () => {
  const records: readonly JournalRecord[] = [begun, ...acted(1), ...acted(2)];

  test('that ends before what the index has read of it has lost the rest', async () => {
    const { dir, run } = await folder({ records });
    const place = placeOf(dir);
    await (await openRunIndex(place, 'x')).close();
    const problem = async () => {
      const { chainState } = await replayRun(place, run, around(root).context);
      return chainState.kind === 'broken' ? chainState.problem : undefined;
    };
    expect(await problem()).toBeUndefined();
    await writeFile(place.path('journal'), journalText(records.slice(0, 3), 'x'));
    expect(await problem()).toBe(gotFurther('index.jsonl'));
    await rm(place.path('journal'));
    expect(await problem()).toBe(hadBegun('index.jsonl'));
    expect(await readFile(place.path('index'), 'utf8')).not.toBe('');
  });

  test('that does not have the row of the latest secret has lost its attempt', async () => {
    const secrets = (row: number) => ({ records, files: { 'secrets.jsonl': secretOf(row) } });
    expect(await problemOf(secrets(3))).toBe(gotFurther('secrets.jsonl'));
    expect(await problemOf(secrets(2))).toBeUndefined();
    // Somebody added that row: the plan does not have it.
    expect(await problemOf(secrets(4))).toBeUndefined();
    const open = { ...secrets(3), records: [...records, attempt(3)] };
    expect(await problemOf(open)).toBeUndefined();
  });
});
