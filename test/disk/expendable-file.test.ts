/** A log that nothing depends on: what is written when, and what becomes of it if the disk fails. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openExpendableFile } from '../../src/disk/expendable-file.ts';
import type { FileHandle } from '../../src/disk/own-file.ts';
import { systemError, withWrites } from './replaced-calls.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'okta-reset-expendable-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

let nth = 0;
function opened() {
  nth += 1;
  const path = join(dir, `${nth}.log`);
  const lost: string[] = [];
  return { path, lost, file: openExpendableFile(path, (why) => lost.push(why)) };
}

const turn = () => new Promise((resolve) => void setImmediate(resolve));

/** Waits until a file has this many bytes, which a thread writes. */
async function hasBytes(path: string, bytes: number): Promise<void> {
  while (!existsSync(path) || statSync(path).size < bytes) await turn();
}

test('texts are kept in their order, and a few of them wait for the end', async () => {
  const { path, lost, file } = opened();
  file.write('one\n');
  file.write('two\n');
  await hasBytes(path, 0);
  file.write('three\n');
  expect(readFileSync(path, 'utf8')).toBe('');
  await file.close();
  expect([readFileSync(path, 'utf8'), lost]).toEqual(['one\ntwo\nthree\n', []]);
});

test('four kilobytes are written before the end, and what follows is not lost', async () => {
  const { path, file } = opened();
  const texts = ['a'.repeat(4095), 'b', 'c'.repeat(5000), 'd'.repeat(4096), 'e'];
  file.write(texts[0] ?? '');
  file.write(texts[1] ?? '');
  await hasBytes(path, 4096);
  for (const text of texts.slice(2, 4)) file.write(text);
  await hasBytes(path, 4096 + 9096);
  file.write(texts[4] ?? '');
  await file.close();
  expect(readFileSync(path, 'utf8')).toBe(texts.join(''));
});

test('is added to what is there already', async () => {
  const { path, file } = opened();
  await file.close();
  writeFileSync(path, 'old\n', { mode: 0o600 });
  const again = openExpendableFile(path, () => undefined);
  again.write('new\n');
  await again.close();
  expect(readFileSync(path, 'utf8')).toBe('old\nnew\n');
});

test('that cannot be opened is lost once, with the code, and nobody has to wait', async () => {
  const lost: string[] = [];
  const file = openExpendableFile(join(dir, 'none', 'a.log'), (why) => lost.push(why));
  file.write('x'.repeat(5000));
  await file.close();
  file.write('y'.repeat(5000));
  await file.close();
  expect(lost).toEqual(['ENOENT']);
});

/**
 * Runs `work` with what was written so far, and a promise of the next write. Nothing reaches the disk; `onWrite` is called
 * in each write, which fails if it throws.
 */
async function whileWriting(
  work: (written: readonly string[], nextWrite: () => Promise<void>) => Promise<void>,
  onWrite: (handle: FileHandle) => void = () => undefined,
): Promise<void> {
  const written: string[] = [];
  let tell: () => void = () => undefined;
  const nextWrite = () =>
    new Promise<void>((resolve) => {
      tell = resolve;
    });
  const write = async (handle: FileHandle, bytes: Uint8Array) => {
    written.push(Buffer.from(bytes).toString());
    tell();
    onWrite(handle);
    return { bytesWritten: bytes.length };
  };
  await withWrites(write, () => work(written, nextWrite));
}

/** A piece of the length that is written at once. */
const PIECE = 'x'.repeat(4096);

test('what is shorter than a piece waits for the next one, or for the end', async () => {
  await whileWriting(async (written, nextWrite) => {
    const { lost, file } = opened();
    for (const rest of [
      ['a', 'b'],
      ['c', 'd'],
    ]) {
      const next = nextWrite();
      file.write(PIECE);
      await next;
      for (const letter of rest) {
        await turn();
        file.write(letter);
      }
    }
    await turn();
    expect(written).toEqual([PIECE, `ab${PIECE}`]);
    await file.close();
    expect([written.slice(2), lost]).toEqual([['cd'], []]);
  });
});

test.each([
  ['ENOSPC', 'ENOSPC'],
  ['no code', 'unknown error'],
])(
  'after an error with %s nothing more is written, and the reason is told once',
  async (code, why) => {
    const error = code === why ? systemError(code) : new Error(code);
    const { lost, file } = opened();
    const fail = (handle: FileHandle) => {
      file.write('in the meantime');
      const close = handle.close.bind(handle);
      handle.close = () => close().then(() => Promise.reject(systemError('EIO')));
      throw error;
    };
    await whileWriting(async (written, nextWrite) => {
      const first = nextWrite();
      file.write(PIECE);
      await first;
      await turn();
      file.write(PIECE);
      await file.close();
      expect([written, lost]).toEqual([[PIECE], [why]]);
    }, fail);
  },
);
