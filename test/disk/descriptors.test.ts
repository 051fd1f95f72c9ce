/** What is left open, or synced, or cut: what a caller of `src/disk/` cannot see in a result, but a long run can. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openAppendFile, openLines } from '../../src/disk/append/append-file.ts';
import { digestOwnFile } from '../../src/disk/digest-file.ts';
import { openExpendableFile } from '../../src/disk/expendable-file.ts';
import { readCredential, readNamedFile, type Waiting } from '../../src/disk/named-file.ts';
import { copyOwnFile, openOwnFile, readOwnText } from '../../src/disk/own-file.ts';
import { isOwnFolder, makeOwnFolder, requireOwnFolder } from '../../src/disk/own-folder.ts';
import { withPrivateFile } from '../../src/disk/private-file.ts';
import { replaceFile, withStagedFiles } from '../../src/disk/staged-files.ts';
import { syncFolder } from '../../src/disk/sync-folder.ts';
import { onFileCalls } from './file-calls.ts';
import { systemError, withHandleCalls, withSystem } from './replaced-calls.ts';
import { plant, SHAPES } from './shapes.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'okta-reset-left-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const at = (name: string) => join(dir, name);
const OPEN = '/proc/self/fd';
const waiting = { sleep: () => Promise.resolve() };
const failed = (cause: unknown) => cause;

/** Everything that opens something, whether that ends well or not. */
const WORK: Readonly<Record<string, () => Promise<unknown>>> = {
  'what is not ours is opened': async () => {
    for (const shape of SHAPES) {
      const victims = at(`victims ${shape}`);
      await mkdir(victims);
      plant(at(`a ${shape}`), shape, victims, 'text');
      for (const use of ['read', 'append', 'write'] as const)
        await expect(openOwnFile(at(`a ${shape}`), use)).rejects.toThrow();
      await isOwnFolder(at(`a ${shape}`), process.geteuid?.());
    }
  },
  'a folder is made and checked': async () => {
    await makeOwnFolder(at('own'));
    await requireOwnFolder(at('own'));
    await syncFolder(at('own'));
  },
  'a file is read, copied and digested': async () => {
    await writeFile(at('from'), 'text', { mode: 0o600 });
    await readOwnText(at('from'), 10);
    await digestOwnFile(at('from'), { signal: new AbortController().signal });
    await expect(
      digestOwnFile(at('from'), { signal: AbortSignal.abort(new Error('stop')) }),
    ).rejects.toThrow('stop');
    await copyOwnFile(at('from'), at('to'));
    await expect(copyOwnFile(at('from'), at('to'))).rejects.toMatchObject({ code: 'EEXIST' });
  },
  'lines are opened, or cannot be read': async () => {
    await writeFile(at('old lines'), 'old\n', { mode: 0o600 });
    const release = await onFileCalls((nth) => {
      // Those before are the stats with which it is opened.
      if (nth > 3) throw Object.assign(new Error('read'), { code: 'EIO' });
    });
    try {
      await expect(openLines(at('old lines'))).rejects.toMatchObject({
        code: 'DISK',
        message: expect.stringMatching(/^Cannot open .*old lines for writing \(EIO\)\.$/),
      });
    } finally {
      release();
    }
    await (await openLines(at('old lines'))).close();
    const log = openExpendableFile(at('log'), () => undefined);
    log.write('word');
    await log.close();
  },
  'a private file is written, or not': async () => {
    await withPrivateFile(at('private'), (output) => output.write('x'));
    const refused = withPrivateFile(at('refused'), () => Promise.reject(new Error('no')));
    await expect(refused).rejects.toThrow('no');
    expect(existsSync(at('refused'))).toBe(false);
  },
  'files are staged, or not': async () => {
    await replaceFile(dir, 'staged', 'x', { nowMs: 0, failed });
    const half = withStagedFiles(dir, { nowMs: 0, failed }, async (create) => {
      await create('one');
      throw new Error('half');
    });
    await expect(half).rejects.toThrow('half');
  },
  'pipes are given up, or left while they are read': async () => {
    const path = at('left');
    execFileSync('mkfifo', ['-m', '600', path]);
    await expect(readCredential(path, 10, waiting)).rejects.toMatchObject({ code: 'NO_WRITER' });
    const writer = await open(path, 'r+');
    for (const reads of [1, 2]) {
      const reading = readNamedFile(path, waiting);
      for (let read = 0; read < reads; read += 1) {
        await writer.write('0123');
        expect((await reading.next()).value).toHaveLength(4);
      }
      await reading.return(undefined);
    }
    await writer.close();
  },
  'credentials and inputs are read, or not to their end': async () => {
    await writeFile(at('credential'), 'x'.repeat(300_000), { mode: 0o600 });
    await writeFile(at('open'), 'x', { mode: 0o600 });
    execFileSync('chmod', ['666', at('open')]);
    expect((await readCredential(at('credential'), 10, waiting)).text).toHaveLength(10);
    expect(await readCredential(at('open'), 10, waiting)).toHaveProperty('fault');
    for await (const chunk of readNamedFile(at('credential'), waiting)) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    const over: Waiting = { ...waiting, signal: AbortSignal.abort(new Error('stop')) };
    execFileSync('mkfifo', ['-m', '600', at('no writer')]);
    for (const name of ['credential', 'no writer'])
      await expect(readCredential(at(name), 10, over)).rejects.toThrow('stop');
  },
};

