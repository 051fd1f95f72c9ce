import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtemp, mkdir, rm, statfs, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  freeBytes,
  isOneVolume,
  kindAt,
  kindBehind,
  sizeOf,
  type Kind,
} from '../../src/disk/look.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'okta-reset-look-'));
  await writeFile(join(dir, 'file'), 'abc');
  await mkdir(join(dir, 'folder'));
  execFileSync('mkfifo', [join(dir, 'pipe')]);
  for (const name of ['file', 'folder', 'pipe', 'none'])
    await symlink(name, join(dir, `to ${name}`));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test.each<readonly [string, Kind | undefined, Kind | undefined, number | undefined]>([
  ['file', 'file', 'file', 3],
  ['folder', 'folder', 'folder', undefined],
  ['pipe', 'other', 'other', undefined],
  ['none', undefined, undefined, undefined],
  ['to file', 'link', 'file', undefined],
  ['to folder', 'link', 'folder', undefined],
  ['to pipe', 'link', 'other', undefined],
  ['to none', 'link', undefined, undefined],
])('"%s" is %s, leads to %s, and has %s bytes', async (name, at, behind, size) => {
  const path = join(dir, name);
  expect([await kindAt(path), await kindBehind(path), await sizeOf(path)]).toEqual([
    at,
    behind,
    size,
  ]);
});

test('two folders are on one volume only if both are there', async () => {
  const volumes = await Promise.all([
    isOneVolume(dir, join(dir, 'to folder')),
    isOneVolume(dir, join(dir, 'none')),
    isOneVolume(join(dir, 'none'), dir),
    isOneVolume(join(dir, 'none'), join(dir, 'none')),
  ]);
  expect(volumes).toEqual([true, false, false, false]);
});

test('the free bytes of a disk are its blocks, in bytes', async () => {
  const bytes = await freeBytes(dir);
  const { bavail, bsize } = await statfs(dir);
  // Other programs write to it in the meantime.
  expect(bytes / (bavail * bsize)).toBeCloseTo(1, 1);
  await expect(freeBytes(join(dir, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
});
