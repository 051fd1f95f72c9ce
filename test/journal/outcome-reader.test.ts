import { expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openLines } from '../../src/disk/append/append-file.ts';
import { chainLine, emptyHead } from '../../src/journal/chain.ts';
import { ChainMarks, OutcomeReader } from '../../src/journal/outcome-reader.ts';
import { newFolder, outcome } from './sample.ts';

const TAIL_BLOCK = 64 * 1024;

/** A journal of this many outcomes, longer than a block, and where each one is. */
async function journalOf(rows: number) {
  const head = emptyHead('run');
  const marks = new ChainMarks(head);
  let { link, bytes } = head;
  let text = '';
  const offsets: number[] = [];
  for (let row = 1; row <= rows; row += 1) {
    const next = chainLine(link, row, outcome(row, { message: 'ü'.repeat(row % 200) }));
    offsets.push(bytes);
    text += next.line;
    bytes += Buffer.byteLength(next.line);
    ({ link } = next);
    marks.advance({ runId: 'run', bytes, records: row, link });
  }
  const path = join(await newFolder(), 'journal.jsonl');
  await writeFile(path, text);
  return { path, text, offsets, reader: new OutcomeReader(path, marks) };
}

test('each record of a journal of several blocks is read back', async () => {
  const { offsets, reader } = await journalOf(2000);
  for (const [place, offset] of offsets.entries())
    expect((await reader.at(offset)).row).toBe(place + 1);
  await reader.close();
});

test('a record that has changed since the journal was checked is refused', async () => {
  const { path, text, offsets, reader } = await journalOf(2000);
  await writeFile(path, text.replace('"row":1500,', '"row":1501,'));
  expect((await reader.at(offsets[0]!)).row).toBe(1);
  await expect(reader.at(offsets[1499]!)).rejects.toMatchObject({ code: 'RUN_DAMAGED' });
  await reader.close();
  // Another journal that is complete in itself.
  const other = await journalOf(1999);
  await writeFile(path, await readFile(other.path));
  await expect(reader.at(offsets[1999]!)).rejects.toMatchObject({ code: 'RUN_DAMAGED' });
  await reader.close();
  await other.reader.close();
});

test.each([-1, 0, 1])(
  'a torn line is removed if the newline before it is %d bytes from the start of a block',
  async (shift) => {
    const path = join(await newFolder(), 'secrets.jsonl');
    const kept = 'one\nsecond\n';
    await writeFile(path, kept + 'y'.repeat(TAIL_BLOCK - 1 + shift));
    await (await openLines(path)).close();
    expect(await readFile(path, 'utf8')).toBe(kept);
  },
);
