import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { AppError } from '../../src/domain/codes/app-error.ts';
import { diskAdvice, diskError, isUnwritable, systemCode } from '../../src/disk/disk-error.ts';
import { isOneVolume, kindAt, kindBehind, sizeOf } from '../../src/disk/look.ts';
import { withPrivateFile } from '../../src/disk/private-file.ts';

const failed = (code: unknown) => Object.assign(new Error('write'), { code });

test.each([
  ['ENOSPC', 'The disk is full: free some space.', false],
  ['EDQUOT', 'The disk quota is used up: free some space.', false],
  ['EFBIG', 'A file reached the maximum size for files', false],
  ['EROFS', 'The disk has become read-only', true],
  ['EACCES', 'Give this account the right to read and write there.', true],
  ['EPERM', 'Give this account the right to read and write there.', true],
  ['EIO', 'check it (see `dmesg`), and move the run directory to a working disk.', false],
  ['EWHAT', 'Check the disk of the run directory.', false],
])(
  '%s has its advice, and tells whether the account is allowed to write',
  (code, advice, unwritable) => {
    const error = failed(code);
    expect(diskAdvice(error)).toContain(advice);
    expect(isUnwritable(error)).toBe(unwritable);
    expect(diskError('write the journal', error)).toMatchObject({
      code: 'DISK',
      exitCode: 7,
      message: `Cannot write the journal (${code}).`,
      hint: `${diskAdvice(error)} Then continue with \`okta-reset resume\`.`,
      cause: error,
    });
    expect(diskError('make the folder', error, 'planning')).toMatchObject({
      code: 'DISK',
      exitCode: 2,
      hint: expect.stringMatching(/^Nothing was sent, and there is nothing to resume\./),
    });
  },
);

test('the advice names what is on the disk', () => {
  expect(diskAdvice(failed('EIO'), 'the secrets')).toContain('move the secrets to a working disk');
  expect(diskAdvice(failed('EWHAT'), 'the secrets')).toBe('Check the disk of the secrets.');
});

test('an error that has no code of the system is still an error of the disk, and one of ours stays itself', () => {
  for (const odd of [new Error('what'), failed(7), null, undefined, 'text', {}]) {
    expect(systemCode(odd)).toBeUndefined();
    expect(isUnwritable(odd)).toBe(false);
    expect(diskError('read it', odd).message).toBe('Cannot read it (unknown error).');
  }
  const ours = new AppError('RUN_LOCKED', 'in use', { hint: 'wait' });
  expect(diskError('read it', ours)).toBe(ours);
});

test('what is at a path is told, and what it leads to', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'okta-reset-look-'));
  const at = (name: string) => join(dir, name);
  await writeFile(at('file'), '12345');
  await mkdir(at('folder'));
  await symlink('file', at('to-file'));
  await symlink('folder', at('to-folder'));
  await symlink('missing', at('to-nothing'));
  const names = ['file', 'folder', 'to-file', 'to-folder', 'to-nothing', 'missing'];
  const told = async (ask: (path: string) => Promise<unknown>) =>
    Promise.all(names.map((name) => ask(at(name))));
  expect(await told(kindAt)).toEqual(['file', 'folder', 'link', 'link', 'link', undefined]);
  expect(await told(kindBehind)).toEqual([
    'file',
    'folder',
    'file',
    'folder',
    undefined,
    undefined,
  ]);
  expect(await told(sizeOf)).toEqual([5, ...Array.from({ length: 5 }, () => undefined)]);
  expect(await isOneVolume(dir, at('to-folder'))).toBe(true);
  for (const [one, other] of [
    [dir, at('missing')],
    [at('missing'), dir],
    [at('missing'), at('missing')],
  ] as const)
    expect(await isOneVolume(one, other)).toBe(false);
});

test.each(['/dev/null'])('%s is something else', async (path) => {
  expect([await kindAt(path), await kindBehind(path), await sizeOf(path)]).toEqual([
    'other',
    'other',
    undefined,
  ]);
});

test('a private file never replaces another, and says so if it cannot be made', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'okta-reset-private-'));
  const path = join(dir, 'file');
  const seen = await withPrivateFile(path, async (output) => {
    await output.write('a');
    await output.write('b');
    return [output.isTty, output.size()];
  });
  expect(seen).toEqual([false, { columns: 80, rows: 24 }]);
  expect(await readFile(path, 'utf8')).toBe('ab');
  await expect(withPrivateFile(path, (output) => output.write('c'))).rejects.toMatchObject({
    code: 'USAGE',
    message: `${path} already exists, and is not overwritten.`,
  });
  expect(await readFile(path, 'utf8')).toBe('ab');
  const nowhere = join(dir, 'none', 'file');
  await expect(withPrivateFile(nowhere, (output) => output.write('c'))).rejects.toMatchObject({
    code: 'DISK',
    message: `Cannot write ${nowhere} (ENOENT). No partial file is left.`,
    hint: expect.stringMatching(/^Create its folder, .* Then type the same command again\.$/),
  });
  await rm(dir, { recursive: true });
});
