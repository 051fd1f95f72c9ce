/** What is on disk, and not only written: the calls that a machine's loss of power is survived by. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAppendFile, openLines } from '../../src/disk/append/append-file.ts';
import { copyOwnFile } from '../../src/disk/own-file.ts';
import { systemError, withHandleCalls } from './replaced-calls.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'okta-reset-synced-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

let nth = 0;
function newPath(content?: string): string {
  nth += 1;
  const path = join(dir, `${nth}`);
  if (content !== undefined) writeFileSync(path, content, { mode: 0o600 });
  return path;
}

/** Returns what is synced while `work` runs: names of files and folders. */
async function syncedBy(work: () => Promise<void>): Promise<readonly string[]> {
  const synced: string[] = [];
  const note = async (method: string, handle: Parameters<typeof kindOf>[0]) => {
    synced.push(`${method} ${await kindOf(handle)}`);
  };
  await withHandleCalls(['sync', 'datasync'], note, work);
  return synced;
}

async function kindOf(handle: {
  readonly stat: () => Promise<{ isDirectory: () => boolean }>;
}): Promise<string> {
  return (await handle.stat()).isDirectory() ? 'folder' : 'file';
}

describe('a file for appending', () => {
  test.each([
    ['new', undefined, ['sync folder']],
    ['empty', '', ['sync folder']],
    ['with content', 'x', []],
  ] as const)('that is %s has a durable name', async (_, content, synced) => {
    const path = newPath(content);
    const open = async () => {
      await (await openAppendFile(path)).close();
    };
    expect(await syncedBy(open)).toEqual(synced);
  });

  test.each([
    ['complete lines', 'a\nb\n', 'a\nb\n', []],
    ['half a line', 'a\nb', 'a\n', ['datasync file']],
    ['no line', 'b', '', ['datasync file']],
  ] as const)('with %s is cut on the disk before anything is added', async (...given) => {
    const [, content, kept, synced] = given;
    const path = newPath(content);
    const open = async () => {
      const lines = await openLines(path);
      expect(readFileSync(path, 'utf8')).toBe(kept);
      await lines.close();
    };
    expect(await syncedBy(open)).toEqual(synced);
  });
});

describe('a copy of one of our own files', () => {
  const TEXT = 'ä'.repeat(100_000);

  test('is complete, ours, and on disk', async () => {
    const from = newPath(TEXT);
    const to = newPath();
    expect(await syncedBy(() => copyOwnFile(from, to))).toEqual(['sync file']);
    expect(readFileSync(to, 'utf8')).toBe(TEXT);
    expect(statSync(to).mode & 0o777).toBe(0o600);
  });

  test('never replaces a file', async () => {
    const to = newPath('theirs');
    await expect(copyOwnFile(newPath(TEXT), to)).rejects.toMatchObject({ code: 'EEXIST' });
    expect(readFileSync(to, 'utf8')).toBe('theirs');
  });

  test('of which the sync fails is not there', async () => {
    const from = newPath(TEXT);
    const to = newPath();
    const fail = () => Promise.reject(systemError('EIO'));
    await withHandleCalls(['sync'], fail, async () => {
      await expect(copyOwnFile(from, to)).rejects.toMatchObject({ code: 'EIO' });
    });
    expect(existsSync(to)).toBe(false);
    expect(readFileSync(from, 'utf8')).toBe(TEXT);
  });
});
