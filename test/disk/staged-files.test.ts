import { expect, test } from '@jest/globals';
import { mkdtemp, open, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replaceFile, withStagedFiles, type OpenFileAt } from '../../src/disk/staged-files.ts';

const newFolder = () => mkdtemp(join(tmpdir(), 'okta-reset-disk-'));
const failed = (cause: unknown) => cause;
const TEXT = 'ä'.repeat(5000);

/** A disk that accepts `most` bytes per write and, once it has `room` bytes, none. */
const narrow =
  (most: number, room = Infinity): OpenFileAt =>
  async (path, flags, mode) => {
    const handle = await open(path, flags, mode);
    let held = 0;
    return {
      write: async (data) => {
        if (held >= room) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
        const taken = await handle.write(data.subarray(0, Math.min(most, room - held)));
        held += taken.bytesWritten;
        return taken;
      },
      sync: () => handle.sync(),
      close: () => handle.close(),
    };
  };

test('a disk that accepts only a part of each write ends with the complete file', async () => {
  const dir = await newFolder();
  await replaceFile(dir, 'run.json', TEXT, { nowMs: 0, failed, open: narrow(777) });
  expect(await readFile(join(dir, 'run.json'), 'utf8')).toBe(TEXT);
  expect(await readdir(dir)).toEqual(['run.json']);
});

test.each([0, 1, 4096, 9999])(
  'a disk with room for %d bytes of 10,000 keeps what was there',
  async (room) => {
    const dir = await newFolder();
    const options = { nowMs: 0, failed, open: narrow(4096, room) };
    await expect(replaceFile(dir, 'run.json', TEXT, options)).rejects.toMatchObject({
      code: 'ENOSPC',
    });
    expect(await readdir(dir)).toEqual([]);
    await writeFile(join(dir, 'run.json'), 'old');
    await expect(replaceFile(dir, 'run.json', TEXT, options)).rejects.toMatchObject({
      code: 'ENOSPC',
    });
    expect(await readFile(join(dir, 'run.json'), 'utf8')).toBe('old');
    expect(await readdir(dir)).toEqual(['run.json']);
  },
);

test('a file that was not finished does not replace the old one', async () => {
  const dir = await newFolder();
  const stuck: OpenFileAt = async (path, flags, mode) => {
    const handle = await open(path, flags, mode);
    return {
      write: async () => ({ bytesWritten: 0 }),
      sync: () => handle.sync(),
      close: () => handle.close(),
    };
  };
  await expect(
    replaceFile(dir, 'run.json', TEXT, { nowMs: 0, failed, open: stuck }),
  ).rejects.toThrow('does not accept more');
  expect(await readdir(dir)).toEqual([]);
});

test('a file is on disk before it replaces the old one', async () => {
  const dir = await newFolder();
  await writeFile(join(dir, 'run.json'), 'old');
  const steps: string[] = [];
  const noted: OpenFileAt = async (path, flags, mode) => {
    const handle = await open(path, flags, mode);
    const step = async (name: string) => {
      steps.push(`${name}: ${await readFile(join(dir, 'run.json'), 'utf8')}`);
    };
    return {
      write: async (data) => {
        await step('write');
        return handle.write(data);
      },
      sync: async () => {
        await step('sync');
        await handle.sync();
      },
      close: () => handle.close(),
    };
  };
  await replaceFile(dir, 'run.json', 'new', { nowMs: 0, failed, open: noted });
  expect(steps).toEqual(['write: old', 'sync: old']);
  expect(await readFile(join(dir, 'run.json'), 'utf8')).toBe('new');
});

test('a file that cannot be closed does not replace the old one', async () => {
  const dir = await newFolder();
  await writeFile(join(dir, 'run.json'), 'old');
  let closes = 0;
  const unclosed: OpenFileAt = async (path, flags, mode) => {
    const handle = await open(path, flags, mode);
    return {
      write: (data) => handle.write(data),
      sync: () => handle.sync(),
      close: async () => {
        await handle.close();
        closes += 1;
        if (closes === 1) throw Object.assign(new Error('close'), { code: 'EIO' });
      },
    };
  };
  const options = { nowMs: 0, failed: () => new Error('refused'), open: unclosed };
  await expect(replaceFile(dir, 'run.json', TEXT, options)).rejects.toThrow('refused');
  expect(await readFile(join(dir, 'run.json'), 'utf8')).toBe('old');
  expect(await readdir(dir)).toEqual(['run.json']);
});

test('what was opened is closed, if it is finished or not', async () => {
  const dir = await newFolder();
  const closed: string[] = [];
  const noted: OpenFileAt = async (path, flags, mode) => {
    const handle = await open(path, flags, mode);
    const close = () => {
      closed.push(path.replace(/.*\//, ''));
      return handle.close();
    };
    return { write: (data) => handle.write(data), sync: () => handle.sync(), close };
  };
  const half = withStagedFiles(dir, { nowMs: 0, failed, open: noted }, async (create) => {
    for (const name of ['one', 'two']) await create(name);
    throw new Error('half');
  });
  await expect(half).rejects.toThrow('half');
  expect(closed.sort()).toEqual(['one', 'two']);
});
