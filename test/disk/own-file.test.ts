import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { openAppendFile, openLines } from '../../src/disk/append/append-file.ts';
import { openExpendableFile } from '../../src/disk/expendable-file.ts';
import { openOwnFile, readOwnSecret, readOwnText, type Use } from '../../src/disk/own-file.ts';
import { closeToWriters, isOwnFolder, makeOwnFolder } from '../../src/disk/own-folder.ts';
import { faultIn, faultOf, faultText, type Facts, type Terms } from '../../src/disk/ownership.ts';
import { isRoot, NOBODY, plant, SHAPES } from './shapes.ts';

const root = mkdtempSync(join(tmpdir(), 'okta-reset-own-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let nth = 0;
function newPlace() {
  nth += 1;
  const dir = join(root, `${nth}`);
  const victims = join(root, `${nth}-victims`);
  mkdirSync(dir);
  mkdirSync(victims);
  return { dir, victims, path: join(dir, 'file') };
}

const SAID: Readonly<Record<(typeof SHAPES)[number], RegExp>> = {
  'symbolic link': /it is a symbolic link\.$/,
  'hard link': /it has 2 names/,
  pipe: /it is a pipe, not a file\.$/,
  folder: /it is a folder, not a file\.$/,
  'owned by another': /it belongs to another user \(uid 65534\)\.$/,
  'writable by others': /other users can write to it \(mode 0666\)\.$/,
};

const HELPS: Readonly<Record<(typeof SHAPES)[number], RegExp>> = {
  'symbolic link': /^Nothing was read or written through it\./,
  'hard link': /\(cp -r \/\S* COPY\)\.$/,
  pipe: /^Nothing was read or written there\./,
  folder: /^Nothing was read or written there\./,
  'owned by another': /^Only your own files are used\./,
  'writable by others': /: chmod go-w \/\S*file$/,
};

describe.each(SHAPES)('%s', (shape) => {
  test.each<Use>(['read', 'append', 'write'])('is not opened to %s', async (use) => {
    const { path, victims } = newPlace();
    const victim = plant(path, shape, victims, 'mine');
    await expect(openOwnFile(path, use)).rejects.toMatchObject({
      code: 'FILE_NOT_YOURS',
      exitCode: 5,
      message: expect.stringMatching(SAID[shape]),
      hint: expect.stringMatching(HELPS[shape]),
    });
    expect(victim?.difference()).toBeUndefined();
  });

  test('gets no line, no record and no word of a log', async () => {
    const { path, victims } = newPlace();
    const victim = plant(path, shape, victims, 'mine\nhalf a line');
    await expect(openAppendFile(path)).rejects.toMatchObject({ code: 'FILE_NOT_YOURS' });
    await expect(openLines(path)).rejects.toMatchObject({ code: 'FILE_NOT_YOURS' });
    const lost: string[] = [];
    const log = openExpendableFile(path, (why) => lost.push(why));
    log.write('a word\n');
    await log.close();
    expect(lost).toEqual([expect.stringMatching(SAID[shape])]);
    expect(victim?.difference()).toBeUndefined();
  });
});

test('our own file is made for us only, and one that others could read is closed to them', async () => {
  const { path } = newPlace();
  await (await openOwnFile(path, 'append')).close();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  chmodSync(path, 0o644);
  await (await openOwnFile(path, 'read')).close();
  expect(statSync(path).mode & 0o777).toBe(0o644);
  await (await openOwnFile(path, 'append')).close();
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('no more is read than was asked for, and a secret only where nobody else can read it', async () => {
  const { path } = newPlace();
  writeFileSync(path, 'abcdef', { mode: 0o600 });
  expect(await readOwnText(path, 3)).toBe('abc');
  const owner = process.geteuid?.();
  expect(await readOwnSecret(path, owner, 100)).toBe('abcdef');
  chmodSync(path, 0o640);
  expect(await readOwnSecret(path, owner, 100)).toBeUndefined();
  await expect(readOwnText(join(root, 'none'), 3)).rejects.toMatchObject({ code: 'ENOENT' });
});

const facts = (over: { mode?: number; uid?: number; nlink?: number }): Facts => ({
  mode: 0o100600,
  uid: 1000,
  nlink: 1,
  isFile: () => true,
  isDirectory: () => false,
  isFIFO: () => false,
  ...over,
});
const OURS: Terms = { kind: 'file', owner: 1000 };

test.each<readonly [string, Facts, Terms, string | undefined]>([
  ['ours', facts({}), OURS, undefined],
  ['readable by others', facts({ mode: 0o100644 }), OURS, undefined],
  ['the group writes', facts({ mode: 0o100620 }), OURS, 'writable'],
  ['a secret that others read', facts({ mode: 0o100640 }), { ...OURS, secret: true }, 'readable'],
  ['root’s, for a run', facts({ uid: 0 }), OURS, 'owner'],
  ['root’s, for a credential', facts({ uid: 0 }), { ...OURS, orRoot: true }, undefined],
  ['a lock with two names', facts({ nlink: 2 }), { ...OURS, manyNames: true }, undefined],
  [
    'a system without owners',
    facts({ mode: 0o100666, uid: 0 }),
    { kind: 'file', owner: undefined },
    undefined,
  ],
])('%s', (_, seen, terms, kind) => {
  expect(faultOf(seen, terms)?.kind).toBe(kind);
});

test('a file system that stores no owners and modes is not held against a file', async () => {
  // If a new folder of ours is closed and ours, as it is here, the marks of a file can be trusted.
  const { dir } = newPlace();
  const owner = process.geteuid?.();
  const open = facts({ uid: owner ?? 0, mode: 0o100666 });
  expect((await faultIn(dir, open, { kind: 'file', owner }))?.kind).toBe(
    owner === undefined ? undefined : 'writable',
  );
  expect(readdirSync(dir)).toEqual([]);
  expect(faultText({ kind: 'writable', mode: 0o666 })).toContain('0666');
});

test('nothing is made in the folder of a file that is ours, or not a file at all', async () => {
  const { dir, path } = newPlace();
  writeFileSync(path, '', { mode: 0o600 });
  mkdirSync(join(dir, 'folder'));
  utimesSync(dir, 1000, 1000);
  await (await openOwnFile(path, 'read')).close();
  await expect(openOwnFile(join(dir, 'folder'), 'read')).rejects.toThrow('a folder');
  expect(statSync(dir).mtimeMs).toBe(1_000_000);
});

test('where no folder can be made, a file is judged by what it shows', async () => {
  const open = facts({ mode: 0o100666 });
  expect(await faultIn(join(root, 'none'), open, OURS)).toEqual({ kind: 'writable', mode: 0o666 });
});

test('our own folder is made, closed to others, and not accepted through a link', async () => {
  const { dir } = newPlace();
  const owner = process.geteuid?.();
  const own = join(dir, 'own');
  await makeOwnFolder(own);
  expect(statSync(own).mode & 0o777).toBe(0o700);
  chmodSync(own, 0o777);
  expect(await isOwnFolder(own, owner)).toBe(false);
  await makeOwnFolder(own);
  expect(statSync(own).mode & 0o777).toBe(0o700);
  const link = join(dir, 'link');
  symlinkSync(own, link);
  chmodSync(own, 0o750);
  await expect(makeOwnFolder(link)).rejects.toMatchObject({ code: 'FILE_NOT_YOURS' });
  expect(statSync(own).mode & 0o777).toBe(0o750);
  writeFileSync(join(dir, 'file'), '');
  expect(await isOwnFolder(join(dir, 'file'), owner)).toBe(false);
  chmodSync(own, 0o775);
  await closeToWriters(own);
  expect(statSync(own).mode & 0o777).toBe(0o755);
  await closeToWriters(link);
  await closeToWriters(join(dir, 'none'));
});

// Only root can give a file to another account.
(isRoot ? test : test.skip)(
  'a folder of somebody else is refused, and stays as it is',
  async () => {
    const { dir } = newPlace();
    const theirs = join(dir, 'theirs');
    mkdirSync(theirs, { mode: 0o777 });
    chmodSync(theirs, 0o777);
    chownSync(theirs, NOBODY, NOBODY);
    await expect(makeOwnFolder(theirs)).rejects.toMatchObject({ code: 'FILE_NOT_YOURS' });
    await closeToWriters(theirs);
    expect(statSync(theirs).mode & 0o777).toBe(0o777);
  },
);
