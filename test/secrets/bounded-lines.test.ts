import { expect, test } from '@jest/globals';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boundedLines } from '../../src/secrets/bounded-lines.ts';

const MIB = 1024 * 1024;
/** What is read at once. */
const CHUNK = 64 * 1024;

/** The lengths of the lines that are read back from lines of these lengths; undefined for one that is too long. */
async function readBack(lengths: readonly number[], tail = ''): Promise<readonly unknown[]> {
  const path = join(await mkdtemp(join(tmpdir(), 'okta-reset-')), 'secrets.jsonl');
  const lines = lengths.map((length, nth) => `${String.fromCharCode(97 + nth).repeat(length)}\n`);
  await writeFile(path, lines.join('') + tail, { mode: 0o600 });
  const read: unknown[] = [];
  for await (const line of boundedLines(path)) {
    const isWhole = line === undefined || line === lines[read.length]?.trimEnd();
    read.push(isWhole ? line?.length : line.slice(0, 100));
  }
  return read;
}

test('lines are read completely, wherever the pieces of the file begin', async () => {
  for (const first of [CHUNK - 2, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK]) {
    const lengths = [first, 0, 1, CHUNK, 7];
    expect(await readBack(lengths)).toEqual(lengths);
  }
});

test('a letter of several bytes is read, wherever the pieces of the file begin', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'okta-reset-')), 'secrets.jsonl');
  for (const shift of [0, 1, 2]) {
    const line = 'x'.repeat(shift) + '愛'.repeat(CHUNK);
    await writeFile(path, `${line}\n`, { mode: 0o600 });
    for await (const read of boundedLines(path)) expect(read === line).toBe(true);
  }
});

test('a line of 1 MiB is read; a longer one is reported as such, and those after it are read', async () => {
  const long = [MIB, 5, MIB + 1, 3, 2 * MIB, 20 * CHUNK, 0, 9];
  expect(await readBack(long)).toEqual([MIB, 5, undefined, 3, undefined, undefined, 0, 9]);
});

test('what follows the last newline is left out, however long', async () => {
  expect(await readBack([4], 'torn')).toEqual([4]);
  expect(await readBack([4], 'x'.repeat(2 * MIB))).toEqual([4]);
  expect(await readBack([])).toEqual([]);
});
