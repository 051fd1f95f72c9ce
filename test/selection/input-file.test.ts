import { describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readNamedFile } from '../../src/disk/named-file.ts';
import { host } from '../../src/host.ts';
import {
  RECOGNISE_ALL,
  type FilePorts,
  type SelectionSource,
} from '../../src/selection/selection.ts';
import { ADA, brief, collect, errorOf, portsOf, select } from './sample.ts';

const disk: FilePorts = {
  openFile: (path, signal) => readNamedFile(path, { sleep: host.clock.sleep, signal }),
  stdin: undefined,
  onNotice: () => undefined,
};

function csv(path: string): readonly SelectionSource[] {
  return [{ kind: 'file', path, options: RECOGNISE_ALL }];
}

describe('an input file', () => {
  test('is read from disk; what cannot be read says why and what to do', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'okta-reset-'));
    try {
      const path = join(dir, 'users.csv');
      await writeFile(path, `User Id\n${ADA}\n`);
      expect((await collect(select(csv(path), disk))).map(brief)).toEqual([`2 id ${ADA}`]);
      for (const [bad, why] of [
        [join(dir, 'absent.csv'), /no such file/],
        [dir, /is a directory/],
        [join(path, 'below.csv'), /not a directory/],
      ] as const) {
        const error = await errorOf(collect(select(csv(bad), disk)));
        expect(error.code).toBe('INPUT_UNREADABLE');
        expect(error.exitCode).toBe(3);
        expect(error.message).toMatch(why);
      }
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  test('that fails halfway ends with an error, not with fewer rows', async () => {
    const broken = (async function* () {
      yield Buffer.from(`User Id\n${ADA}\n`);
      throw Object.assign(new Error('i/o'), { code: 'EIO' });
    })();
    const error = await errorOf(
      collect(select(csv('users.csv'), portsOf({ 'users.csv': broken }))),
    );
    expect(error.code).toBe('INPUT_UNREADABLE');
    expect(error.message).toContain('EIO');
  });

  test('is closed if the reader stops early', async () => {
    let chunks = 0;
    let closed = false;
    const endless = (async function* () {
      try {
        yield Buffer.from('User Id\n');
        for (;;) {
          chunks += 1;
          yield Buffer.from(`${ADA}\n`.repeat(10_000));
        }
      } finally {
        closed = true;
      }
    })();
    let rows = 0;
    for await (const row of select(csv('users.csv'), portsOf({ 'users.csv': endless }))) {
      rows += row.line > 0 ? 1 : 0;
      if (rows === 15_000) break;
    }
    expect(closed).toBe(true);
    expect(chunks).toBeLessThan(5);
  });
});

describe('standard input', () => {
  test('can be read once', async () => {
    const error = await errorOf(collect(select([...csv('-'), ...csv('-')], portsOf({}))));
    expect(error.message).toContain('once');
  });

  test('that does not exist is refused', async () => {
    const error = await errorOf(collect(select(csv('-'), portsOf({}))));
    expect(error.code).toBe('INPUT_UNREADABLE');
  });

  test('that is silent does not delay an abort', async () => {
    const abort = new AbortController();
    let asked = () => {};
    const waiting = new Promise<void>((resolve) => (asked = resolve));
    const stdin: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          asked();
          return new Promise(() => {});
        },
      }),
    };
    const read = collect(select(csv('-'), { ...portsOf({}), stdin }, undefined, abort.signal));
    await waiting;
    abort.abort(new Error('stopped'));
    await expect(read).rejects.toThrow('stopped');
  });
});