const canCount = existsSync(OPEN) ? test.each(Object.entries(WORK)) : test.skip.each([]);
canCount('nothing stays open after %s', async (_, work) => {
  const before = (await readdir(OPEN)).length;
  await work();
  // Streams close their descriptor a moment after their last chunk.
  let after = Infinity;
  for (let turn = 0; turn < 1000 && after > before; turn += 1) {
    await new Promise((resolve) => void setImmediate(resolve));
    after = (await readdir(OPEN)).length;
  }
  expect(after).toBe(before);
});

test('what is opened is closed again if the system refuses a sync or a change of the mode', async () => {
  await writeFile(at('readable'), '', { mode: 0o644 });
  const opened: FileHandle[] = [];
  const opens = open;
  const noted = (async (...args: Parameters<typeof open>) => {
    const handle = await opens(...args);
    opened.push(handle);
    return handle;
  }) as typeof open;
  const refuse = () => Promise.reject(systemError('EIO'));
  await withHandleCalls(['sync', 'chmod'], refuse, () =>
    withSystem({ open: noted }, async () => {
      await expect(openAppendFile(at('not durable'))).rejects.toMatchObject({ code: 'DISK' });
      await expect(openOwnFile(at('readable'), 'append')).rejects.toThrow('EIO');
    }),
  );
  // Node gives a closed handle this number.
  expect(opened.map(({ fd }) => fd)).toEqual([-1, -1, -1]);
});

describe('a folder that should be ours', () => {
  test('and is a file says so', async () => {
    await writeFile(at('file'), '');
    await expect(requireOwnFolder(at('file'))).rejects.toMatchObject({
      code: 'FILE_NOT_YOURS',
      message: expect.stringMatching(/it is a file, not a folder\.$/),
      hint: expect.stringContaining('choose another place'),
    });
    await expect(makeOwnFolder(join(dir, 'file'))).rejects.toMatchObject({
      code: 'FILE_NOT_YOURS',
    });
  });

  test('is not a link either where owners cannot be seen', async () => {
    await symlink(dir, at('link'));
    await requireOwnFolder(dir, { owner: undefined });
    await expect(requireOwnFolder(at('link'), { owner: undefined })).rejects.toMatchObject({
      code: 'FILE_NOT_YOURS',
      message: expect.stringMatching(/it is a symbolic link\.$/),
    });
  });
});

test('a credential from a pipe is cut where it is too long, and not waited for', async () => {
  const path = at('pipe');
  execFileSync('mkfifo', ['-m', '600', path]);
  const writer = await open(path, 'r+');
  await writer.write('0123456789');
  // The writer stays, so the pipe has no end.
  expect((await readCredential(path, 4, waiting)).text).toBe('0123');
  await writer.write('0123');
  expect((await readCredential(path, 4, waiting)).text).toBe('0123');
  await writer.close();
});

