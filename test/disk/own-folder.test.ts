/** Folders that are made, closed to others or refused. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { makeOwnFolder, requireOwnFolder } from '../../src/disk/own-folder.ts';
import { systemError, withSystem } from './replaced-calls.ts';

const root = mkdtempSync(join(tmpdir(), 'okta-reset-folder-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let nth = 0;
function newPath(): string {
  nth += 1;
  return join(root, `${nth}`);
}
const modeOf = (path: string) => statSync(path).mode & 0o777;

test.each([0o777, 0o750, 0o701, 0o710])(
  'our own folder of mode %o is closed to others',
  async (mode) => {
    const path = newPath();
    mkdirSync(path);
    chmodSync(path, mode);
    await makeOwnFolder(path);
    expect(modeOf(path)).toBe(0o700);
  },
);

test('a folder that others can only read is accepted as it is', async () => {
  const path = newPath();
  mkdirSync(path);
  chmodSync(path, 0o755);
  await requireOwnFolder(path);
  expect(modeOf(path)).toBe(0o755);
});

test('where the system has no owners, a folder is not judged by its mode', async () => {
  const path = newPath();
  mkdirSync(path);
  chmodSync(path, 0o777);
  await requireOwnFolder(path, { owner: undefined, narrowTo: 0o700 });
  expect(modeOf(path)).toBe(0o777);
  await expect(requireOwnFolder(path)).rejects.toMatchObject({
    code: 'FILE_NOT_YOURS',
    message: `${path} is not used: other users can write to it (mode 0777).`,
  });
});

test.each(['ENOTDIR', 'ELOOP', 'EMLINK'])(
  'what is not a folder is named, on systems that answer %s',
  async (code) => {
    const [file, link] = [newPath(), newPath()];
    writeFileSync(file, '');
    symlinkSync(root, link);
    const open = () => Promise.reject(systemError(code));
    await withSystem({ open }, async () => {
      for (const [path, said] of [
        [file, 'it is a file, not a folder'],
        [link, 'it is a symbolic link'],
      ] as const)
        await expect(requireOwnFolder(path)).rejects.toMatchObject({
          code: 'FILE_NOT_YOURS',
          message: `${path} is not used: ${said}.`,
        });
    });
  },
);

test('a folder that cannot be opened is an error of the system', async () => {
  await expect(requireOwnFolder(newPath())).rejects.toMatchObject({ code: 'ENOENT' });
});
