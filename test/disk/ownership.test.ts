/** Files of systems that this machine is not: without owners, with other codes, with files in /proc. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type fs from 'node:fs';
import { chmodSync, lstatSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { openOwnFile, readOwnText, readUpTo } from '../../src/disk/own-file.ts';
import { makeFolder, makeOwnFolder, namesIn } from '../../src/disk/own-folder.ts';
import { faultIn, faultOf, notYours, type Facts, type Terms } from '../../src/disk/ownership.ts';
import { systemError, withHandleCalls, withSystem } from './replaced-calls.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'okta-reset-owned-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

let nth = 0;
function newFile(mode = 0o600, text = 'text'): string {
  nth += 1;
  const path = join(dir, `${nth}`);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

const modeOf = (path: string) => statSync(path).mode & 0o777;

test.each([0o601, 0o604, 0o610, 0o640, 0o655])(
  'a file of ours with mode %o is read as it is, and closed to others when it is opened for writing',
  async (mode) => {
    const path = newFile(mode);
    await (await openOwnFile(path, 'read')).close();
    expect(modeOf(path)).toBe(mode);
    await (await openOwnFile(path, 'write')).close();
    expect(modeOf(path)).toBe(0o600);
  },
);

test('a mode that cannot be changed is an error', async () => {
  const path = newFile(0o644);
  const refuse = () => Promise.reject(systemError('EPERM'));
  await withHandleCalls(['chmod'], refuse, async () => {
    await expect(openOwnFile(path, 'append')).rejects.toMatchObject({ code: 'EPERM' });
  });
});

test('where owners cannot be seen, no mode counts and none is changed', async () => {
  const path = newFile(0o666);
  for (const use of ['read', 'append', 'write'] as const)
    await (await openOwnFile(path, use, { owner: undefined })).close();
  expect(modeOf(path)).toBe(0o666);
});

describe('a file whose opening the system refuses', () => {
  test.each([
    ['ELOOP', 'it is a symbolic link.'],
    ['EMLINK', 'it is a symbolic link.'],
    ['EFTYPE', 'it is a symbolic link.'],
    ['EISDIR', 'it is a folder, not a file.'],
    ['ENXIO', 'it is a socket or a device, not a file.'],
  ])('with %s is not ours: %s', async (code, words) => {
    const open = () => Promise.reject(systemError(code));
    await withSystem({ open }, async () => {
      await expect(openOwnFile('/r/file', 'read')).rejects.toMatchObject({
        code: 'FILE_NOT_YOURS',
        message: `/r/file is not used: ${words}`,
      });
    });
  });

  test.each(['ENOENT', 'EACCES', 'EMFILE'])('with %s is that error', async (code) => {
    const error = systemError(code);
    await withSystem({ open: () => Promise.reject(error) }, async () => {
      await expect(openOwnFile('/r/file', 'read')).rejects.toBe(error);
    });
  });
});

const facts = (over: Partial<Record<'mode' | 'uid' | 'nlink', number>>): Facts => ({
  ...{ mode: 0o100600, uid: 1000, nlink: 1, ...over },
  isFile: () => true,
  isDirectory: () => false,
  isFIFO: () => false,
});
const OURS: Terms = { kind: 'file', owner: 1000 };

describe('on a file system', () => {
  /** What a file shows, if a new folder of ours shows this. */
  async function judged(marks: { mode: number; uid: number }, seen: Facts, terms = OURS) {
    const lstat = ((path: string) =>
      Promise.resolve(Object.assign(lstatSync(path), marks))) as typeof fs.promises.lstat;
    const made: string[] = [];
    const fault = await withSystem(
      {
        lstat: ((path: string) => {
          made.push(basename(path));
          return lstat(path);
        }) as typeof fs.promises.lstat,
      },
      () => faultIn(dir, seen, terms),
    );
    // Their names say what made them, if a process is killed at that moment.
    expect(made.filter((name) => !name.startsWith('.okta-reset-'))).toEqual([]);
    expect(readdirSync(dir).filter((name) => name.startsWith('.okta-reset'))).toEqual([]);
    return fault;
  }

  const OPEN = { mode: 0o40777, uid: 1000 };
  const SQUASHED = { mode: 0o40700, uid: 65_534 };

  test('without modes, a file that seems open to all is ours', async () => {
    expect(await judged(OPEN, facts({ mode: 0o100777 }))).toBeUndefined();
    expect(
      await judged(OPEN, facts({ mode: 0o100777 }), { ...OURS, secret: true }),
    ).toBeUndefined();
    expect(await judged({ ...OPEN, mode: 0o40755 }, facts({ mode: 0o100777 }))).toEqual({
      kind: 'writable',
      mode: 0o722,
    });
  });

  test('that gives all files to one account, its files are ours, and those of a third account are not', async () => {
    expect(await judged(SQUASHED, facts({ uid: 65_534 }))).toBeUndefined();
    expect(await judged(SQUASHED, facts({ uid: 1001 }))).toEqual({ kind: 'owner', uid: 1001 });
    expect(await judged(SQUASHED, facts({ uid: 65_534, mode: 0o100620 }))).toMatchObject({
      kind: 'writable',
    });
  });

  test('a second name or another kind is judged by itself', async () => {
    expect(await judged(OPEN, facts({ nlink: 2, mode: 0o100777 }))).toBeDefined();
    expect(await judged(OPEN, facts({ nlink: 3 }))).toEqual({ kind: 'other-names', names: 3 });
  });

  test('that lets others read everything, a secret is not held to it, and on a better one it is', async () => {
    const secret = { ...OURS, secret: true };
    const seen = facts({ mode: 0o100644 });
    expect(await judged({ ...OPEN, mode: 0o40755 }, seen, secret)).toBeUndefined();
    expect(await judged({ ...OPEN, mode: 0o40700 }, seen, secret)).toEqual({
      kind: 'readable',
      mode: 0o644,
    });
  });
});

