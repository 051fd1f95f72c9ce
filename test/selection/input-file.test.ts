import { describe, expect, test } from '@jest/globals';
import { getEventListeners } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readNamedFile } from '../../src/disk/named-file.ts';
import { host } from '../../src/host.ts';
import { readBytes } from '../../src/selection/bytes/input-file.ts';
import {
  RECOGNISE_ALL,
  type FilePorts,
  type SelectionSource,
} from '../../src/selection/selection.ts';
import { ADA, brief, collect, errorOf, never, portsOf, select } from './sample.ts';

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

describe('the bytes of a file', () => {
  /** A stream whose steps are given, and that counts how often it is closed. */
  function streamOf(...steps: readonly (() => Promise<IteratorResult<Uint8Array>>)[]) {
    let closed = 0;
    let at = 0;
    const iterator: AsyncIterator<Uint8Array> = {
      next: () => steps[at++]?.() ?? Promise.resolve({ done: true, value: undefined }),
      return: async () => {
        closed += 1;
        throw new Error('not heard');
      },
    };
    return { bytes: { [Symbol.asyncIterator]: () => iterator }, closed: () => closed };
  }
  const chunk = (text: string) => async () => ({ done: false, value: Buffer.from(text) });
  const failing = (error: Error) => () => Promise.reject(error);
  const read = (stream: AsyncIterable<Uint8Array>, signal = never) =>
    readBytes('a.csv', portsOf({ 'a.csv': stream }), signal);

  test.each<[unknown, string, number]>([
    [Object.assign(new Error('x'), { code: 'EISDIR' }), 'it is a directory', 0],
    [Object.assign(new Error('x'), { code: 'EACCES' }), 'you do not have permission to read it', 0],
    [Object.assign(new Error('x'), { code: 'EIO' }), 'EIO', 0],
    [Object.assign(new Error('x'), { code: 7 }), 'reading it failed', 1],
    [new Error('x'), 'reading it failed', 1],
    [{}, 'reading it failed', 1],
    [null, 'reading it failed', 1],
    ['x', 'reading it failed', 1],
  ])(
    'that fail with %j say why, and are closed unless the system did it',
    async (cause, why, n) => {
      const stream = streamOf(chunk('a'), failing(cause as Error));
      const error = await errorOf(collect(read(stream.bytes)));
      expect(error).toMatchObject({
        code: 'INPUT_UNREADABLE',
        message: `“a.csv” cannot be read: ${why}.`,
        cause,
        hint: why.includes('directory')
          ? 'Name a file in it. For the rows of an earlier run: okta-reset rerun DIRECTORY.'
          : 'Check the path: it is relative to the current folder. --file - reads standard input.',
      });
      expect(stream.closed()).toBe(n);
    },
  );

  test('are read to their end, which needs no closing', async () => {
    const abort = new AbortController();
    const stream = streamOf(chunk('a'), chunk('b'));
    expect(Buffer.concat(await collect(read(stream.bytes, abort.signal))).toString()).toBe('ab');
    expect(stream.closed()).toBe(0);
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
  });

  test('are closed if nobody reads on', async () => {
    const stream = streamOf(chunk('a'), chunk('b'));
    for await (const bytes of read(stream.bytes)) {
      expect(bytes).toEqual(Buffer.from('a'));
      break;
    }
    expect(stream.closed()).toBe(1);
  });

  test('are not asked for after an abort', async () => {
    const asked: string[] = [];
    const ports = { ...portsOf({}), openFile: (path: string) => (asked.push(path), []) as never };
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(collect(readBytes('a.csv', ports, signal))).rejects.toThrow('stopped');
    expect(asked).toEqual([]);
  });

  test.each([
    ['while they are used', undefined],
    ['while they are waited for', () => new Promise<never>(() => {})],
    ['and fail at the same moment', failing(Object.assign(new Error('x'), { code: 'EIO' }))],
  ])('end with the reason of an abort %s', async (_, second) => {
    const abort = new AbortController();
    const stop = () => {
      abort.abort(new Error('stopped'));
    };
    const steps = second === undefined ? [] : [second];
    const stream = streamOf(chunk('a'), ...steps.map((step) => () => (stop(), step())));
    const all = (async () => {
      for await (const bytes of read(stream.bytes, abort.signal)) {
        expect(bytes).toEqual(Buffer.from('a'));
        if (second === undefined) stop();
      }
    })();
    await expect(all).rejects.toThrow('stopped');
    expect(stream.closed()).toBe(1);
  });

  test('of a file that cannot be opened are nothing to close', async () => {
    const error = await errorOf(collect(readBytes('b.csv', portsOf({}), never)));
    expect(error.message).toBe('“b.csv” cannot be read: there is no such file.');
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
