import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, readlink, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../src/domain/codes/app-error.ts';
import { readPidSpace, readProcessStart } from '../../src/journal/directory/lock-holder.ts';
import { lockRun, refuseLocked, type LockOptions } from '../../src/journal/directory/lock.ts';
import { failFrom, giveBack, sound, type DiskCall } from '../faults/failing-disk.ts';
import { newFolder } from './sample.ts';

afterEach(() => void sound());
afterAll(giveBack);

const newPath = async () => join(await newFolder(), 'lock');

/** A machine in which the processes of `alive` run, each with its start. */
const machine = (alive: Readonly<Record<number, string>>) => ({
  isAlive: (pid: number) => pid in alive,
  facts: {
    startOf: async (pid: number) => alive[pid],
    pidSpace: async () => 'pid:[1]',
  },
});

const options = (pid: number, over: Partial<LockOptions> = {}): LockOptions => ({
  pid,
  hostname: 'ops',
  startedAt: '2026-11-22T03:15:02.000Z',
  ...machine({ 1: 'boot/1', 2: 'boot/2' }),
  ...over,
});

test('the start of a process is that of the kernel, whatever the process is called', async () => {
  const stat = await readFile(`/proc/${process.pid}/stat`, 'utf8').catch(() => undefined);
  const start = await readProcessStart(process.pid);
  // Only Linux has it.
  if (stat === undefined) {
    expect(start).toBeUndefined();
    return;
  }
  const [, ticks] = /^\d+ \(.*\) \S(?: -?\d+){18} (\d+) /s.exec(stat) ?? [];
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
  expect(start).toBe(`${boot.trim()}/${ticks}`);
  expect(await readProcessStart(2 ** 30)).toBeUndefined();
});

test('the namespace of this process is that of its process ids', async () => {
  // Only Linux has it.
  const space = await readlink(`/proc/${process.pid}/ns/pid`).catch(() => undefined);
  expect(await readPidSpace()).toBe(space);
});