/** Lets the sync of any open file fail with this code while `work` runs. */
async function withFailingSync(code: string, work: () => Promise<void>): Promise<void> {
  const handle = await open(fileURLToPath(import.meta.url), 'r');
  const prototype = Object.getPrototypeOf(handle) as { sync: () => Promise<void> };
  await handle.close();
  const { sync } = prototype;
  prototype.sync = () => Promise.reject(Object.assign(new Error('sync'), { code }));
  try {
    await work();
  } finally {
    prototype.sync = sync;
  }
}

test.each(['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP'])(
  'a system that answers %s cannot sync folders, and does without it',
  async (code) => {
    await withFailingSync(code, () => syncFolder(dir));
  },
);

test.each([
  [undefined, 3, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [9, 3, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [2, 2, 'fb8e20fc2e4c3f248c60c39bd652f3c1347298bb977b8b4d5903b85055620603'],
  [0, 0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
])('the digest of a file up to byte %s', async (upTo, bytes, sha256) => {
  await writeFile(at('abc'), 'abc', { mode: 0o600 });
  const options = { signal: new AbortController().signal, ...(upTo === undefined ? {} : { upTo }) };
  expect(await digestOwnFile(at('abc'), options)).toEqual({ size: 3, bytes, sha256 });
});

test.each(['EIO', 'ENOSPC', 'EDQUOT'])(
  'a folder whose sync fails with %s is an error',
  async (code) => {
    await withFailingSync(code, async () => {
      await expect(syncFolder(dir)).rejects.toMatchObject({ code });
    });
    await expect(syncFolder(at('nowhere'))).rejects.toMatchObject({ code: 'ENOENT' });
  },
);

test('lines are appended after the last complete one, however long the rest is', async () => {
  let nth = 0;
  const text = fc.string({ unit: fc.constantFrom('a', 'ä', '\n'), maxLength: 12 });
  const long = fc.nat({ max: 70_000 }).map((length) => 'x'.repeat(length));
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.constantFrom('', '\n'),
      fc.oneof(fc.constant(''), long),
      async (...parts) => {
        const content = parts.join('');
        const path = at(`lines-${(nth += 1)}`);
        await writeFile(path, content, { mode: 0o600 });
        const lines = await openLines(path);
        await lines.append('new\n');
        await lines.close();
        const kept = content.slice(0, content.lastIndexOf('\n') + 1);
        expect(await readFile(path, 'utf8')).toBe(`${kept}new\n`);
      },
    ),
    {
      numRuns: 60,
      examples: [
        ['\n', '', ''],
        ['', '', ''],
        ['', '', 'x'],
        ['a', '\n', 'x'.repeat(65_536)],
        ['', '\n', 'x'.repeat(65_535)],
      ],
    },
  );
});

describe('staged files', () => {
  test('replace the old ones in the order in which they were created', async () => {
    const folder = at('order');
    await mkdir(join(folder, 'two'), { recursive: true });
    const work = withStagedFiles(folder, { nowMs: 0, failed }, async (create) => {
      for (const name of ['one', 'two', 'three']) await (await create(name)).finish();
    });
    // A folder is in the way of the second one.
    await expect(work).rejects.toMatchObject({ code: 'EISDIR' });
    expect((await readdir(folder)).sort()).toEqual(['one', 'two']);
    expect((await stat(join(folder, 'one'))).mode & 0o777).toBe(0o600);
  });

  test('have the digest and the size of what was written', async () => {
    const told = await withStagedFiles(dir, { nowMs: 0, failed }, async (create) => {
      const file = await create('digest');
      await file.write(Buffer.from('ab'));
      await file.write(Buffer.from('c'));
      return file.finish();
    });
    expect(told).toEqual({
      name: 'digest',
      bytes: 3,
      sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    });
  });

  test('of a killed process are removed after an hour, and nothing else is', async () => {
    const folder = at('swept');
    const hour = 3_600_000;
    await mkdir(folder);
    const names = { '.staged-old': hour + 1000, '.staged-new': hour, 'kept-old': 9 * hour };
    for (const [name, age] of Object.entries(names)) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, 'inside'), '');
      const then = new Date(10 * hour - age);
      await utimes(join(folder, name), then, then);
    }
    await replaceFile(folder, 'run.json', 'x', { nowMs: 10 * hour, failed });
    expect((await readdir(folder)).sort()).toEqual(['.staged-new', 'kept-old', 'run.json']);
  });
});