test.each([
  [0o100611, {}, undefined],
  [0o100602, {}, 'writable'],
  [0o100601, { secret: true }, 'readable'],
  [0o100610, { secret: true }, 'readable'],
  [0o100600, { secret: true }, undefined],
] as const)('mode %o with %j', (mode, terms, kind) => {
  expect(faultOf(facts({ mode }), { ...OURS, ...terms })?.kind).toBe(kind);
});

test.each([
  ['file', [false, true, false], 'a folder, not a file'],
  ['file', [false, false, true], 'a pipe, not a file'],
  ['file', [false, false, false], 'a device, not a file'],
  ['folder', [true, false, false], 'a file, not a folder'],
] as const)('a %s that is %j is refused as %s', (kind, [isFile, isFolder, isPipe], words) => {
  const seen: Facts = {
    ...facts({}),
    ...{ isFile: () => isFile, isDirectory: () => isFolder, isFIFO: () => isPipe },
  };
  const fault = faultOf(seen, { ...OURS, kind });
  expect(fault === undefined ? '' : notYours('/r/x', fault).message).toBe(
    `/r/x is not used: it is ${words}.`,
  );
});

test('a secret that others can read is named with what closes it', () => {
  expect(notYours('/r/key', { kind: 'readable', mode: 0o644 })).toMatchObject({
    code: 'FILE_NOT_YOURS',
    message: '/r/key is not used: other users can read it (mode 0644).',
    hint: 'chmod 600 /r/key',
  });
});

describe('a file is read up to a size', () => {
  /** An open file that gives at most `most` bytes at a time. */
  const handleOf = (text: string, size: number, most = 2) => {
    const bytes = Buffer.from(text);
    return {
      stat: async () => ({ size }),
      read: async (into: Buffer, offset: number, length: number, at: number) => ({
        bytesRead: bytes.copy(into, offset, at, at + Math.min(length, most)),
      }),
    } as unknown as FileHandle;
  };
  test.each([
    ['in parts', 'abcdefg', 7, 100, 'abcdefg'],
    ['that cuts it', 'abcdefg', 7, 3, 'abc'],
    ['that reports none, as in /proc', 'abcdefg', 0, 5, 'abcde'],
    ['that reports none and ends', 'abc', 0, 5, 'abc'],
    ['that has become shorter', 'abc', 7, 100, 'abc'],
    ['that has become longer', 'abcdefg', 3, 100, 'abc'],
    ['of one byte', 'a', 1, 100, 'a'],
    ['none of it', 'abc', 3, 0, ''],
  ])('%s', async (_, text, size, most, read) => {
    expect((await readUpTo(handleOf(text, size), most)).toString()).toBe(read);
    expect((await readUpTo(handleOf(text, size, 1), most)).toString()).toBe(read);
  });

  test('as text', async () => {
    expect(await readOwnText(newFile(0o600, 'äö'), 4)).toBe('äö');
  });
});

describe('a folder', () => {
  test('is made once, or with those above it', async () => {
    const path = join(dir, 'above', 'below');
    await expect(makeFolder(path)).rejects.toMatchObject({ code: 'ENOENT' });
    await makeFolder(path, 'with-parents');
    await makeFolder(path, 'with-parents');
    await expect(makeFolder(path)).rejects.toMatchObject({ code: 'EEXIST' });
    await makeFolder(join(path, 'one'));
    expect([modeOf(path), modeOf(join(path, 'one'))]).toEqual([0o700, 0o700]);
    await makeOwnFolder(join(dir, 'mine', 'deep'));
    expect(modeOf(join(dir, 'mine', 'deep'))).toBe(0o700);
  });

  test('lists its names in order, or none if it is not there', async () => {
    const path = join(dir, 'names');
    await mkdir(path);
    for (const name of ['b', 'a', 'c']) writeFileSync(join(path, name), '');
    expect(await namesIn(path)).toEqual(['a', 'b', 'c']);
    expect(await namesIn(join(dir, 'none'))).toEqual([]);
  });
});
