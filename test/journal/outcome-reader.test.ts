import { expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openLines } from '../../src/disk/append-file.ts';
import { OutcomeReader } from '../../src/journal/outcome-reader.ts';
import { newFolder, outcome } from './sample.ts';

const READ_BLOCK = 256 * 1024;
const TAIL_BLOCK = 64 * 1024;

test.each([-1, 0, 1])(
  'a record whose newline stands %d bytes from the start of a block is read whole',
  async (shift) => {
    const line = JSON.stringify({ seq: 1, ...outcome(7, { message: 'ü'.repeat(200) }), chain: '' });
    const offset = READ_BLOCK + shift - Buffer.byteLength(line);
    const text = `${' '.repeat(offset - 1)}\n${line}\n${line.replace('"row":7', '"row":8')}\n`;
    const path = join(await newFolder(), 'journal.jsonl');
    await writeFile(path, text);
    const reader = new OutcomeReader(path, Buffer.byteLength(text));
    expect(await reader.at(offset)).toMatchObject({ kind: 'outcome', row: 7 });
    expect(await reader.at(READ_BLOCK + shift + 1)).toMatchObject({ row: 8 });
    await reader.close();
  },
);

test.each([-1, 0, 1])(
  'a torn line is cut off where the newline before it stands %d bytes from the start of a block',
  async (shift) => {
    const path = join(await newFolder(), 'secrets.jsonl');
    const kept = 'one\nsecond\n';
    await writeFile(path, kept + 'y'.repeat(TAIL_BLOCK - 1 + shift));
    await (await openLines(path)).close();
    expect(await readFile(path, 'utf8')).toBe(kept);
  },
);
