import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readLines } from '../../src/journal/line-reader.ts';
import { newFolder } from './sample.ts';

const MIB = 1024 * 1024;
const path = join(await newFolder(), 'journal.jsonl');

interface Told {
  readonly lines: readonly string[];
  readonly offsets: readonly number[];
  readonly tornBytes: number;
  readonly overlong: boolean;
}

/** What is told of a file's lines, of which each is also compared with the bytes at its offset. */
async function told(file: Buffer, from = 0, most = Infinity): Promise<Told> {
  await writeFile(path, file);
  const lines: string[] = [];
  const offsets: number[] = [];
  const read = await readLines(
    path,
    (bytes, start, end, offset) => {
      const line = bytes.toString('utf8', start, end);
      expect(file.toString('utf8', offset, offset + end - start + 1)).toBe(`${line}\n`);
      lines.push(line);
      offsets.push(offset);
      return lines.length < most;
    },
    undefined,
    from,
  );
  return { lines, offsets, ...read };
}

test('every line is told once, in order, with its place, from any line on', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.constantFrom('', 'ü', '🙂'), fc.string({ maxLength: 9 }))),
      fc.string({ maxLength: 5 }),
      fc.nat({ max: 5 }),
      async (texts, tail, skipped) => {
        const lines = texts.map((text) => text.replaceAll('\n', ' '));
        const torn = tail.replaceAll('\n', ' ');
        const before = lines.slice(0, skipped).map((line) => `${line}\n`);
        const file = Buffer.from([...lines, torn].join('\n'));
        const read = await told(file, Buffer.byteLength(before.join('')));
        expect(read.lines).toEqual(lines.slice(skipped));
        expect([read.tornBytes, read.overlong]).toEqual([Buffer.byteLength(torn), false]);
      },
    ),
    { numRuns: 60 },
  );
});

test('lines are told whole where blocks of the file end, and where they are longer than one', async () => {
  const lengths = [0, MIB - 2, 0, 1, MIB - 1, MIB, MIB + 1, 5, 3 * MIB, 0];
  const lines = lengths.map((length, at) => String.fromCharCode(97 + at).repeat(length));
  const read = await told(Buffer.from(`${lines.join('\n')}\ntorn`));
  expect(read.lines.map((line) => line.length)).toEqual(lengths);
  expect(read.lines.every((line, at) => line === lines[at])).toBe(true);
  expect([read.tornBytes, read.overlong]).toEqual([4, false]);
});

test('no line is told after one at which the reader stopped', async () => {
  const read = await told(Buffer.from('one\ntwo\nthree\nfour'), 0, 2);
  expect(read).toEqual({ lines: ['one', 'two'], offsets: [0, 4], tornBytes: 0, overlong: false });
});

test('a line that is longer than any record ends the reading', async () => {
  const read = await told(Buffer.concat([Buffer.from('one\n'), Buffer.alloc(17 * MIB, 'x')]));
  expect(read).toEqual({ lines: ['one'], offsets: [0], tornBytes: 0, overlong: true });
});

test('a file that is missing has no lines, one that cannot be opened is an error, and an abort ends it', async () => {
  const none = await readLines(join(path, '../missing'), () => true);
  expect(none).toEqual({ tornBytes: 0, overlong: false });
  await writeFile(path, 'one\n');
  await expect(readLines(join(path, 'below'), () => true)).rejects.toMatchObject({
    code: 'ENOTDIR',
  });
  const reason = new Error('stop');
  await expect(readLines(path, () => true, AbortSignal.abort(reason))).rejects.toBe(reason);
});