describe('the lock of a run', () => {
  test('names its holder to the second process, and is free after the release', async () => {
    const path = await newPath();
    const first = await lockRun(path, options(1));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    for (const force of [false, true]) {
      await expect(lockRun(path, options(2, { force }))).rejects.toMatchObject({
        code: 'RUN_LOCKED',
        exitCode: 5,
        message: expect.stringMatching(/process 1 on ops since 2026-11-22T03:15:02/),
      });
    }
    await first.release();
    const second = await lockRun(path, options(2));
    expect(second.takenOverFrom).toBeUndefined();
    await first.release();
    expect(await readFile(path, 'utf8')).toContain('"pid":2');
    await second.release();
    expect(await readdir(dirname(path))).toEqual([]);
  });

  test('is checked without being taken, and a holder that is gone does not count', async () => {
    const path = await newPath();
    await refuseLocked(path, options(2));
    await lockRun(path, options(1));
    const before = await readFile(path, 'utf8');
    for (const force of [false, true])
      await expect(refuseLocked(path, options(2, { force }))).rejects.toMatchObject({
        code: 'RUN_LOCKED',
      });
    const gone = machine({ 2: 'boot/2' });
    await refuseLocked(path, options(2, gone));
    const elsewhere = { hostname: 'elsewhere', ...machine({ 2: 'boot9/2' }) };
    await expect(refuseLocked(path, options(2, elsewhere))).rejects.toThrow();
    await refuseLocked(path, options(2, { ...elsewhere, force: true }));
    expect(await readFile(path, 'utf8')).toBe(before);
    expect(await readdir(dirname(path))).toEqual(['lock']);
  });

  test.each([
    ['its process ended', machine({ 2: 'boot/2' })],
    ['its pid belongs to another process', machine({ 1: 'boot/77', 2: 'boot/2' })],
    ['the machine was started again', machine({ 1: 'boot2/1', 2: 'boot2/2' })],
  ])('is taken over when %s', async (_why, now) => {
    const path = await newPath();
    await lockRun(path, options(1));
    const second = await lockRun(path, options(2, now));
    expect(second.takenOverFrom).toMatchObject({ pid: 1 });
    await second.release();
    expect(await readdir(dirname(path))).toEqual([]);
  });

  test.each([
    ['on another host', { hostname: 'elsewhere', ...machine({ 1: 'boot9/1' }) }],
    [
      'in another container of this host',
      { facts: { ...machine({}).facts, pidSpace: async () => 'pid:[2]' } },
    ],
    [
      'of a system that does not tell when a process began',
      { facts: { startOf: async () => undefined, pidSpace: async () => undefined } },
    ],
  ])('held %s is not taken unless forced', async (_where, over) => {
    const path = await newPath();
    await lockRun(path, options(1, over));
    const refused = lockRun(path, options(2));
    await expect(refused).rejects.toMatchObject({
      code: 'RUN_LOCKED',
      hint: expect.stringContaining('--force-unlock'),
    });
    const forced = await lockRun(path, options(2, { force: true }));
    expect(forced.takenOverFrom).toMatchObject({ pid: 1 });
  });

  test.each([
    ['on another host', { hostname: 'pod-a', ...machine({ 1: 'boot9/1' }) }],
    ['in another container', { facts: { ...machine({}).facts, pidSpace: async () => 'pid:[2]' } }],
  ])('held %s is taken over on a volume that nobody else can mount', async (_where, over) => {
    const path = await newPath();
    const volumeOf = dirname(path);
    await lockRun(path, options(1, over));
    await refuseLocked(path, options(2, { volumeOf }));
    const lock = await lockRun(path, options(2, { volumeOf }));
    expect([lock.takenOverFrom?.pid, lock.holderWas]).toEqual([1, 'elsewhere']);
    await lock.release();
    expect(await readdir(dirname(path))).toEqual([]);
  });

  test.each([
    ['that is alive here', {}],
    ['that is alive here, under another host name', { hostname: 'pod-a' }],
    [
      'of a system that does not tell when a process began',
      { facts: { startOf: async () => undefined, pidSpace: async () => undefined } },
    ],
  ])('of a process %s is kept no matter who can mount its volume', async (_whose, over) => {
    const path = await newPath();
    await lockRun(path, options(1, over));
    const volumeOf = dirname(path);
    await expect(refuseLocked(path, options(2, { volumeOf }))).rejects.toThrow('process 1');
    await expect(lockRun(path, options(2, { volumeOf }))).rejects.toThrow('process 1');
  });

  test('that names nobody is kept no matter who can mount its volume', async () => {
    const path = await newPath();
    await writeFile(path, '');
    const volumeOf = dirname(path);
    await expect(lockRun(path, options(1, { volumeOf }))).rejects.toThrow('an unknown process');
  });

  test.each(['/proc', '/there-is-no-such-folder'])(
    'on another volume than the run is not taken: the run is in %s',
    async (volumeOf) => {
      const path = await newPath();
      await lockRun(path, options(1, { hostname: 'pod-a', ...machine({ 1: 'boot9/1' }) }));
      await expect(lockRun(path, options(2, { volumeOf }))).rejects.toThrow('on pod-a');
    },
  );

  test('of a process that is running here is not taken even by force under another host name', async () => {
    const path = await newPath();
    await lockRun(path, options(1, { hostname: 'before-it-was-renamed' }));
    await expect(lockRun(path, options(2, { force: true }))).rejects.toMatchObject({
      code: 'RUN_LOCKED',
      hint: expect.stringContaining('kill 1'),
    });
  });

  test('that nobody can read is not taken unless forced', async () => {
    const path = await newPath();
    await writeFile(path, 'what is this');
    await expect(lockRun(path, options(1))).rejects.toMatchObject({ code: 'RUN_LOCKED' });
    const lock = await lockRun(path, options(1, { force: true }));
    await lock.release();
    expect(await readdir(dirname(path))).toEqual([]);
  });

  test('has one winner among many, free or dead', async () => {
    const everyone = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [at + 1, `boot/${at}`]),
    );
    for (const dead of [false, true, true, true]) {
      const path = await newPath();
      if (dead) await lockRun(path, options(99, machine({ 99: 'boot/99' })));
      const ends = await Promise.allSettled(
        Object.keys(everyone).map((pid) => lockRun(path, options(Number(pid), machine(everyone)))),
      );
      expect(ends.filter((end) => end.status === 'fulfilled')).toHaveLength(1);
      for (const end of ends) {
        if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'RUN_LOCKED' });
      }
      expect(await readdir(dirname(path))).toEqual(['lock']);
    }
  });

  test.each([
    [undefined, 'RUN_LOCKED', /^The run is in use by process 1 on ops since 2026.*lock\)\.$/],
    ['RUN_LOCKED', 'RUN_LOCKED', /^The run is in use by/],
    [
      'ORG_IN_USE',
      'ORG_IN_USE',
      /^Another run is acting on this org: process 1 .* Nothing was sent\.$/,
    ],
    ['CONSOLE_OPEN', 'CONSOLE_OPEN', /^A console is already open in this folder: process 1 on ops/],
  ] as const)('of %s says what is in use: %s', async (refusal, code, message) => {
    const path = await newPath();
    await lockRun(path, options(1));
    const taking = lockRun(path, options(2, refusal === undefined ? {} : { refusal }));
    await expect(taking).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test.each([
    [3, 'taken'],
    [4, 'kept'],
  ])('after %i takeovers that a power cut has ended, one in another, is %s', async (depth, end) => {
    const path = await newPath();
    let place = path;
    for (let claims = 0; claims <= depth; claims += 1) {
      await lockRun(place, options(1));
      const { token } = JSON.parse(await readFile(place, 'utf8')) as { token: string };
      place = `${place}.${token}`;
    }
    const taken = lockRun(path, options(2, machine({ 2: 'boot/2' }))).then(
      () => 'taken',
      (error: unknown) =>
        error instanceof AppError && error.code === 'RUN_LOCKED' ? 'kept' : error,
    );
    expect(await taken).toBe(end);
  });

  test('survives a process that ended while it took over a dead lock', async () => {
    const path = await newPath();
    await lockRun(path, options(1));
    const { token } = JSON.parse(await readFile(path, 'utf8')) as { token: string };
    await lockRun(`${path}.${token}`, options(2));
    const third = await lockRun(path, options(3, machine({ 3: 'boot/3' })));
    expect(third.takenOverFrom).toMatchObject({ pid: 1 });
    expect(await readdir(dirname(path))).toEqual(['lock']);
  });

  describe.each(['EPERM', 'ENOTSUP', 'ENOSYS'])('on a disk without links (%s)', (code) => {
    const withoutLinks = (file = 'lock') => failFrom({ file, call: 'link', code, nth: 1 });

    test('keeps out the second process, and is free after the release', async () => {
      const path = await newPath();
      withoutLinks();
      const first = await lockRun(path, options(1));
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      await expect(lockRun(path, options(2))).rejects.toMatchObject({
        code: 'RUN_LOCKED',
        message: expect.stringContaining('process 1 on ops'),
      });
      expect(await readdir(dirname(path))).toEqual(['lock']);
      await first.release();
      expect(await readdir(dirname(path))).toEqual([]);
    });

    test('is taken over when its process ended, by one of many', async () => {
      const path = await newPath();
      withoutLinks();
      await lockRun(path, options(9));
      const pids = [1, 2, 3, 4, 5];
      const now = machine(Object.fromEntries(pids.map((pid) => [pid, `boot/${pid}`])));
      const ends = await Promise.allSettled(pids.map((pid) => lockRun(path, options(pid, now))));
      const won = ends.filter((end) => end.status === 'fulfilled');
      expect(won.map(({ value }) => value.takenOverFrom?.pid)).toEqual([9]);
      expect(await readdir(dirname(path))).toEqual(['lock']);
    });
  });

  test('that is released while somebody looks at it is taken by them', async () => {
    const path = await newPath();
    // Somebody has it when it is to be made, and no longer when it is to be read.
    const fault = { file: 'lock', call: 'link', code: 'EEXIST', nth: 1 } as const;
    failFrom(fault);
    const taking = lockRun(path, options(1));
    do {
      failFrom(fault);
      await new Promise((resolve) => setImmediate(resolve));
    } while (sound() === 0);
    const lock = await taking;
    expect(lock.takenOverFrom).toBeUndefined();
    await lock.release();
    expect(await readdir(dirname(path))).toEqual([]);
  });

  describe.each<DiskCall>(['open', 'write', 'sync', 'close', 'link', 'rename'])(
    'on a disk that fails at %s',
    (call) => {
      test.each(['EIO', 'ENOSPC'])(
        '(%s) is an error of the disk and leaves nothing',
        async (code) => {
          const path = await newPath();
          // A lock is renamed only to replace that of a process that has ended.
          const isTaken = call === 'rename';
          if (isTaken) await lockRun(path, options(9));
          const before = await readdir(dirname(path));
          failFrom({ file: 'lock', call, code, nth: 1 });
          await expect(lockRun(path, options(1))).rejects.toMatchObject({ code: 'DISK' });
          expect(sound()).toBeGreaterThan(0);
          expect(await readdir(dirname(path))).toEqual(before);
          const lock = await lockRun(path, options(1));
          expect([lock.takenOverFrom?.pid, lock.holderWas]).toEqual(
            isTaken ? [9, 'gone'] : [undefined, undefined],
          );
          await lock.release();
          expect(await readdir(dirname(path))).toEqual([]);
        },
      );
    },
  );

  test('in a folder that does not exist is an error of the disk', async () => {
    const path = join(await newPath(), 'missing', 'lock');
    await expect(lockRun(path, options(1))).rejects.toMatchObject({ code: 'DISK' });
  });
});

/**
 * Takes the lock named in argv (through the built module, which starts at once), says how it went, and runs until it is
 * killed.
 */
const CHILD = `
import { lockRun } from ${JSON.stringify(join(import.meta.dirname, '../../dist/journal/directory/lock.js'))};
const isAlive = (pid) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const startedAt = '2026-11-22T03:15:02.000Z';
await lockRun(process.argv[1], { pid: process.pid, hostname: 'ops', startedAt, isAlive }).then(
  () => process.stdout.write('locked'),
  (error) => process.stdout.write(error.code),
);
process.stdin.resume();
`;

test('two real processes: one works; killed, the other takes over', async () => {
  const path = await newPath();
  const start = async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', CHILD, path], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    return { child, said: line.toString().trim() };
  };
  const both = await Promise.all([start(), start()]);
  expect(both.map(({ said }) => said).sort()).toEqual(['RUN_LOCKED', 'locked']);
  for (const { child } of both) {
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }
  const third = await start();
  expect(third.said).toBe('locked');
  third.child.kill('SIGKILL');
  await once(third.child, 'exit');
});
