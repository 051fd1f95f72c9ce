/** Files that are read and written completely, however little the disk does at a time, or not at all. */
import { linkSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { digestOwnFile } from '../../src/disk/digest-file.ts';
import { readKernelLink, readKernelText } from '../../src/disk/look.ts';
import { readOwnText } from '../../src/disk/own-file.ts';
import { readPackageFile } from '../../src/disk/package-file.ts';
import { withPrivateFile } from '../../src/disk/private-file.ts';
import { replaceFile } from '../../src/disk/staged-files.ts';
import { writeAll } from '../../src/disk/write-all.ts';
import { onFileCalls, shortenReads } from './file-calls.ts';
import { systemError, withHandleCalls } from './replaced-calls.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'okta-reset-failing-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

let nth = 0;
async function newFile(text?: string, mode = 0o600): Promise<string> {
  nth += 1;
  const path = join(dir, `${nth}`);
  if (text === undefined) return path;
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
}
const modeOf = async (path: string) => (await stat(path)).mode & 0o777;
const { signal } = new AbortController();

/** Lets one sync of an open file fail while `work` runs. */
async function withFailingSync(nth: number, work: () => Promise<void>): Promise<void> {
  let calls = 0;
  const fail = () => {
    calls += 1;
    if (calls === nth) throw systemError('EIO');
  };
  await withHandleCalls(['sync'], fail, work);
}

// Only Linux has /proc: skipped elsewhere, and shown as skipped.
const onLinux = process.platform === 'linux' ? test : test.skip;

describe('a file is read', () => {
  test.each([1, 2, 5])('completely, if the disk gives %d bytes at a time', async (most) => {
    const path = await newFile('abcdefg', 0o644);
    const { sha256 } = await digestOwnFile(path, { signal });
    const release = await shortenReads(() => most);
    try {
      expect(await readOwnText(path, 100)).toBe('abcdefg');
      expect(await readOwnText(path, 6)).toBe('abcdef');
      expect(await digestOwnFile(path, { signal })).toEqual({ size: 7, bytes: 7, sha256 });
    } finally {
      release();
    }
    expect(await modeOf(path)).toBe(0o644);
  });

  test('up to where it was cut in the meantime', async () => {
    const path = await newFile('abcdefg');
    const left = [3, 0, 3, 0];
    const release = await shortenReads(() => left.shift() ?? 0);
    try {
      expect(await readOwnText(path, 100)).toBe('abc');
      expect(await digestOwnFile(path, { signal })).toMatchObject({ size: 7, bytes: 3 });
    } finally {
      release();
    }
  });

  test('in large blocks, and with other names, for its digest', async () => {
    const path = await newFile('x'.repeat(300_000));
    linkSync(path, `${path}-too`);
    let calls = 0;
    const release = await onFileCalls(() => {
      calls += 1;
    });
    try {
      expect(await digestOwnFile(path, { signal })).toMatchObject({ bytes: 300_000 });
    } finally {
      release();
    }
    expect(calls).toBeLessThan(10);
    await rm(`${path}-too`);
  });

  onLinux('if it has text, but no size', async () => {
    expect(await readOwnText('/proc/self/status', 100_000)).toMatch(/^Name:/);
    expect((await digestOwnFile('/proc/self/status', { signal })).bytes).toBeGreaterThan(100);
    expect(await readKernelText('/proc/self/status')).toMatch(/^Name:/);
    expect(await readKernelLink('/proc/self/exe')).toBe(process.execPath);
  });

  test('from the package as text', () => {
    expect(readPackageFile('package.json')).toMatch(/"name": "okta-reset"/);
  });
});

test.each([1, 2])('a private file is not left if the disk fails at its sync %d', async (at) => {
  const path = await newFile();
  await withFailingSync(at, async () => {
    await expect(withPrivateFile(path, (output) => output.write('x'))).rejects.toMatchObject({
      code: 'DISK',
      message: `Cannot write ${path} (EIO). No partial file is left.`,
      hint: expect.stringContaining('move that file to a working disk. Then type'),
    });
  });
  await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a file that replaces another is told of only after its new name is durable', async () => {
  const folder = await mkdtemp(join(dir, 'stage-'));
  const failed = (cause: unknown) => ({ failed: cause });
  // The first sync is the file's, the second one the folder's.
  await withFailingSync(2, async () => {
    await expect(replaceFile(folder, 'file', 'new', { nowMs: 0, failed })).rejects.toMatchObject({
      failed: { code: 'EIO' },
    });
  });
  expect(await readdir(folder)).toEqual(['file']);
});

test('all bytes are written, however many the disk accepts at a time, and none twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 40 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      async (bytes, sizes) => {
        const written: number[] = [];
        let turn = 0;
        await writeAll(async (rest) => {
          const taken = Math.min(rest.length, sizes[turn % sizes.length] ?? 1);
          turn += 1;
          written.push(...rest.subarray(0, taken));
          return taken;
        }, bytes);
        expect(written).toEqual([...bytes]);
      },
    ),
    { examples: [[new Uint8Array([1, 2, 3]), [1]]] },
  );
  for (const taken of [0, -1])
    await expect(writeAll(async () => taken, new Uint8Array(3))).rejects.toThrow('more bytes');
});
